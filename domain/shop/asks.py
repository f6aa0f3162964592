"""What a case asks of a shop, one call each, as data. `do` is the name of the activity that asks it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from domain.money import Money
from domain.shop.changes import LineChange
from domain.shop.values import Address, Asked, Key, PaymentMethod, Quantity, Reason, ShopId
from domain.sla.spans import Instant


class OfOrder(Asked):
    """Something asked about one order."""

    order_id: ShopId


class Keyed(OfOrder):
    """Something that changes the order or its money; the key is the identity of the effect."""

    key: Key


class ReadOrder(OfOrder):
    """The order as it is now."""

    do: Literal["read_order"] = "read_order"


class ReadAccount(OfOrder):
    """What was captured and refunded."""

    do: Literal["read_account"] = "read_account"


class FindParcels(OfOrder):
    """The order's parcels with their scans."""

    do: Literal["find_parcels"] = "find_parcels"


class StageChange(Keyed):
    """Open a change of the order's lines, with its preview."""

    do: Literal["stage_change"] = "stage_change"
    changes: tuple[LineChange, ...]


class ConfirmChange(Keyed):
    """Make the staged change true."""

    do: Literal["confirm_change"] = "confirm_change"


class DiscardChange(Keyed):
    """Close the staged change without effect."""

    do: Literal["discard_change"] = "discard_change"


class ChangeAddress(Keyed):
    """Deliver somewhere else."""

    do: Literal["change_address"] = "change_address"
    address: Address = Field(repr=False)


class ChangePaymentMethod(Keyed):
    """Let the customer pay in another way."""

    do: Literal["change_payment_method"] = "change_payment_method"
    method: PaymentMethod


class CancelOrder(Keyed):
    """Cancel all that was not shipped."""

    do: Literal["cancel_order"] = "cancel_order"
    reason: Reason


class CollectPayment(Keyed):
    """Ask the customer for a difference, until `lapses_at`."""

    do: Literal["collect_payment"] = "collect_payment"
    amount: Money
    lapses_at: Instant


class ReadCollection(Keyed):
    """How a collection stands."""

    do: Literal["read_collection"] = "read_collection"


class ReleaseCollection(Keyed):
    """Ask for a difference no longer."""

    do: Literal["release_collection"] = "release_collection"


class RefundPayment(Keyed):
    """Pay back."""

    do: Literal["refund_payment"] = "refund_payment"
    amount: Money
    reason: Reason


class ReserveStock(Keyed):
    """Keep pieces for the case."""

    do: Literal["reserve_stock"] = "reserve_stock"
    variant_id: ShopId
    quantity: Quantity


class ReleaseStock(Keyed):
    """Keep them no longer."""

    do: Literal["release_stock"] = "release_stock"


class InterceptParcel(Keyed):
    """Have a parcel turned back."""

    do: Literal["intercept_parcel"] = "intercept_parcel"
    parcel_id: ShopId


ShopAsk: TypeAlias = Annotated[
    ReadOrder
    | ReadAccount
    | FindParcels
    | StageChange
    | ConfirmChange
    | DiscardChange
    | ChangeAddress
    | ChangePaymentMethod
    | CancelOrder
    | CollectPayment
    | ReadCollection
    | ReleaseCollection
    | RefundPayment
    | ReserveStock
    | ReleaseStock
    | InterceptParcel,
    Field(discriminator="do"),
]
"""Everything that can be asked."""
