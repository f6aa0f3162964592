"""Each policy that must not be published, with the line and the field it is refused for."""

import json
from pathlib import Path

import pytest

from starter.policies.loader import load_policy
from tests.policies.refused import only_problem, problems_of, written

PEOPLE = [
    (
        "teams: { legal: { members: [] } } # here",
        "teams.legal.members",
        "expected at least one member",
    ),
    (
        """
        teams:
          legal:
            absent: [legal-01..legal-02] # here
        """,
        "teams.legal.absent",
        "expected somebody to be present, but every member is absent",
    ),
    (
        """
        teams:
          legal:
            members:
              - legal-01
              - Anna # here
        """,
        "teams.legal.members.1",
        "expected a staff id of 2 to 40 lower-case letters, digits and dashes, got 'Anna'",
    ),
    (
        """
        teams:
          legal:
            members:
              - legal-01..legal-03
              - legal-02 # here
        """,
        "teams.legal.members.3",
        "expected each member once, but legal-02 comes again",
    ),
    (
        "teams: { legal: { absent: [legal-99] } } # here",
        "teams.legal.absent.0",
        "expected a member of the team, got 'legal-99'",
    ),
    (
        "teams: { legal: { name: { en: '' } } } # here",
        "teams.legal.name.en",
        "expected a name in en, but it is missing",
    ),
    (
        "complaint: { supervisors: nobody } # here",
        "complaint.supervisors",
        "expected one of phone, online, social, vip",
    ),
    (
        "complaint: { supervisors: legal } # here",
        "complaint.supervisors",
        "expected a team whose role is supervisor, got one whose role is agent",
    ),
    ("complaint: { quality_team: nobody } # here", "complaint.quality_team", "got 'nobody'"),
    ("complaint: { tiers: { 2: { team: nobody } } } # here", "complaint.tiers.2.team", "got 'nobody'"),
    ("complaint: { tiers: { 1: { vip_team: nobody } } } # here", "complaint.tiers.1.vip_team", "got 'nobody'"),
    (
        """
        complaint:
          tiers:
            1:
              team_by_channel:
                email: nobody # here
        """,
        "complaint.tiers.1.team_by_channel.email",
        "got 'nobody'",
    ),
]

WORDS_AND_WAYS = [
    ("delivery: { social: [] } # here", "delivery.social", "expected at least one way to reach a customer from social"),
    ("delivery: { social: null } # here", "delivery.social", "expected at least one way"),
    (
        """
        complaint:
          clocks:
            first_response:
              by_channel: # here
                chat: null
        """,
        "complaint.clocks.first_response.by_channel.chat",
        "expected the time for a first response by chat, but it is missing",
    ),
    (
        """
        templates: # here
          withdrawn: null
        """,
        "templates.withdrawn",
        "expected this template, but it is missing",
    ),
    ("templates: { merged: { en: null } } # here", "templates.merged.en", "expected this language, but it is missing"),
    (
        "customer_page: { below_messages: { en: null } } # here",
        "customer_page.below_messages.en",
        "expected the line below messages in this language, but it is missing",
    ),
    (
        "customer_page: { below_messages: { en: 'Until {{ page_until | local_time }}' } } # here",
        "customer_page.below_messages.en",
        "expected the address of the page: {{ page }}",
    ),
    (
        "customer_page: { below_messages: { en: '{{ page }} for {{ subject }}' } } # here",
        "customer_page.below_messages.en",
        "mentions a variable that no message has: expected one of page, page_until, got 'subject'",
    ),
    (
        """
        templates:
          happy_birthday: # here
            en: { subject: Hello, body: Hello }
        """,
        "templates.happy_birthday",
        "nothing sends this template: expected one of acknowledgement, status_update",
    ),
]

