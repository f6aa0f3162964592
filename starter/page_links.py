"""The links to customers' pages as this installation makes and reads them; worker and API must agree on them."""

from __future__ import annotations

import structlog

from activities.notifications.links import CaseLinks
from runtime.settings import Settings
from starter.kept_secrets import kept_secret

log = structlog.get_logger()


def page_links(settings: Settings) -> CaseLinks | None:
    """The links, or None where messages go out without: a store that is shared, and nobody has set secret or address.

    Raises:
        InvalidInputError: a secret is too short.
    """
    own_store = not settings.store_url
    secrets = settings.link_secrets
    if not secrets and own_store:
        secrets = kept_secret(settings.home / "links.secret")
    base = settings.customer_url or settings.public_url
    if not base and own_store and settings.api_port:
        base = f"http://{settings.api_host}:{settings.api_port}"
    return CaseLinks(secrets, base) if secrets and base else None


def links_in_messages(settings: Settings) -> CaseLinks | None:
    """The links as messages carry them; whoever runs this is told if they carry none.

    Raises:
        InvalidInputError: a secret is too short.
    """
    links = page_links(settings)
    if links is None:
        log.warning("messages_without_link", expected="DUECOURSE_LINK_SECRETS and DUECOURSE_CUSTOMER_URL")
    return links
