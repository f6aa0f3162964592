"""The messages of the shipped policies: each in both languages, whole, and with what a customer must know."""

import pytest

from activities.notifications.templates import environment
from domain.delivery.machine import DeliveryCaseStatus
from domain.delivery.messages import DeliveryOutcome, Problem
from domain.order_change.machine import ChangeCaseStatus
from domain.people import Language
from domain.policy import MessageTemplate
from domain.returns.machine import ReturnCaseStatus
from domain.returns.wish import Remedy
from domain.templates import OF_DELIVERIES, OF_ORDER_CHANGES, OF_RETURNS, VARIABLES, Doing, TemplateName
from starter.policies.wording import OPTIONAL, SAMPLE
from tests.policies.shipped import policy

EVERY_TEMPLATE = [
    pytest.param(template, id=f"{name}-{language}")
    for name, languages in policy().templates.items()
    for language, template in languages.items()
]


def texts(template: MessageTemplate, **words: object) -> tuple[str, str]:
    every = {**SAMPLE, "doing": Doing.QUEUED.value, **words}
    made = environment()
    made.filters["local_time"] = lambda at: f"<{at}>"
    return made.from_string(template.subject).render(every), made.from_string(template.body).render(every)


def test_every_template_exists_in_every_language() -> None:
    assert set(policy().templates) == set(TemplateName)
    assert {tuple(sorted(languages)) for languages in policy().templates.values()} == {tuple(sorted(Language))}


OF_COMPLAINTS = [case for case in EVERY_TEMPLATE if not str(case.id).startswith(("change_", "return_", "delivery_"))]
OF_CHANGES = [case for case in EVERY_TEMPLATE if str(case.id).startswith("change_")]
ABOUT_DELIVERIES = [case for case in EVERY_TEMPLATE if str(case.id).startswith("delivery_")]
ABOUT_RETURNS = [case for case in EVERY_TEMPLATE if str(case.id).startswith("return_")]


@pytest.mark.parametrize("template", OF_CHANGES)
def test_message_about_an_order_change_quotes_case_and_order_at_every_stage(template: MessageTemplate) -> None:
    for stage in ChangeCaseStatus:
        subject, body = texts(template, stage=stage.value)
        assert "C-20260105-0001" in subject
        assert "202600001" in subject
        assert "C-20260105-0001" in body
        assert "None" not in subject + body


@pytest.mark.parametrize("template", ABOUT_DELIVERIES)
def test_message_about_a_delivery_quotes_case_and_order_at_every_stage(template: MessageTemplate) -> None:
    for problem in Problem:
        for stage in DeliveryCaseStatus:
            for kind in ("await_return", *DeliveryOutcome):
                subject, body = texts(template, stage=stage.value, problem=problem.value, kind=kind)
                assert "C-20260105-0001" in subject
                assert "202600001" in subject
                assert "C-20260105-0001" in body
                assert "None" not in subject + body


@pytest.mark.parametrize("language", Language)
def test_every_problem_of_a_delivery_and_every_end_of_it_has_words_of_its_own(language: Language) -> None:
    problem = policy().templates[TemplateName.DELIVERY_PROBLEM][language]
    assert len({texts(problem, problem=what.value)[1] for what in Problem}) == len(Problem)
    resolved = policy().templates[TemplateName.DELIVERY_RESOLVED][language]
    assert len({texts(resolved, kind=what.value)[1] for what in DeliveryOutcome}) == len(DeliveryOutcome)


@pytest.mark.parametrize("template", ABOUT_RETURNS)
def test_message_about_a_return_quotes_case_and_order_at_every_stage(template: MessageTemplate) -> None:
    for kind in Remedy:
        for stage in ReturnCaseStatus:
            subject, body = texts(template, stage=stage.value, kind=kind.value)
            assert "C-20260105-0001" in subject
            assert "202600001" in subject
            assert "C-20260105-0001" in body
            assert "None" not in subject + body


@pytest.mark.parametrize("language", Language)
def test_news_of_a_return_and_reasons_of_its_end_have_words_of_their_own(language: Language) -> None:
    news = ("in_transit", "arrived", "tracing", "lost", "partly", "part_refused", "repairing", "testing", "sending")
    progress = policy().templates[TemplateName.RETURN_PROGRESS][language]
    assert len({texts(progress, news=what)[1] for what in (*news, "sent")}) == len(news) + 1
    done = policy().templates[TemplateName.RETURN_DONE][language]
    ways = ("refunded", "exchanged", "repaired", "replaced", "partly", "refused")
    assert len({texts(done, news=what)[1] for what in ways}) == len(ways)


