"""Opening a case: looked up, reserved, started, and only once, however often it is handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from temporalio.client import Client

from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory, OrderDirectory
from activities.openings.register import Opening as Known
from activities.openings.register import OpeningRegister
from domain.complaint.messages import ComplaintInput
from domain.complaint.state import ComplaintStart
from domain.deeds import LookupReport
from domain.delivery.messages import DeliveryInput
from domain.delivery.state import DeliveryStart
from domain.errors import InvalidInputError
from domain.numbers import change_number, complaint_number, delivery_number, return_number
from domain.order_change.messages import OrderChangeInput
from domain.order_change.state import OrderChangeStart
from domain.people import CustomerProfile, OrderSummary
from domain.returns.messages import ReturnInput
from domain.returns.state import ReturnStart
from starter.launching import launch
from starter.new_complaint import NewComplaint
from starter.new_delivery import NewDelivery
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.parcel_cases import has_in_hand
from starter.policy_shelf import PolicyShelf
from starter.repeated import NewCase, content_hash, is_open, require_same
from workflows.starting import Start

Fields: TypeAlias = dict[str, Any]
"""Of the message with which a case begins."""


@dataclass(frozen=True)
class Opened:
    """The case of what was handed in, of whatever type.

    Attributes:
        created: this call started it.
        open: it is not over.
    """

    case_id: str
    created: bool
    open: bool = True


_START: TypeAdapter[Start] = TypeAdapter(Start)


@dataclass(frozen=True)
class Opening:
    """Opens cases under the latest version of `policy`, a policy's name."""

    client: Client
    task_queue: str
    register: OpeningRegister
    policies: PolicyShelf
    customers: CustomerDirectory
    orders: OrderDirectory
    policy: str

    async def open_complaint(self, new: NewComplaint) -> Opened:
        """Start the case of a complaint, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer, unknown order, or an order of another customer; names the field.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._open(complaint_number, new, self._complaint)

    async def _complaint(self, fields: Fields, customer: CustomerProfile) -> ComplaintStart:
        complaint = ComplaintInput.model_validate(fields)
        found = LookupReport(customer=customer, order=await self._order(complaint))
        return ComplaintStart(complaint=complaint, found=found)

    async def open_order_change(self, new: NewOrderChange) -> Opened:
        """Start the case of an order change, or answer with the one that exists for its source and reference.

        Whether the order is this customer's is for the case to verify, before anything is changed.

        Raises:
            InvalidInputError: unknown customer.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._open(change_number, new, self._order_change)

    async def _order_change(self, fields: Fields, customer: CustomerProfile) -> OrderChangeStart:
        return OrderChangeStart(change=OrderChangeInput.model_validate(fields), customer=customer)

    async def open_return(self, new: NewReturn) -> Opened:
        """Start the case of a return, or answer with the one that exists for its source and reference.

        Whether the order is this customer's, and what of it may come back, is for the case to find out.

        Raises:
            InvalidInputError: unknown customer.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._open(return_number, new, self._return)

    async def _return(self, fields: Fields, customer: CustomerProfile) -> ReturnStart:
        return ReturnStart(asked=ReturnInput.model_validate(fields), customer=customer)

    async def open_delivery(self, new: NewDelivery) -> Opened:
        """Start the case of a delivery problem, or answer with the one that has this parcel's trouble in hand.

        Raises:
            InvalidInputError: unknown customer.
            RPCError: Temporal does not answer.
        """
        case_id = delivery_number(new.source, new.reference)
        if in_hand := case_id if await self._is_started(case_id) else await self._in_hand(new):
            return Opened(in_hand, created=False)
        return await self._open(delivery_number, new, self._delivery)

    async def _in_hand(self, new: NewDelivery) -> str | None:
        """The case of another problem of the parcel, if that one has it in hand."""
        for other in new.other_problems:
            if await self._is_started(other) and await has_in_hand(self.client, other):
                return other
        return None

    async def _delivery(self, fields: Fields, customer: CustomerProfile) -> DeliveryStart:
        policy = await self.policies.policy(fields["policy"])
        found = DeliveryInput.model_validate({**fields, "channel": policy.deliveries.contact_by})
        return DeliveryStart(found=found, customer=customer)

    async def finish(self) -> int:
        """Start what was reserved but not started, after a crash between the two; returns how many."""
        unstarted = await self.register.unstarted()
        for opening in unstarted:
            if opening.request:
                await self._start(_START.validate_json(opening.request))
            await self.register.mark_started(opening.case_id)
        return len(unstarted)

    async def _is_started(self, case_id: str) -> bool:
        known = await self.register.get(case_id)
        return known is not None and known.started

    async def _open(
        self,
        number: Callable[[str, str], str],
        new: NewCase,
        begin: Callable[[Fields, CustomerProfile], Awaitable[Start]],
    ) -> Opened:
        """Open a case of any type.

        Args:
            number: makes the case id out of source and reference.
            new: what was handed in.
            begin: makes the workflow's input out of the fields of its message and the customer.
        """
        case_id = number(new.source, new.reference)
        known = await self.register.get(case_id)
        if known and known.started:
            return await self._again(known, new)
        customer = await self._customer(new.customer_id)
        start = await begin(await self._fields(case_id, new), customer)
        _, opening = await self.register.reserve(
            case_id,
            source=new.source,
            reference=new.reference,
            request_hash=content_hash(new),
            request=start.model_dump_json(),
            # A complaint does not wait for anything that a shop tells.
            hears_of=None if isinstance(new, NewComplaint) else new.order_id,
        )
        # Of a former attempt that died before it started anything, the first request counts.
        first = _START.validate_json(opening.request) if opening.request else start
        # Of several at once it is the one that started it who created it, which need not be the one that reserved it.
        created = await self._start(first)
        await self.register.mark_started(case_id)
        require_same(opening, new)
        return Opened(case_id, created=created)

    async def _again(self, known: Known, new: NewCase) -> Opened:
        require_same(known, new)
        return Opened(known.case_id, created=False, open=await is_open(self.client, known.case_id))

    async def _fields(self, case_id: str, new: NewCase) -> Fields:
        """What a message says beyond what was handed in, added to that."""
        return {
            **new.model_dump(),
            "source": new.source,
            "reference": new.reference,
            "case_id": case_id,
            "policy": await self.policies.latest(self.policy),
            "arrived_at": wall_clock(),
        }

    async def _start(self, start: Start) -> bool:
        return await launch(self.client, self.task_queue, self.policies, start)

    async def _customer(self, customer_id: str) -> CustomerProfile:
        customer = await self.customers.profile(customer_id)
        if customer is None:
            raise InvalidInputError(f"unknown customer {customer_id}", field="customer_id")
        return customer

    async def _order(self, new: ComplaintInput) -> OrderSummary | None:
        if not new.order_id:
            return None
        order = await self.orders.order(new.order_id)
        if order is None:
            raise InvalidInputError(f"unknown order {new.order_id}", field="order_id")
        if order.customer_id != new.customer_id:
            raise InvalidInputError(f"order {new.order_id} is another customer's", field="order_id")
        return order
