"""The shipped policies: the charter's numbers one by one, how it classifies, and the rehearsal in seconds."""

from typing import Any

import pytest

from domain.complaint.messages import ComplaintInput
from domain.complaint.policy import Severity
from domain.complaint.rules import Classification, classify
from domain.people import Channel, DeliveryChannel, Language, Role
from domain.sla.rule_check import FieldPath
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND
from starter.policies.fields import leaves
from tests.policies.shipped import policy

FRONT_LINE = ("phone", "online", "social")


# --- the charter, line by line --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("team", "people"),
    [
        ("phone", 35),
        ("online", 25),
        ("social", 15),
        ("specialists", 20),
        ("quality", 15),
        ("training", 10),
        ("vip", 15),
    ],
)
def test_team_has_the_charters_number_of_people(team: str, people: int) -> None:
    assert len(policy().teams[team].present) == people


def test_department_has_120_people() -> None:
    teams = (*FRONT_LINE, "vip", "specialists", "quality", "training")
    assert len({member for team in teams for member in policy().teams[team].members}) == 120


def test_specialists_are_12_experts_and_8_engineers() -> None:
    members = policy().teams["specialists"].members
    assert len([member for member in members if member.startswith("expert-")]) == 12
    assert len([member for member in members if member.startswith("engineer-")]) == 8


def test_vip_agents_are_dedicated_ones_from_the_front_line() -> None:
    front_line = {member for team in FRONT_LINE for member in policy().teams[team].members}
    assert front_line.issuperset(policy().teams["vip"].members)


@pytest.mark.parametrize(
    ("tier", "time", "share", "satisfaction"),
    [(1, 30 * MINUTE, 0.75, 0.90), (2, 24 * HOUR, 0.20, 0.85), (3, 48 * HOUR, 0.05, 0.95)],
)
def test_tier_has_the_charters_limit_share_and_target(tier: int, time: int, share: float, satisfaction: float) -> None:
    rule = policy().complaint.tiers[tier]
    assert (rule.time, rule.expected_share, rule.satisfaction_target) == (time, share, satisfaction)


def test_three_tiers_are_front_line_specialists_and_management() -> None:
    tiers = policy().complaint.tiers
    assert [tiers[number].name[Language.ZH_CN] for number in (1, 2, 3)] == ["一线客服", "专业团队", "部门管理层"]
    assert {channel: tiers[1].team_for(channel, vip=False) for channel in Channel} == {
        Channel.PHONE: "phone",
        Channel.CHAT: "online",
        Channel.EMAIL: "online",
        Channel.SOCIAL: "social",
    }
    assert {tiers[1].team_for(channel, vip=True) for channel in Channel} == {"vip"}
    assert [tiers[number].team_for(Channel.PHONE, vip=True) for number in (2, 3)] == ["specialists", "management"]


def test_expert_team_responds_within_an_hour() -> None:
    assert policy().complaint.tiers[2].respond_within == HOUR


@pytest.mark.parametrize(
    ("channel", "within"),
    [
        (Channel.PHONE, 0),
        (Channel.CHAT, 30 * SECOND),
        (Channel.EMAIL, 2 * HOUR),
        (Channel.SOCIAL, 15 * MINUTE),
    ],
)
def test_first_response_is_due_as_the_charter_says(channel: Channel, within: int) -> None:
    rule = policy().complaint.clocks.first_response
    assert rule.budget(channel, vip=False) == within
    assert rule.budget(channel, vip=True) == min(within, 15 * SECOND)


def test_status_update_is_due_every_four_hours_and_sent_before() -> None:
    rule = policy().complaint.clocks.status_update
    assert rule.every == 4 * HOUR
    assert [(step.do, step.offset(rule.every)) for step in rule.steps] == [
        (StepAction.SEND_UPDATE, 4 * HOUR - 10 * MINUTE),
        (StepAction.BREACH, 4 * HOUR),
    ]


def test_vip_is_handled_50_percent_faster() -> None:
    assert policy().complaint.priorities == {"normal": 1, "high": 0.5}
    assert policy().complaint.tier_time(1, "high") == 15 * MINUTE


def test_tier_time_is_announced_before_it_runs_out_and_then_escalates() -> None:
    rule = policy().complaint.clocks.tier
    assert [(step.do, step.at) for step in rule.steps] == [
        (StepAction.REMIND, 0.5),
        (StepAction.WARN, 0.8),
        (StepAction.BREACH, 1),
        (StepAction.ESCALATE, 1),
    ]
    assert rule.pauses_on == ("waiting_for_customer", "solution_offered")


def test_first_response_alone_is_guaranteed() -> None:
    clocks = policy().complaint.clocks
    granted = {kind: str(given.grant) for kind in clocks.kinds if (given := clocks.rule(kind).guarantee)}
    assert granted == {ClockKind.FIRST_RESPONSE: "20.00 CNY"}


def test_only_work_that_can_wait_keeps_office_hours() -> None:
    clocks = policy().complaint.clocks
    in_office = {kind for kind in clocks.kinds if clocks.rule(kind).calendar == "office"}
    assert in_office == {ClockKind.FOLLOW_UP}
    assert policy().calendars["always"].always


