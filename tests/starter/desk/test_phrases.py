"""What cases say in English has its other language, too: every refusal that people meet, every cause of a clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest

from domain.people import Language
from starter.desk.phrases import found, label, phrases, spanned, translated
from starter.desk.texts import Texts
from tests.repository import modules, parsed

CHINESE, ENGLISH = Texts(Language.ZH_CN), Texts(Language.EN)
AT_DOORS = ("RequestIdReusedError", "StaleTimeError", "StepStateError")
"""Refusals that no form at the desk leads to."""

OF_CLOCKS = {"start_clock": 3, "meet": 2, "cancel": 2, "end_clocks": 3, "start_updates": 2}
OF_CLOCKS |= {"pause": 1, "resume": 1, "breach": 1, "carry": 2, "rebudget": 2}
"""Which argument of a call is the cause."""


FINDING = ("found", "_found", "in_time", "Measured", "Finding")
"""What the auditor makes its findings with."""


def said(node: ast.expr) -> str | None:
    """A literal sentence, with an X for each part that changes."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)
    return None


def refusals() -> Iterator[str]:
    for path in modules("domain"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                name = node.exc.func.id
                if name.endswith("Error") and name not in ("ValueError", "LookupError", "TypeError", *AT_DOORS):
                    yield from filter(None, [said(one) for one in node.exc.args[:1]])


def causes() -> Iterator[str]:
    for path in modules("domain"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                at = OF_CLOCKS.get(name)
                if at is not None and len(node.args) > at:
                    yield from filter(None, [said(node.args[at])])
            if isinstance(node, ast.FunctionDef) and node.name in ("_pause_cause", "pause_of"):
                returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
                yield from filter(None, [said(value) for value in returned])


def variants(node: ast.expr) -> Iterator[str]:
    """A literal sentence, once for each way in which a choice inside of it may fall."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*variants(node.body), *variants(node.orelse))
    elif isinstance(node, ast.FormattedValue):
        yield from [*variants(node.value)] if isinstance(node.value, ast.IfExp) else ["X"]
    elif isinstance(node, ast.JoinedStr):
        yield from ("".join(parts) for parts in product(*([*variants(one)] for one in node.values)))


def judgements() -> Iterator[str]:
    """What the auditor says of promises: what is called `about` and the like, and what findings are made with."""
    for path in (one for one in modules("starter") if one.parts[1] == "audit"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Assign):
                target, value = ast.unparse(node.targets[0]), node.value
                if target in ("about", "broken", "spoken"):
                    yield from variants(value)
                elif target in ("(verdict, about)", "(verdict, how)") and isinstance(value, ast.Tuple):
                    yield from (("X " if "how" in target else "") + one for one in variants(value.elts[1]))
            elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in FINDING:
                yield from (said for arg in node.args for said in variants(arg))


def judged() -> Iterator[str]:
    yield from (said for said in judgements() if " " in said and said != "X X")


@pytest.mark.parametrize("sentences", [refusals, causes, judged], ids=["refusals", "causes", "judgements"])
def test_every_sentence_that_people_read_has_its_other_language(
    sentences: Callable[[], Iterator[str]],
) -> None:
    written = {*sentences()}
    assert len(written) > 30
    assert sorted(sentence for sentence in written if found(sentence) is None) == []


def test_parts_of_a_sentence_are_said_as_they_are_or_by_their_own_names() -> None:
    said_to = translated(CHINESE, "the case is solution_offered already", str)
    assert said_to == "工单已是“已提出方案”"
    assert translated(CHINESE, "task T1 was taken by online-02 at 2026-11-21 14:05:09Z", lambda _: "22:05") == (
        "任务 T1 已由 online-02 于 22:05 领取"
    )


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        ("time of tier 1: on record", "第 1 级处理时限：已记录"),
        ("sign of life while in progress: 2 h 5 min over and no breach on record", None),
        ("first response by phone, VIP: the breach went on record 14 min 45 s late", None),
        ("customer answer: answered, or overtaken, in time", "客户答复：按时答复，或已不再需要"),
        ("time of the order lock ran out and the case did not go on", None),
        ("ended as withdrawn, closed without answer; the customer was told: nothing", None),
        ("escalate at tier 1: did not climb", "第 1 级“升级”：未升级"),
        ("stage_change k-1 2 times", "在商城准备变更 k-1：2 次"),
    ],
)
def test_judgement_is_said_whole_with_its_spans_and_lists(sentence: str, chinese: str | None) -> None:
    own = translated(CHINESE, sentence, str)
    assert own
    assert re.sub(r"k-1", "", own).isascii() is False
    assert not re.search(r"[a-z]{2}", own)
    assert chinese is None or own == chinese


def test_spans_of_a_policy_are_in_the_readers_units_and_anything_else_is_left_alone() -> None:
    assert spanned(CHINESE, "1 h 30 min, 45 s") == "1 小时 30 分钟, 45 秒"
    assert [spanned(CHINESE, said) for said in ("–", "3", "0 d of nothing")] == ["–", "3", "0 d of nothing"]


def test_instants_are_the_readers_in_english_too() -> None:
    said_to = translated(ENGLISH, "task T1 was taken by online-02 at 2026-11-21 14:05:09Z", lambda _: "22:05")
    assert said_to == "task T1 was taken by online-02 at 22:05"


def test_faults_of_several_fields_are_said_one_by_one() -> None:
    sentence = (
        "the form of task T2 is not valid: solution: Field required; score: Input should be less than or equal to 5"
    )
    assert translated(CHINESE, sentence, str) == "任务 T2 的表单有误：解决方案: 必填; 满意度（1 至 5）: 应不大于 5"
    assert label(ENGLISH, "form.items.0.sound") == ENGLISH.name("field", "sound")


def test_what_is_nowhere_stays_untranslated() -> None:
    assert translated(CHINESE, "the moon was in the way", str) is None


def test_no_phrase_hides_another() -> None:
    hidden = [one.english for one in phrases() if (known := found(_plain(one.english))) and known[0] is not one]
    assert hidden == []


def _plain(english: str) -> str:
    parts = [part.partition("}") for part in english.split("{")]
    return parts[0][0] + "".join(f"X{rest}" for _, _, rest in parts[1:])
