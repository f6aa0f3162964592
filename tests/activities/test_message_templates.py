"""Letters: the customer's language and zone, strict names, and nothing that a template could do besides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.notifications.templates import TemplateFailedError, environment, one_line, render
from domain.people import Language
from domain.policy import MessageTemplate
from domain.templates import VARIABLES, TemplateName
from tests.activities.message_samples import DUE, PRIVATE_WORDS, order, policy


def body(source: str, language: Language = Language.EN, zone: str = "Asia/Shanghai") -> str:
    letter = MessageTemplate(subject="x", body=source)
    sample = policy(english=letter)
    if language is Language.ZH_CN:
        sample.templates["status_update"][language] = letter
    return render(order(language=language, zone=zone), sample).body


def test_the_sample_instant_is_what_the_tests_say() -> None:
    assert datetime.fromtimestamp(DUE / 1000, UTC).isoformat() == "2026-11-21T10:05:00+00:00"


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        (Language.EN, "Asia/Shanghai", "2026-11-21 18:05 (UTC+08:00)"),
        (Language.EN, "America/St_Johns", "2026-11-21 06:35 (UTC-03:30)"),
        (Language.EN, "UTC", "2026-11-21 10:05 (UTC+00:00)"),
        (Language.ZH_CN, "Asia/Shanghai", "2026年11月21日 18:05"),
        (Language.ZH_CN, "Europe/Berlin", "2026年11月21日 11:05（UTC+01:00）"),
        (Language.EN, "Mars/Olympus", "2026-11-21 10:05 (UTC+00:00)"),
        (Language.EN, "../../etc/passwd", "2026-11-21 10:05 (UTC+00:00)"),
        (Language.EN, "", "2026-11-21 10:05 (UTC+00:00)"),
    ],
)
def test_instant_is_told_in_the_customers_zone_and_language(language: Language, zone: str, said: str) -> None:
    assert body("{{ due_by | local_time }}", language, zone) == said


def test_instant_that_nobody_promised_is_a_dash() -> None:
    assert body("{{ next_update_by | local_time }}") == "—"


def test_tier_has_its_name_in_the_customers_language() -> None:
    assert body("{{ tier_name }}") == "The front line"
    assert body("{{ tier_name }}", Language.ZH_CN) == "前线客服"


def test_tier_that_the_policy_does_not_know_has_no_name() -> None:
    sample = policy(english=MessageTemplate(subject="x", body="{{ tier_name }}"))
    assert render(order(words={"tier": 9}), sample).body == "None"
    assert render(order(words={"tier": 9, "tier_name": "The ninth"}), sample).body == "The ninth"


def test_every_variable_is_there_and_none_unless_said() -> None:
    source = "".join(f"{{{{ {name} is none }}}} " for name in sorted(VARIABLES))
    sample = policy(english=MessageTemplate(subject="x", body=source))
    assert set(render(order(words={}), sample).body.split()) == {"True"}


def test_unknown_variable_fails_and_names_no_words() -> None:
    with pytest.raises(TemplateFailedError, match=r"^template status_update failed with UndefinedError$"):
        body("{{ text }} {{ phone_of_customer }}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ text.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{% set x = [] %}{{ x.append(1) }}",
        "{{ text | local_time }}",
        "{{ 1 // 0 }}",
        "{{ text",
        "{% include 'secrets' %}",
    ],
)
def test_template_that_reaches_too_far_fails(source: str) -> None:
    with pytest.raises(TemplateFailedError) as failed:
        body(source)
    assert PRIVATE_WORDS not in str(failed.value)
    assert failed.value.__cause__ is None


def test_missing_template_fails() -> None:
    with pytest.raises(TemplateFailedError, match="no template merged in en"):
        render(order(template=TemplateName.MERGED), policy())


def test_words_of_a_customer_are_text_and_never_a_template() -> None:
    sample = policy(english=MessageTemplate(subject="{{ subject }}", body="{{ text }}"))
    letter = render(order(words={"subject": "{{ 7 * 7 }}", "text": "<b>{% raw %}&"}), sample)
    assert (letter.subject, letter.body) == ("{{ 7 * 7 }}", "<b>{% raw %}&")


def test_subject_is_one_line_whatever_a_customer_writes() -> None:
    sample = policy(english=MessageTemplate(subject="About {{ subject }}", body="x"))
    letter = render(order(words={"subject": "a\r\nBcc: all@example.com\0\x1b[2J\u2028end"}), sample)
    assert letter.subject == "About a Bcc: all@example.com [2J end"


def test_one_line_keeps_what_is_one_line_already() -> None:
    assert one_line("投诉 c1：进展") == "投诉 c1：进展"


def test_environment_offers_the_same_filter_for_checks_at_publishing() -> None:
    rendered = environment().from_string("{{ due_by | local_time }}").render(due_by=DUE)
    assert rendered == "2026-11-21 10:05 (UTC+00:00)"


def test_letter_and_its_words_stay_out_of_what_is_printed() -> None:
    letter = render(order(), policy())
    assert PRIVATE_WORDS in letter.body
    assert PRIVATE_WORDS not in repr(letter)