TIERS_AND_RULES = [
    (
        "complaint: { tiers: { 3: { name: { zh-CN: null } } } } # here",
        "complaint.tiers.3.name.zh-CN",
        "expected a name in zh-CN, but it is missing",
    ),
    (
        "complaint: { tiers: { 3: { expected_share: 0.25 } } } # here",
        "complaint.tiers",
        "expected shares that sum to 1, got 1.2",
    ),
    (
        "complaint: { priorities: { low: 0 } } # here",
        "complaint.priorities.low",
        "expected a factor above 0 and up to 100, got 0.0",
    ),
    ("complaint: { priorities: { low: .nan } } # here", "complaint.priorities.low", "got nan"),
    ("complaint: { priorities: { low: .inf } } # here", "complaint.priorities.low", "got inf"),
    (
        "complaint: { default_priority: urgent } # here",
        "complaint.default_priority",
        "expected one of normal, high, got 'urgent'",
    ),
    (
        """
        complaint:
          classification:
            - name: early
              when: { vip: true }
              then:
                priority: urgent # here
        """,
        "complaint.classification.0.then.priority",
        "expected one of normal, high, got 'urgent'",
    ),
    (
        """
        complaint:
          classification:
            - { name: fine, when: {}, then: { entry_tier: 3 } }
            - { name: too high, when: {}, then: { entry_tier: 4 } } # here
        """,
        "complaint.classification.1.then.entry_tier",
        "expected a tier up to 3, got 4",
    ),
    (
        "complaint: { classification: [{ name: all, when: { words: [''] }, then: {} }] } # here",
        "complaint.classification.0.when.words",
        "expected words, but one is empty and would be found everywhere",
    ),
    (
        "complaint: { authority: { lead: { minor: 1, currency: EUR } } } # here",
        "complaint.authority.lead.currency",
        "expected CNY as before, got EUR",
    ),
    (
        """
        complaint:
          clocks:
            first_response:
              guarantee: { grant: { currency: EUR } } # here
        """,
        "complaint.clocks.first_response.guarantee.grant.currency",
        "expected CNY as before, got EUR",
    ),
]

CLOCKS = [
    ("task_claim: { calendar: lunar } # here", "task_claim.calendar", "expected one of always, office, got 'lunar'"),
    ("status_update: { quiet_hours: night } # here", "status_update.quiet_hours", "expected one of always, office"),
    (
        "tier: { pauses_on: [solution_offered, asleep] } # here",
        "tier.pauses_on.1",
        "expected one of received, acknowledged, in_progress, waiting_for_customer",
    ),
    (
        "task_due: { steps: [{ do: breach, at: 1 }, { do: escalate, at: 1 }] } # here",
        "task_due.steps.1.do",
        "nothing executes this step of a task_due clock: expected one of breach, remind, warn, got 'escalate'",
    ),
    (
        "tier: { steps: [{ do: warn, at: 0.5 }, { do: warn, at: 0.50 }, { do: breach, at: 1 }] } # here",
        "tier.steps.1",
        "expected each step once, but warn@0.5 would fire only the first time",
    ),
    (
        "tier: { steps: [{ do: breach, at: 1 }, { do: breach, at: 0.9 }] } # here",
        "tier.steps.1",
        "expected breach not before the end of the clock, when the promise is missed",
    ),
    (
        "satisfaction: { steps: [{ do: close, at: 1 }, { do: close, after: 1h }] } # here",
        "satisfaction.steps.1",
        "expected close not before the end of the clock",
    ),
    (
        "tier: { steps: [{ do: breach, at: 1 }, { do: compensate, at: 1 }] } # here",
        "tier.guarantee",
        "expected a guarantee, since a step compensates for its miss",
    ),
    (
        "tier: { guarantee: { grant: { minor: 1, currency: CNY } } } # here",
        "tier.guarantee",
        "expected a step that compensates, since the clock has a guarantee",
    ),
    (
        "status_update: { steps: [{ do: breach, at: 1 }] } # here",
        "status_update.steps",
        "expected send_update before or at the end, or no update would be sent",
    ),
    (
        "status_update: { steps: [{ do: send_update, at: 1.5 }, { do: breach, at: 1 }] } # here",
        "status_update.steps",
        "expected send_update before or at the end",
    ),
    (
        "status_update: { steps: [{ do: send_update, after: 5h }, { do: breach, before: 0s }] } # here",
        "status_update.steps",
        "expected send_update before or at the end",
    ),
    ("tier: { steps: [{ do: escalate, at: 1 }] } # here", "tier.steps", "expected breach at the end (at: 1)"),
    ("tier: { steps: [{ do: breach, at: 1.5 }] } # here", "tier.steps", "or nobody would notice a miss"),
    ("task_claim: { steps: [{ do: warn, at: 1 }] } # here", "task_claim.steps", "expected breach at the end"),
    ("task_due: { steps: [] } # here", "task_due.steps", "expected breach at the end"),
    ("follow_up: { steps: [] } # here", "follow_up.steps", "expected breach at the end"),
    ("claim_idle: { steps: [] } # here", "claim_idle.steps", "expected release_claim before or at the end"),
    ("customer_answer: { steps: [] } # here", "customer_answer.steps", "expected close at the end"),
    ("satisfaction: { steps: [] } # here", "satisfaction.steps", "or the case would stay open for ever"),
]

