"""Laws that hold for any calendar, also far outside the days that are compiled."""

from hypothesis import given
from hypothesis import strategies as st

from domain.sla.calendar import WEEK, WorkingCalendar
from domain.sla.spans import Instant, Span
from tests.sla.drawn_calendars import ANY_INSTANT, EXAMPLES, INSTANTS, SPANS, calendars


@EXAMPLES
@given(calendar=calendars(), start=ANY_INSTANT, span=SPANS)
def test_a_span_that_was_added_has_passed_and_not_a_millisecond_earlier(
    calendar: WorkingCalendar, start: Instant, span: Span
) -> None:
    end = calendar.add(start, span)
    assert calendar.between(start, end) == span
    assert (end == start) if span == 0 else (calendar.between(start, end - 1) == span - 1)


@EXAMPLES
@given(calendar=calendars(), moments=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_open_time_of_two_stretches_is_that_of_both_together(
    calendar: WorkingCalendar, moments: tuple[Instant, Instant, Instant]
) -> None:
    first, second, third = sorted(moments)
    assert calendar.between(first, second) + calendar.between(second, third) == calendar.between(first, third)
    assert calendar.between(third, first) == 0


@EXAMPLES
@given(calendar=calendars(), start=INSTANTS, one=SPANS, other=SPANS)
def test_adding_two_spans_is_adding_their_sum(
    calendar: WorkingCalendar, start: Instant, one: Span, other: Span
) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@EXAMPLES
@given(calendar=calendars(), moment=ANY_INSTANT)
def test_next_opening_is_open_and_nothing_was_open_before_it(calendar: WorkingCalendar, moment: Instant) -> None:
    opening = calendar.next_open(moment)
    assert calendar.is_open(opening)
    assert calendar.between(moment, opening) == 0
    assert calendar.is_open(moment) == (opening == moment)


@EXAMPLES
@given(calendar=calendars(), moment=ANY_INSTANT, span=SPANS)
def test_outside_the_compiled_days_every_week_is_the_same(
    calendar: WorkingCalendar, moment: Instant, span: Span
) -> None:
    later, earlier = calendar.closes[-1] * 1000 + moment % (50 * WEEK), calendar.opens[0] * 1000 - moment % (50 * WEEK)
    assert calendar.is_open(later + WEEK) == calendar.is_open(later)
    assert calendar.is_open(earlier - WEEK - 1) == calendar.is_open(earlier - 1)
    assert calendar.add(later + WEEK, span) == calendar.add(later, span) + WEEK
