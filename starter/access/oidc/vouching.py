"""The one who vouches: who somebody is for us whom the server knows, with a token or after signing in there."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.errors import InvalidInputError, NotAllowedError
from domain.messages import Identifier
from domain.people import Role
from runtime.settings import Settings
from starter.access.accounts import Account
from starter.access.errors import UnauthenticatedError
from starter.access.oidc.flow import Flow
from starter.access.oidc.issuer import Issuer
from starter.access.oidc.people import OidcPeople
from starter.access.oidc.sessions import OidcSessions
from starter.access.oidc.tokens import Claims, logged_out, verified
from starter.access.principals import DESK, Principal, Scope, SystemName

GROUPS = "groups"
"""The claim in which servers say of which groups somebody is."""

_ID: TypeAdapter[str] = TypeAdapter(Identifier)
_NAME: TypeAdapter[str] = TypeAdapter(SystemName)


class Vouching:
    """What the settings say of an OpenID Connect server, put to use."""

    def __init__(self, settings: Settings, people: OidcPeople, sessions: OidcSessions) -> None:
        secret = settings.oidc_client_secret
        self.issuer = Issuer(settings.oidc_issuer)
        self.flow = Flow(self.issuer, settings.oidc_client_id, secret.get_secret_value() if secret else None)
        self.people = people
        self.sessions = sessions
        self._client_id = settings.oidc_client_id
        self._audience = settings.oidc_audience
        self._staff_claim = settings.oidc_staff_claim
        self._auditors = settings.oidc_auditors

    @classmethod
    def of(cls, settings: Settings, engine: AsyncEngine) -> Self | None:
        """As the settings have it; None where they name no server.

        Raises:
            InvalidInputError: a setting is missing, or wrong; names it.
        """
        _require_whole(settings)
        return cls(settings, OidcPeople(engine), OidcSessions(engine)) if settings.oidc_issuer else None

    async def person(self, claims: Claims) -> Account:
        """The account of somebody whom the server knows.

        Raises:
            NotAllowedError: the claims name nobody of the staff, or somebody else has that staff id.
        """
        try:
            staff_id = _ID.validate_python(claims.get(self._staff_claim))
        except ValidationError:
            raise NotAllowedError(f"the sign-in server names no staff id in {self._staff_claim}") from None
        groups = claims.get(GROUPS)
        role: Literal[Role.AUDITOR] | None = None
        if self._auditors and isinstance(groups, list) and self._auditors in groups:
            role = Role.AUDITOR
        return await self.people.come(staff_id, self.issuer.url, str(claims["sub"]), role)

    async def log_out(self, token: str) -> list[str]:
        """End the sessions that the server says are over there; returns whose they were.

        Raises:
            UnauthenticatedError: it is no logout token of the server for us.
            UnavailableError: the server does not answer.
        """
        claims = await logged_out(self.issuer, token, self._client_id)
        if claims is None:
            raise UnauthenticatedError("this is no logout token of the sign-in server for this desk")
        return await self.sessions.end(claims)

    async def bearer(self, token: str) -> Account | Principal | None:
        """Whose access token this is: a person's account, or a system; None if it is none that is for us.

        Raises:
            NotAllowedError: it is good, but of nobody who may come in.
            UnavailableError: the server does not answer.
        """
        claims = await verified(self.issuer, token, self._audience) if self._audience else None
        if claims is None:
            return None
        return _system(claims) if _is_of_a_system(claims) else await self.person(claims)


def _is_of_a_system(claims: Claims) -> bool:
    """Whether a client asked for itself: then it is the subject (RFC 9068)."""
    return claims["sub"] in (claims.get("client_id"), claims.get("azp"))


def _system(claims: Claims) -> Principal:
    try:
        name = _NAME.validate_python(claims["sub"])
    except ValidationError:
        raise NotAllowedError("the name of this client fits no system of ours", field="sub") from None
    if name == DESK:
        raise NotAllowedError(f"no system is called {DESK}", field="sub")
    wanted = set(str(claims.get("scope", "")).split())
    return Principal(name, Role.SYSTEM, scopes=frozenset(scope for scope in Scope if scope in wanted))


def _require_whole(settings: Settings) -> None:
    if settings.oidc_issuer and not settings.oidc_client_id:
        raise InvalidInputError("oidc_client_id: expected one beside oidc_issuer", field="oidc_client_id")
    if settings.oidc_audience and settings.oidc_audience == settings.oidc_client_id:
        # An ID token is for the client; with the same audience it would pass for an access token.
        raise InvalidInputError("oidc_audience: expected another one than oidc_client_id", field="oidc_audience")
