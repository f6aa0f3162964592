"""What a shop says no with. `transient` tells whether the same call, with the same key, may succeed later."""

from __future__ import annotations

from typing import ClassVar

from domain.errors import CaseError


class ShopError(CaseError):
    """A refusal of the shop; nothing was changed."""

    code = "shop_error"
    transient: ClassVar[bool] = False


class ShopUnavailableError(ShopError):
    """No answer, or none that says what happened: repeat with the same key, and what was done is found."""

    code = "shop_unavailable"
    transient = True


class ShopAccessError(ShopUnavailableError):
    """The shop does not know our key: every case waits until somebody has put the setting right."""

    code = "shop_access"


class ShopRefusedError(ShopError):
    """The shop said no in words of its own, which `details` has, to something that this table has no code for."""

    code = "shop_refused"


class StockInDoubtError(ShopError):
    """A torn call may have moved goods, and others moved the same ones meanwhile: somebody has to count.

    Asked again with the same key, the stock counts as counted: `details` has what it was and what it should be.
    """

    code = "stock_in_doubt"


class OrderBusyError(ShopError):
    """Another change of the order is open; `details["holder"]` is its key, None if it is not one of ours."""

    code = "order_busy"
    transient = True


class RefundInProgressError(ShopError):
    """Another refund of the order is under way; refunds are made one at a time."""

    code = "refund_in_progress"
    transient = True


class KeyReusedError(ShopError):
    """The key stands for something else already: another act, another order, or other content."""

    code = "key_reused"


class OrderNotFoundError(ShopError):
    """The shop has no such order."""

    code = "order_not_found"


class LineNotFoundError(ShopError):
    """The order has no such line; `details["possible"]` lists those it has."""

    code = "line_not_found"


class VariantNotFoundError(ShopError):
    """The shop does not sell this variant, or not in this currency."""

    code = "variant_not_found"


class NothingUnderKeyError(ShopError):
    """Nothing that this call could go on with was ever begun under this key."""

    code = "nothing_under_key"


class ParcelNotFoundError(ShopError):
    """The carrier has no such parcel."""

    code = "parcel_not_found"


class QuantityNotPossibleError(ShopError):
    """More or less than the line allows: what left the warehouse stays, what never left cannot come back."""

    code = "quantity_not_possible"


class EmptyOrderError(ShopError):
    """A change that would leave nothing in the order: that is a cancellation, and has a call of its own."""

    code = "empty_order"


class OutOfStockError(ShopError):
    """Less is available than was asked for; details say which variant, and how much there is."""

    code = "out_of_stock"


class OrderStateError(ShopError):
    """The order has come too far for this: it was shipped, or it was canceled."""

    code = "order_state"


class StepStateError(ShopError):
    """What the key stands for is over, or was not begun: a discarded change cannot be confirmed."""

    code = "step_state"


class PaymentMethodFixedError(ShopError):
    """Money was taken already, so that the way to pay cannot be changed any more."""

    code = "payment_method_fixed"


class RefundExceedsError(ShopError):
    """More than what was captured and not refunded yet; `details["refundable"]` says how much there is."""

    code = "refund_exceeds_captured"


class InterceptTooLateError(ShopError):
    """The parcel has arrived or is on its way back: there is nothing left to stop."""

    code = "intercept_too_late"