def test_every_template_belongs_to_a_case_type() -> None:
    for found, names in (
        (OF_CHANGES, OF_ORDER_CHANGES),
        (ABOUT_RETURNS, OF_RETURNS),
        (ABOUT_DELIVERIES, OF_DELIVERIES),
    ):
        assert len(found) == len(names) * len(Language)
    others = len(OF_ORDER_CHANGES) + len(OF_RETURNS) + len(OF_DELIVERIES)
    assert len(OF_COMPLAINTS) == (len(TemplateName) - others) * len(Language)


@pytest.mark.parametrize("template", OF_COMPLAINTS)
def test_message_with_every_word_quotes_case_and_tier(template: MessageTemplate) -> None:
    for doing in Doing:
        subject, body = texts(template, doing=doing.value)
        assert "C-20260105-0001" in subject
        assert "\n" not in subject
        assert "C-20260105-0001" in body
        assert "front line" in body
        assert "None" not in subject + body


@pytest.mark.parametrize("template", EVERY_TEMPLATE)
def test_message_without_the_optional_words_is_still_whole(template: MessageTemplate) -> None:
    absent = dict.fromkeys(OPTIONAL | {"text", "other_case"})
    subject, body = texts(template, **absent)
    assert "None" not in subject + body
    assert "<" not in body
    assert "\n\n\n\n" not in body


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "name",
    [
        TemplateName.ACKNOWLEDGEMENT,
        TemplateName.STATUS_UPDATE,
        TemplateName.ESCALATED,
        TemplateName.REOPENED,
        TemplateName.COMPENSATION,
    ],
)
def test_message_while_work_goes_on_says_by_when(name: TemplateName, language: Language) -> None:
    _, body = texts(policy().templates[name][language], next_update_by=1, due_by=2)
    assert "<1>" in body
    assert "<2>" in body


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "name", [TemplateName.SOLUTION_OFFERED, TemplateName.SOLUTION_REMINDER, TemplateName.QUESTION_REMINDER]
)
def test_message_that_asks_says_until_when(name: TemplateName, language: Language) -> None:
    assert "<3>" in texts(policy().templates[name][language], answer_by=3)[1]


@pytest.mark.parametrize("language", Language)
def test_status_update_tells_each_state_of_affairs_in_other_words(language: Language) -> None:
    template = policy().templates[TemplateName.STATUS_UPDATE][language]
    assert len({texts(template, doing=doing.value) for doing in Doing}) == len(Doing)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "name",
    [
        TemplateName.STATUS_UPDATE,
        TemplateName.ESCALATED,
        TemplateName.SOLUTION_REMINDER,
        TemplateName.QUESTION_REMINDER,
        TemplateName.CLOSED_WITHOUT_ANSWER,
        TemplateName.COMPENSATION,
    ],
)
def test_message_that_may_take_in_another_tells_of_the_compensation(name: TemplateName, language: Language) -> None:
    """Of several automatic messages due at once one is sent, with the words of the others (lessons, failure 10)."""
    assert "20.00 CNY" in texts(policy().templates[name][language])[1]


def test_samples_cover_every_variable() -> None:
    assert set(SAMPLE) | {"doing"} == VARIABLES


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("name", "given"),
    [
        (TemplateName.CHANGE_ENDED, ("kept", "paid_back")),
        (TemplateName.RETURN_ENDED, ("kept", "paid_back", "sent_home")),
    ],
)
def test_end_speaks_of_what_was_given_back_only_where_something_was(
    name: TemplateName, given: tuple[str, ...], language: Language
) -> None:
    template, nothing = policy().templates[name][language], dict.fromkeys(given)
    bare = texts(template, **nothing)[1].splitlines()
    for one in given:
        said = [line for line in texts(template, **nothing | {one: "yes"})[1].splitlines() if line not in bare]
        assert len(said) == 1


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("outcome", ["sent_again", "refunded"])
def test_end_of_a_delivery_problem_says_why_it_was_decided_so(outcome: str, language: Language) -> None:
    template = policy().templates[TemplateName.DELIVERY_RESOLVED][language]
    assert "It was stolen." in texts(template, kind=outcome, text="It was stolen.")[1]