def test_limits_are_those_that_the_file_calls_our_choice() -> None:
    complaint = policy().complaint
    assert {role: str(limit) for role, limit in complaint.authority.items()} == {
        Role.AGENT: "200.00 CNY",
        Role.LEAD: "1000.00 CNY",
        Role.SUPERVISOR: "5000.00 CNY",
    }
    assert [complaint.tiers[tier].claim_idle for tier in (1, 2, 3)] == [15 * MINUTE, 2 * HOUR, 4 * HOUR]
    assert (complaint.clocks.customer_answer.within, complaint.clocks.satisfaction.within) == (7 * DAY, 3 * DAY)
    assert complaint.clocks.follow_up.within == 3 * 8 * HOUR
    assert (complaint.extend_at_most, complaint.reopen_within) == (24 * HOUR, 30 * DAY)
    assert (policy().notices.group_within, policy().late_tolerance) == (5 * MINUTE, 5 * SECOND)


def test_callers_are_written_to_by_sms() -> None:
    assert policy().delivery[Channel.PHONE][0] is DeliveryChannel.SMS


# --- classification -------------------------------------------------------------------------------------------


def judged(subject: str, *, vip: bool = False, **more: Any) -> Classification:
    fields = {"channel": Channel.EMAIL, "description": "", "arrived_at": 0, **more}
    complaint = ComplaintInput.model_validate(
        {"case_id": "C1", "source": "test", "reference": "1", "policy": "p", "customer_id": "K1", "subject": subject}
        | fields
    )
    return classify(complaint, vip=vip, policy=policy().complaint)


@pytest.mark.parametrize(
    ("subject", "kind", "tier"),
    [
        ("The kettle is DEFECTIVE", "defective_product", 1),
        ("收到的水壶有质量问题", "defective_product", 1),
        ("Please tell me where my parcel is", "delivery", 1),
        ("快递三天没有更新", "delivery", 1),
        ("You charged me twice on my last invoice", "billing", 1),
        ("发错了颜色", "wrong_item", 1),
        ("客服态度很差", "service_attitude", 1),
        ("I want a refund", "return_or_refund", 1),
        ("保修期内不给维修", "warranty", 1),
        ("My blender arrived, thank you please call", "other", 1),
        ("Cont'd attempts collect debt not owed", "debt_collection", 1),
        ("Incorrect information on credit report", "credit_reporting", 1),
        ("Loan modification,collection,foreclosure", "loan", 1),
        ("Disclosure verification of debt", "privacy", 2),
        ("你们泄露了我的个人信息", "privacy", 2),
        ("Taking/threatening an illegal action", "legal", 2),
        ("再不处理我就找律师起诉", "legal", 2),
        ("Identity theft / Fraud / Embezzlement", "fraud", 2),
        ("账户被盗刷", "fraud", 2),
        ("The charger caught fire", "safety", 3),
        ("孩子被烫伤", "safety", 3),
    ],
)
def test_complaint_gets_its_type_and_entry_tier(subject: str, kind: str, tier: int) -> None:
    found = judged(subject)
    assert (found.type, found.entry_tier) == (kind, tier)


def test_fraud_is_sensitive_major_and_followed_up() -> None:
    found = judged("Fraud or scam")
    assert (found.sensitive, found.severity, found.important) == (True, Severity.MAJOR, True)


def test_danger_is_critical() -> None:
    assert judged("Electric shock").severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("level", "tier", "severity"),
    [(1, 1, Severity.NORMAL), (2, 2, Severity.MAJOR), (3, 3, Severity.CRITICAL)],
)
def test_crisis_level_sets_the_entry_tier(level: int, tier: int, severity: Severity) -> None:
    found = judged("Everybody reads this", channel=Channel.SOCIAL, crisis_level=level)
    assert (found.entry_tier, found.severity) == (tier, severity)


def test_vip_has_high_priority_and_is_followed_up() -> None:
    assert (judged("Hello", vip=True).priority, judged("Hello", vip=True).important) == ("high", True)
    assert (judged("Hello").priority, judged("Hello").important) == ("normal", False)


@pytest.mark.parametrize("complaint", [{"upset": True}, {"description": "I am FURIOUS"}, {"description": "太过分了"}])
def test_upset_customer_is_marked_and_followed_up(complaint: dict[str, Any]) -> None:
    found = judged("Hello", **complaint)
    assert (found.upset, found.important) == (True, True)


# --- the rehearsal --------------------------------------------------------------------------------------------


def test_rehearsal_is_the_charter_in_seconds_for_minutes() -> None:
    rehearsed = {leaf.path: leaf.value for leaf in leaves(policy("rehearsal")) if leaf.is_span}
    spans = {leaf.path: leaf.value for leaf in leaves(policy()) if leaf.is_span and isinstance(leaf.value, int)}
    floored: dict[FieldPath, int] = {
        ("complaint", "clocks", "first_response", "by_channel", "chat"): 2 * SECOND,
        ("complaint", "clocks", "first_response", "vip"): 2 * SECOND,
        ("figures", "response_time"): 2 * SECOND,
        ("late_tolerance",): 5 * SECOND,
        ("assignment", "again_within"): 2 * SECOND,
        ("assignment", "present_for"): 15 * MINUTE,
    }
    assert len(spans) == 99
    assert rehearsed == {path: floored.get(path, span // 60) for path, span in spans.items()}


def test_rehearsal_does_not_stand_still_at_night() -> None:
    clocks = policy("rehearsal").complaint.clocks
    assert {clocks.rule(kind).calendar for kind in clocks.kinds} == {"always"}
