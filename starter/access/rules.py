"""Which roles may use which route: the one table that every door goes by. What is not in it, nobody may use.

It keeps out whoever has no business with a route at all. What somebody may do in a certain case at a certain moment,
the case itself decides, in `domain.rights`.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.people import Role
from domain.rights import LEADING, STAFF
from starter.access.principals import Scope


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route.

    Attributes:
        roles: of those who are known; empty with `public`.
        scope: what a system's key needs to be for; None where no system may.
        public: everybody may, known or not.
    """

    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    public: bool = False


PUBLIC = Rule(public=True)
TEAM_BOUND = frozenset({Role.AGENT, Role.LEAD})
"""Roles that see the cases of their own teams, and those in which they own a task; the others see all."""

_PEOPLE = frozenset(STAFF)
_READERS = frozenset({*STAFF, Role.AUDITOR})
_OVERSEERS = frozenset({*LEADING, Role.AUDITOR})


def _staff() -> Rule:
    return Rule(_PEOPLE)


def _readers() -> Rule:
    return Rule(_READERS)


def _leading() -> Rule:
    return Rule(frozenset(LEADING))


def _supervisor() -> Rule:
    return Rule(frozenset({Role.SUPERVISOR}))


def _overseers() -> Rule:
    return Rule(_OVERSEERS)


def _customer() -> Rule:
    return Rule(frozenset({Role.CUSTOMER}))


def _writes(scope: Scope) -> Rule:
    return Rule(_PEOPLE | {Role.SYSTEM}, scope)


def _reads_all(scope: Scope) -> Rule:
    return Rule(frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM}), scope)


def _leading_writes(scope: Scope) -> Rule:
    return Rule(frozenset({*LEADING, Role.SYSTEM}), scope)


def _reads(scope: Scope) -> Rule:
    return Rule(_READERS | {Role.SYSTEM}, scope)


VERB_RULES: dict[str, Rule] = {
    # Work on tasks.
    "claim_task": _staff(),
    "release_task": _staff(),
    "start_task": _staff(),
    "complete_task": _staff(),
    "delegate_task": _staff(),
    "forward_task": _staff(),
    "suspend_task": _staff(),
    "resume_task": _staff(),
    "save_draft": _staff(),
    "nominate_task": _leading(),
    "skip_task": _leading(),
    "exclude_owner": _leading(),
    # Words, and what they promise.
    "reply": _staff(),
    "add_note": _staff(),
    "make_promise": _staff(),
    "keep_promise": _staff(),
    # A complaint on its way.
    "escalate": _staff(),
    "ask_departments": _staff(),
    "open_linked_case": _staff(),
    "merge": _staff(),
    # What customers say, through a system of ours or through the staff.
    "customer_reply": _writes(Scope.ACT_ON_CASES),
    "answer_solution": _writes(Scope.ACT_ON_CASES),
    "withdraw": _writes(Scope.ACT_ON_CASES),
    "reopen": _writes(Scope.ACT_ON_CASES),
    "answer_change": _writes(Scope.ACT_ON_CASES),
    "withdraw_change": _writes(Scope.ACT_ON_CASES),
    "answer_return": _writes(Scope.ACT_ON_CASES),
    "withdraw_return": _writes(Scope.ACT_ON_CASES),
    "report_sent": _writes(Scope.ACT_ON_CASES),
    "rate_return": _writes(Scope.ACT_ON_CASES),
    # A supervisor steps in.
    "reassign": _supervisor(),
    "extend_clock": _supervisor(),
    "pause_clock": _supervisor(),
    "resume_clock": _supervisor(),
    "send_update_now": _supervisor(),
    "change_priority": _supervisor(),
    "adopt_policy": _supervisor(),
    "close_case": _supervisor(),
    "force_tier": _supervisor(),
}
"""By verb, as `domain.rights` has it for the verb in any case; `tests/starter/access` holds the two together."""

CUSTOMER_VERBS = (
    "answer_solution",
    "answer_change",
    "answer_return",
    "report_sent",
    "rate_return",
    "withdraw",
    "withdraw_change",
    "withdraw_return",
    "reopen",
)
"""What customers ask of their case by themselves, beside writing to us."""

