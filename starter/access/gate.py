"""The one place that answers who this is, whether they may use this route, and whether this case is theirs to see."""

from __future__ import annotations

from dataclasses import dataclass

from activities.clock import wall_clock
from activities.notifications.links import CaseLinks, Shown
from domain.errors import NotAllowedError
from domain.messages import CaseView
from domain.people import Role
from domain.sla.spans import Instant
from domain.tasks import ACTIVE
from readmodel.rows import Change
from starter.access.accounts import Account, Accounts
from starter.access.errors import LinkOverError, UnauthenticatedError
from starter.access.keys import MARK, ApiKeys
from starter.access.limiting import Limiter
from starter.access.oidc.tokens import Claims
from starter.access.oidc.vouching import Vouching
from starter.access.principals import Principal
from starter.access.rules import TEAM_BOUND, Rule
from starter.access.sessions import Sessions
from starter.access.staff import StaffBook
from starter.doors import Store
from starter.page_links import page_links


@dataclass(frozen=True)
class Gate:
    """Who is let through, and how far."""

    keys: ApiKeys
    accounts: Accounts
    sessions: Sessions
    staff: StaffBook
    limiter: Limiter
    links: CaseLinks | None = None
    vouching: Vouching | None = None

    @classmethod
    def of(cls, store: Store) -> Gate:
        """The gate over a store."""
        engine = store.engine
        settings = store.settings
        limiter = Limiter(
            settings.api_rate, customers=settings.customer_rate, customers_writes=settings.customer_writes
        )
        staff, links = StaffBook(store), page_links(settings)
        vouching = Vouching.of(settings, engine)
        return cls(ApiKeys(engine), Accounts(engine), Sessions(engine), staff, limiter, links, vouching)

    async def known(self, *, key: str | None, session: str | None, address: str, used: bool = True) -> Principal:
        """Who shows this key or, without a key, this session; without `used` a session comes no younger out of it.

        Raises:
            UnauthenticatedError: neither is good, or there is none.
            RateLimitedError: too many wrong ones from this address.
            NotAllowedError: the account is of somebody who is in no team any more.
        """
        if key is None and session is None:
            raise UnauthenticatedError("expected an API key (Authorization: Bearer dck_…) or a session")
        found = await self._bearer(key) if key is not None else await self._signed_in(session or "", used=used)
        if found is None:
            await self.limiter.wrong_key(address)
            raise UnauthenticatedError("this is no key of ours, or it was revoked, or the session is over")
        return found

    async def shown(self, link: str, address: str, *, writes: bool) -> Shown:
        """The case whose customer somebody with this link is, and until when.

        Raises:
            UnauthenticatedError: it is no link of ours.
            LinkOverError: it was one, for a while.
            RateLimitedError: too many wrong ones from this address, or too many requests about this case.
        """
        read = self.links.read(link) if self.links else None
        if read is None:
            await self.limiter.wrong_key(address)
            raise UnauthenticatedError("this is no link of ours")
        await self.limiter.customer(read.case_id, writes=writes)
        if read.until <= wall_clock():
            raise LinkOverError("this link is over; the newest message has one that is not")
        return read

    def page_of(self, case_id: str, until: Instant) -> str:
        """The last part of the address of another page of the same customer, which ends when the one they have does."""
        assert self.links
        return self.links.to(case_id, until).token

    async def sign_in(self, staff_id: str, password: str, address: str) -> tuple[str, Principal]:
        """A session for somebody with a local account: its token, and who they are.

        Raises:
            RateLimitedError: too many attempts.
            UnauthenticatedError: no account has this id and password.
            NotAllowedError: the account is of somebody who is in no team.
        """
        await self.limiter.sign_in(staff_id, address)
        account = await self.accounts.with_password(staff_id, password)
        if account is None:
            await self.limiter.not_signed_in(address)
            raise UnauthenticatedError("no account has this id and password")
        await self.limiter.signed_in(staff_id, address)
        principal = await self.staff.principal(account)
        return await self.sessions.begin(staff_id), principal

    async def vouched(self, claims: Claims) -> tuple[str, Principal]:
        """A session for somebody whom the OpenID Connect server has let in: its token, and who they are.

        Raises:
            NotAllowedError: they are nobody of the staff, or their account here is disabled.
        """
        assert self.vouching
        principal = await self._principal(await self.vouching.person(claims))
        token = await self.sessions.begin(principal.name)
        await self.vouching.sessions.note(token, claims)
        return token, principal

    async def _bearer(self, key: str) -> Principal | None:
        """Whose key this is, or whose token."""
        if self.vouching is None or key.startswith(f"{MARK}_"):
            return await self.keys.principal(key)
        found = await self.vouching.bearer(key)
        return await self._principal(found) if isinstance(found, Account) else found

    async def _principal(self, account: Account) -> Principal:
        here = await self.accounts.get(account.staff_id)
        if here is not None and here.disabled_at is not None:
            raise NotAllowedError(f"the account of {account.staff_id} is disabled")
        return await self.staff.principal(account)

    async def _account(self, staff_id: str) -> Account | None:
        """The local account of somebody, or that for which the server vouched."""
        found = await self.accounts.get(staff_id)
        if found is None and self.vouching is not None:
            return await self.vouching.people.account(staff_id)
        return found

    async def _signed_in(self, token: str, *, used: bool) -> Principal | None:
        staff_id = await self.sessions.staff_id(token, used=used)
        account = await self._account(staff_id) if staff_id else None
        if account is None or account.disabled_at is not None:
            return None
        return await self.staff.principal(account)


def permit(principal: Principal, rule: Rule) -> None:
    """Refuse a principal who may not use a route.

    Raises:
        NotAllowedError: details give the roles that may, or the scope that the key lacks.
    """
    if rule.public:
        return
    if principal.role not in rule.roles:
        allowed = sorted(role.value for role in rule.roles)
        raise NotAllowedError(f"the role {principal.role.value} may not do this", allowed=allowed)
    if principal.role is Role.SYSTEM and rule.scope not in principal.scopes:
        raise NotAllowedError(f"the key of {principal.name} is not for {rule.scope}", scope=rule.scope)


def is_bound(principal: Principal) -> bool:
    """Whether it depends on the case if somebody may see it."""
    return principal.role in TEAM_BOUND


def concerns(principal: Principal, change: Change) -> bool:
    """Whether somebody may be told that a case has changed: by its teams and owners, before or after."""
    return (
        not is_bound(principal) or principal.name in change.people or not set(change.teams).isdisjoint(principal.teams)
    )


def permit_case(principal: Principal, case: CaseView) -> None:
    """Refuse somebody whose teams have nothing to do with a case, unless they have or had a task of it.

    Raises:
        NotAllowedError: details give the team that has the case.
    """
    if not is_bound(principal):
        return
    teams = {case.team, *(task.team for task in case.tasks if task.state in ACTIVE)}
    if teams.isdisjoint(principal.teams) and all(task.owner != principal.name for task in case.tasks):
        raise NotAllowedError(f"the case is with team {case.team}", field="case_id", team=case.team)