WORDING = [
    ("{% if tier %}never closed", "expected a Jinja template, but its line 1 is none"),
    ("Dear {{ first_name }}", "mentions a variable that no message has: expected one of answer_by, case_number"),
    ("{{ range(9) }}", "got 'range'"),
    ("{{ due_by | eastern_time }}", "expected local_time or a filter or test of Jinja, got 'eastern_time'"),
    ("{% if tier is tall %}{% endif %}", "expected local_time or a filter or test of Jinja, got 'tall'"),
    ("{% include 'footer' %}", "expected no include, since a template stands alone"),
    ("by {{ due_by | local_time }}", "cannot be written without due_by, so write {% if due_by %}"),
    ("order {{ order_id }}", "cannot be written without order_id"),
    ("{{ subject.__class__ }}", "cannot be written: access to attribute '__class__' of 'str' object is unsafe"),
    ("{{ 1 / 0 }}", "cannot be written: division by zero"),
    ("  ", "expected some text"),
]


@pytest.mark.parametrize(("text", "field", "sentence"), [*PEOPLE, *WORDS_AND_WAYS, *TIERS_AND_RULES])
def test_policy_is_refused_with_line_and_field(tmp_path: Path, text: str, field: str, sentence: str) -> None:
    refused_field, problem = only_problem(tmp_path, text)
    assert refused_field == field
    assert sentence in problem


@pytest.mark.parametrize(("text", "field", "sentence"), CLOCKS)
def test_clock_rule_is_refused_with_line_and_field(tmp_path: Path, text: str, field: str, sentence: str) -> None:
    refused_field, problem = only_problem(tmp_path, f"complaint:\n  clocks:\n    {text}")
    assert refused_field == f"complaint.clocks.{field}"
    assert sentence in problem


@pytest.mark.parametrize(("template", "sentence"), WORDING)
def test_message_that_could_not_be_written_is_refused(tmp_path: Path, template: str, sentence: str) -> None:
    text = f"templates:\n  closed:\n    en:\n      subject: Closed\n      body: {json.dumps(template)} # here"
    refused_field, problem = only_problem(tmp_path, text)
    assert refused_field == "templates.closed.en.body"
    assert sentence in problem


def test_tiers_with_a_gap_are_refused(tmp_path: Path) -> None:
    text = "complaint:\n  tiers: # here\n    2: null\n    1: { expected_share: 0.95 }"
    assert only_problem(tmp_path, text) == (
        "complaint.tiers",
        "expected tiers numbered from 1 without gaps, got 1, 3",
    )


SINGLE_TIER = """
complaint:
  tiers: { 2: null, 3: null, 1: { expected_share: 1 } }
  classification: []
  clocks:
    tier:
      steps:
        - { do: breach, at: 1 }
"""


def test_escalation_without_a_second_tier_is_refused(tmp_path: Path) -> None:
    """Lessons, failure 7: an escalation that leads nowhere. With two tiers the top one raises an alarm instead."""
    assert only_problem(tmp_path, f"{SINGLE_TIER}        - {{ do: escalate, at: 1 }} # here") == (
        "complaint.clocks.tier.steps.1.do",
        "expected a second tier to escalate to, but there is only one",
    )


def test_single_tier_without_escalation_is_published(tmp_path: Path) -> None:
    path = written(tmp_path, "extends: charter\nname: test\n" + SINGLE_TIER)
    assert load_policy(path).policy.complaint.top_tier == 1


def test_no_tier_at_all_is_refused(tmp_path: Path) -> None:
    text = "extends: charter\nname: test\ncomplaint: { classification: [], tiers: { 1: null, 2: null, 3: null } }"
    found = [problem["problem"] for problem in problems_of(written(tmp_path, text))]
    assert "expected tiers numbered from 1 without gaps, got none" in found


def test_each_classification_rule_needs_a_name_of_its_own(tmp_path: Path) -> None:
    rule = "{ name: twice, when: {}, then: {} }"
    text = f"extends: charter\nname: test\ncomplaint:\n  classification:\n    - {rule}\n    - {rule}"
    found = problems_of(written(tmp_path, text))
    assert [(problem["line"], problem["field"]) for problem in found] == [
        (5, "complaint.classification.0.name"),
        (6, "complaint.classification.1.name"),
    ]


def test_step_at_the_very_end_may_be_written_as_before_nothing(tmp_path: Path) -> None:
    steps = "[{ do: breach, before: 0s }, { do: remind, after: 10m }]"
    text = f"extends: charter\nname: test\ncomplaint: {{ clocks: {{ tier: {{ steps: {steps} }} }} }}"
    assert load_policy(written(tmp_path, text)).policy.complaint.clocks.tier.steps[0].before == 0
