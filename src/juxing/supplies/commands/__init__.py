"""The only writers of this room."""

from juxing.supplies.commands.allocating import (
    SharingSettings,
    begin_allocation,
    compute_allocation,
    sign_allocation,
)
from juxing.supplies.commands.lines import (
    NEEDS_REASON,
    STEPS,
    change_meaning,
    confirm_meaning,
    move_request,
    state_quantity,
)
from juxing.supplies.commands.lists import send_list
from juxing.supplies.commands.receiving import correct_stock, receive_stock
from juxing.supplies.commands.stock import (
    OutOfStock,
    StockMovement,
    hand_out_stock,
    lock_levels,
    release_stock,
    reserve_stock,
)

__all__ = [
    "NEEDS_REASON",
    "STEPS",
    "OutOfStock",
    "SharingSettings",
    "StockMovement",
    "begin_allocation",
    "change_meaning",
    "compute_allocation",
    "confirm_meaning",
    "correct_stock",
    "hand_out_stock",
    "lock_levels",
    "move_request",
    "receive_stock",
    "release_stock",
    "reserve_stock",
    "send_list",
    "sign_allocation",
    "state_quantity",
]
