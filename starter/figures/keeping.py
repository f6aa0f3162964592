"""Keeping the facts up to date: a worker counts in the background, and whoever shows figures counts what is left."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.policies.archive import PolicyArchive
from domain.errors import PolicyUnknownError
from domain.figures.facts import CountingRules
from domain.figures.rules import counting_rules
from domain.policy import Policy
from readmodel.counting import Counted, Counting

AT_ONCE = 50
"""Cases in one transaction."""

EVERY = 5.0
"""Seconds between two looks for cases that wait to be counted."""

log = structlog.get_logger()


class FactKeeper:
    """Counts cases by the policies that they were opened under."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._counting = Counting(engine)
        self._archive = PolicyArchive(engine)
        self._policies: dict[str, Policy | None] = {}

    async def count(self, at_most: int = 20 * AT_ONCE) -> int:
        """Count cases that wait, up to so many; returns how many still wait."""
        for _ in range(0, at_most, AT_ONCE):
            versions = await self._counting.policies(AT_ONCE)
            if not versions:
                break
            await self._load(versions)
            # Of a policy that was not there a moment ago the next round knows.
            with suppress(LookupError):
                await self._counting.count(self._rules, AT_ONCE)
        return await self._counting.waiting()

    async def count_all(self) -> None:
        """Count until nothing waits; whoever counts at the same time takes other cases."""
        while await self.count():
            pass

    async def keep_counting(self) -> None:
        """Count for ever, whatever the state of the database."""
        while True:
            try:
                waiting = await self.count()
            except DBAPIError as error:
                log.warning("figures_not_counted", error=type(error).__name__)
                waiting = 0
            await asyncio.sleep(EVERY / 100 if waiting else EVERY)

    async def _load(self, versions: set[str]) -> None:
        for version in versions - self._policies.keys():
            try:
                document = (await self._archive.load(version)).document
            except PolicyUnknownError:
                # Its case can be counted all the same, but for what only a policy says.
                log.warning("policy_of_case_unknown", policy=version)
                self._policies[version] = None
            else:
                self._policies[version] = Policy.model_validate_json(document)

    def _rules(self, case: Counted) -> CountingRules:
        policy = self._policies[case.policy]
        return counting_rules(policy, case.case_type, case.channel) if policy else CountingRules()
