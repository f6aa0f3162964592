"""The line below every message: where the customer sees how the case stands, and answers."""

from __future__ import annotations

import structlog
from jinja2 import TemplateError

from activities.notifications.links import CaseLinks
from activities.notifications.templates import in_words_of
from domain.deeds import MessageOrder
from domain.policy import Policy
from domain.sla.spans import Instant

log = structlog.get_logger()


class PageLine:
    """Writes the line, with a link of its own for each message."""

    def __init__(self, links: CaseLinks) -> None:
        self._links = links

    def below(self, order: MessageOrder, policy: Policy, now: Instant) -> str:
        """What is put below the message; empty where the policy has no line in this language.

        A line that cannot be written leaves the message without it: that it arrives counts for more.
        """
        page = policy.customer_page
        source = page.below_messages.get(order.language, "")
        if not source.strip():
            return ""
        link = self._links.to(order.case_id, now + page.link_lasts)
        try:
            line = in_words_of(order, source, page=link.address, page_until=link.until)
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            log.warning("page_line_failed", case_id=order.case_id, policy=order.policy, error=type(error).__name__)
            return ""
        return f"\n\n{line.strip()}\n"
