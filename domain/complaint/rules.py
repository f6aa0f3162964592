"""Classification: rules as data decide what a complaint is and in which tier it starts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.complaint.messages import ComplaintInput
from domain.complaint.policy import ComplaintPolicy, Condition, Severity

_SEVERITIES = tuple(Severity)


class Classification(BaseModel):
    """What the rules made of a complaint, and which of them spoke."""

    model_config = ConfigDict(frozen=True)

    type: str
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    upset: bool = False
    important: bool = False
    priority: str
    entry_tier: int = 1
    rules: tuple[str, ...] = ()


def classify(complaint: ComplaintInput, *, vip: bool, policy: ComplaintPolicy) -> Classification:
    """Apply every rule in order; severity and entry tier only rise, other verdicts overwrite."""
    found = Classification(type=policy.default_type, priority=policy.default_priority, upset=complaint.upset)
    text = f"{complaint.subject}\n{complaint.description}".casefold()
    for rule in policy.classification:
        if _holds(rule.when, found, text, complaint, vip=vip):
            then = rule.then
            found = found.model_copy(
                update={
                    "type": then.type or found.type,
                    "severity": _worse(found.severity, then.severity),
                    "sensitive": found.sensitive if then.sensitive is None else then.sensitive,
                    "upset": found.upset if then.upset is None else then.upset,
                    "important": found.important if then.important is None else then.important,
                    "priority": then.priority or found.priority,
                    "entry_tier": max(found.entry_tier, then.entry_tier or 1),
                    "rules": (*found.rules, rule.name),
                }
            )
    return found


def _worse(one: Severity, other: Severity | None) -> Severity:
    return one if other is None else max(one, other, key=_SEVERITIES.index)


def _holds(when: Condition, found: Classification, text: str, complaint: ComplaintInput, *, vip: bool) -> bool:
    crisis = complaint.crisis_level or 0
    return all(
        (
            not when.words or any(word.casefold() in text for word in when.words),
            not when.channel or complaint.channel in when.channel,
            when.vip is None or when.vip == vip,
            when.crisis_level_at_least is None or crisis >= when.crisis_level_at_least,
            when.upset is None or when.upset == found.upset,
            not when.severity or found.severity in when.severity,
            when.sensitive is None or when.sensitive == found.sensitive,
        )
    )