DESK_RULES: dict[str, Rule] = {
    "desk_static": PUBLIC,
    "desk_sign_in_page": PUBLIC,
    "desk_sign_in": PUBLIC,
    "desk_sign_out": PUBLIC,
    "desk_vouch": PUBLIC,
    "desk_vouched": PUBLIC,
    "desk_logged_out_there": PUBLIC,
    "desk_inbox": _readers(),
    "desk_language": _readers(),
    "desk_search": _readers(),
    "desk_take_next": _staff(),
    "desk_presence": _staff(),
    "desk_case": _readers(),
    "desk_file": _readers(),
    "desk_case_history": _readers(),
    "desk_case_audit": _overseers(),
    "desk_try_policy": Rule(frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    "desk_policies": _readers(),
    "desk_policy_difference": _readers(),
    "desk_policy_compare": _readers(),
    "desk_policy": _readers(),
    "desk_board": _overseers(),
    "desk_board_act": _supervisor(),
    "desk_board_done": _supervisor(),
    "desk_around": _readers(),
    "desk_insert_reply": _staff(),
    "desk_replies": _readers(),
    "desk_save_reply": _leading(),
    "desk_remove_reply": _leading(),
    "desk_figures": _readers(),
    "desk_webhooks": Rule(frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    "desk_subscribe": _supervisor(),
    "desk_unsubscribe": _supervisor(),
    "desk_ping_webhook": _supervisor(),
    "desk_send_webhooks_again": _supervisor(),
    # Opening a linked case is not asked at the desk yet: what it takes has two shapes.
    **{f"desk_{verb}": Rule(rule.roles & _PEOPLE) for verb, rule in VERB_RULES.items() if verb != "open_linked_case"},
}
"""Of the pages for people: what a verb is asked with there, nobody may but those who may ask it anywhere."""

CUSTOMER_RULES: dict[str, Rule] = {
    "my_case": _customer(),
    "my_file": _customer(),
    "my_reply": _customer(),
    "my_survey": _customer(),
    **{f"my_{verb}": _customer() for verb in CUSTOMER_VERBS},
}
"""Of the customer's own page, where a signed link says who asks."""

RULES: dict[str, Rule] = {
    "health": PUBLIC,
    "ready": PUBLIC,
    "openapi": PUBLIC,
    "sign_in": PUBLIC,
    "sign_out": PUBLIC,
    "me": _reads(Scope.READ_CASES),
    "open_complaint": _writes(Scope.OPEN_CASES),
    "open_order_change": _writes(Scope.OPEN_CASES),
    "open_return": _writes(Scope.OPEN_CASES),
    # Nobody of the staff has seen a scanner scan: what shop and carrier tell, they tell themselves.
    "tell_order_event": Rule(frozenset({Role.SYSTEM}), Scope.WRITE_EVENTS),
    **{
        name: Rule(frozenset({Role.SYSTEM, Role.SUPERVISOR}), Scope.SUBSCRIBE)
        for name in (
            "subscribe",
            "list_webhooks",
            "show_webhook",
            "unsubscribe",
            "renew_webhook_secret",
            "ping_webhook",
            "list_deliveries",
            "send_webhooks_again",
        )
    },
    "tell_parcel_scan": Rule(frozenset({Role.SYSTEM}), Scope.WRITE_EVENTS),
    "register_customer": Rule(frozenset({Role.SYSTEM, Role.SUPERVISOR}), Scope.WRITE_CUSTOMERS),
    "show_customer": _reads_all(Scope.WRITE_CUSTOMERS),
    "name_agent": Rule(frozenset({Role.SYSTEM, Role.SUPERVISOR}), Scope.WRITE_CUSTOMERS),
    "unname_agent": Rule(frozenset({Role.SYSTEM, Role.SUPERVISOR}), Scope.WRITE_CUSTOMERS),
    "list_staff": _reads(Scope.WRITE_STAFF),
    "say_presence": _staff(),
    "say_presence_of": _leading_writes(Scope.WRITE_STAFF),
    "list_absences": _reads(Scope.WRITE_STAFF),
    "record_absence": _leading_writes(Scope.WRITE_STAFF),
    "forget_absence": _leading_writes(Scope.WRITE_STAFF),
    "list_cases": _reads(Scope.READ_CASES),
    "list_tasks": _reads(Scope.READ_CASES),
    "show_board": Rule(_OVERSEERS | {Role.SYSTEM}, Scope.READ_CASES),
    "show_case": _reads(Scope.READ_CASES),
    "show_timeline": _reads(Scope.READ_CASES),
    "list_files": _reads(Scope.READ_CASES),
    "show_file": _reads(Scope.READ_CASES),
    "list_surveys": _reads(Scope.READ_CASES),
    "follow_changes": _reads(Scope.READ_CASES),
    "audit_case": Rule(frozenset({*LEADING, Role.AUDITOR, Role.SYSTEM}), Scope.READ_CASES),
    "list_forms": _reads(Scope.READ_CASES),
    "list_policies": _reads(Scope.READ_POLICIES),
    "show_policy": _reads(Scope.READ_POLICIES),
    "show_figures": _reads(Scope.READ_FIGURES),
    "draw_figure": _reads(Scope.READ_FIGURES),
    "figures_as_csv": _reads(Scope.READ_FIGURES),
    "figures_as_xlsx": _reads(Scope.READ_FIGURES),
    "try_policy": _reads_all(Scope.READ_POLICIES),
    "list_reports": _reads_all(Scope.READ_FIGURES),
    "show_report": _reads_all(Scope.READ_FIGURES),
    "report_as_xlsx": _reads_all(Scope.READ_FIGURES),
    "export_xes": _reads_all(Scope.READ_FIGURES),
    "export_ocel": _reads_all(Scope.READ_FIGURES),
    **VERB_RULES,
    **DESK_RULES,
    **CUSTOMER_RULES,
}
"""By the name of the route."""
