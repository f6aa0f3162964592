"""What a case asks of a shop, one call each, as data. `do` is the name of the activity that asks it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from domain.money import Money
from domain.shop.changes import LineChange
from domain.shop.parcels import LabelRequest
from domain.shop.returns import ReceivedItem, ReplacementRequest, ReturnItem
from domain.shop.stock import Condition
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


class TakeOutStock(Keyed):
    """Take what was kept off the shelf for good; the key is that of the keeping."""

    do: Literal["take_out_stock"] = "take_out_stock"


class RestockGoods(Keyed):
    """Take pieces in that came back other than by a return: sound ones on the shelf, all others set aside."""

    do: Literal["restock_goods"] = "restock_goods"
    variant_id: ShopId
    quantity: Quantity
    condition: Condition


class CreateLabel(Keyed):
    """Announce a parcel: inbound for what the customer sends, outbound for what goes out or back."""

    do: Literal["create_label"] = "create_label"
    label: LabelRequest


class ReadParcel(OfOrder):
    """One parcel with its scans, by its tracking number."""

    do: Literal["read_parcel"] = "read_parcel"
    parcel_id: ShopId


class RequestReturn(Keyed):
    """Announce goods to come back."""

    do: Literal["request_return"] = "request_return"
    items: tuple[ReturnItem, ...] = Field(min_length=1)


class ReceiveReturn(Keyed):
    """Book one arrival of a return. The key is that of the arrival, `return_key` that of the return."""

    do: Literal["receive_return"] = "receive_return"
    return_key: Key
    items: tuple[ReceivedItem, ...] = Field(min_length=1)


class CancelReturn(Keyed):
    """Drop a return of which nothing has arrived."""

    do: Literal["cancel_return"] = "cancel_return"


class ReadReturn(Keyed):
    """How a return stands, with all that arrived."""

    do: Literal["read_return"] = "read_return"


class SendReplacement(Keyed):
    """Let goods go out in place of others."""

    do: Literal["send_replacement"] = "send_replacement"
    replacement: ReplacementRequest


class CancelReplacement(Keyed):
    """Take a replacement back that the warehouse has not released."""

    do: Literal["cancel_replacement"] = "cancel_replacement"


class ReadReplacement(Keyed):
    """How a replacement stands."""

    do: Literal["read_replacement"] = "read_replacement"


class ReadVariant(OfOrder):
    """What the shop sells under an id, at today's price."""

    do: Literal["read_variant"] = "read_variant"
    variant_id: ShopId


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
    | InterceptParcel
    | TakeOutStock
    | RestockGoods
    | CreateLabel
    | ReadParcel
    | RequestReturn
    | ReceiveReturn
    | CancelReturn
    | ReadReturn
    | SendReplacement
    | CancelReplacement
    | ReadReplacement
    | ReadVariant,
    Field(discriminator="do"),
]
"""Everything that can be asked."""
