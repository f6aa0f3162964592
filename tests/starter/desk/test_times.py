"""Time left as people read it: in words, and in a colour that says no more than they do."""

from __future__ import annotations

import pytest

from domain.people import Language
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, say_span
from starter.access.languages import preferred
from starter.desk.texts import Texts
from starter.desk.times import Pressure, instant, iso, local, pressure, say_left, say_measured, zone_of

NOW = 1_800_000_000_000
EN, ZH = Texts(Language.EN), Texts(Language.ZH_CN)


@pytest.mark.parametrize(
    ("left", "english", "chinese", "how"),
    [
        (2 * DAY + 3 * HOUR + 5 * MINUTE, "2 d 3 h left", "剩余 2 天 3 小时", Pressure.CALM),
        (HOUR + 5 * MINUTE + 59 * SECOND, "1 h 5 min left", "剩余 1 小时 5 分钟", Pressure.CALM),
        (30 * MINUTE + 1, "30 min left", "剩余 30 分钟", Pressure.CALM),
        (30 * MINUTE, "30 min left", "剩余 30 分钟", Pressure.SOON),
        (59_999, "59 s left", "剩余 59 秒", Pressure.SOON),
        (0, "0 s left", "剩余 0 秒", Pressure.SOON),
        (-1, "0 s over", "已超时 0 秒", Pressure.LATE),
        (-12 * MINUTE, "12 min over", "已超时 12 分钟", Pressure.LATE),
        (-DAY, "1 d over", "已超时 1 天", Pressure.LATE),
    ],
)
def test_time_left_is_said_in_words_and_coloured_by_how_near_the_end_is(
    left: int, english: str, chinese: str, how: Pressure
) -> None:
    assert say_left(EN, NOW + left, NOW) == english
    assert say_left(ZH, NOW + left, NOW) == chinese
    assert pressure(NOW + left, NOW) is how


@pytest.mark.parametrize(
    ("span", "chinese"),
    [
        (14 * MINUTE + 45 * SECOND, "14 分钟 45 秒"),
        (3 * MINUTE + 30 * SECOND, "3 分钟 30 秒"),
        (6_700, "7 秒"),
        (450, "450 毫秒"),
        (DAY + 1, "1 天"),
        (0, "0 秒"),
    ],
)
def test_what_was_measured_is_said_at_the_desk_as_on_the_command_line(span: int, chinese: str) -> None:
    assert say_measured(EN, span) == say_span(span)
    assert say_measured(ZH, span) == chinese


def test_day_is_said_only_if_it_is_not_today() -> None:
    assert len(local(NOW, NOW)) == len("14:05")
    assert len(local(NOW + 2 * DAY, NOW)) == len("2026-11-22 14:05")
    assert iso(0) == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.EN),
        ("zh", Language.ZH_CN),
        ("zh-Hans-CN,zh;q=0.9,en;q=0.8", Language.ZH_CN),
        ("en-GB;q=0.7,zh-TW;q=0.9", Language.ZH_CN),
        ("fr-FR,en;q=0.5,zh;q=0.4", Language.EN),
        ("de, *;q=0.1", Language.EN),
        ("zh;q=0,en;q=0.1", Language.EN),
        ("zh;q=nonsense", Language.EN),
    ],
)
def test_browser_says_which_language_is_read(accepted: str, language: Language) -> None:
    assert preferred(accepted) is language


def test_instant_is_told_by_the_clock_of_whoever_reads() -> None:
    at = instant("2026-11-21 14:05:09Z")
    assert [local(at, at, zone_of(name)) for name in ("Asia/Shanghai", "UTC")] == ["22:05", "14:05"]
    evening, morning = instant("2026-11-21 15:30:00Z"), instant("2026-11-21 16:30:00Z")
    assert local(morning, evening, zone_of("Asia/Shanghai")) == "2026-11-22 00:30"
    assert zone_of("../etc/passwd") is zone_of("") is None
