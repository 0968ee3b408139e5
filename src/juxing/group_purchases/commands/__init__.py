"""Everything that writes group purchases."""

from juxing.group_purchases.commands.arriving import record_arrival, set_granted
from juxing.group_purchases.commands.chains import confirm_lines, correct_line, leave_out, paste_chain
from juxing.group_purchases.commands.forgetting import forget_orders
from juxing.group_purchases.commands.handing_out import hand_over, look_at_doors, reveal_order, take_back
from juxing.group_purchases.commands.ordering import (
    OrdersOutcome,
    give_link,
    place_order,
    record_orders,
    withdraw_order,
)
from juxing.group_purchases.commands.paying import count_in_hand, enter_bill, record_money, take_back_entry
from juxing.group_purchases.commands.preparing import (
    add_package,
    add_slot,
    change_package,
    change_purchase,
    prepare_purchase,
    remove_package,
    remove_slot,
    set_bearers,
    set_buildings,
)
from juxing.group_purchases.commands.sheets import import_sheet
from juxing.group_purchases.commands.slots import assign_slots, choose_slot, set_brought
from juxing.group_purchases.commands.steps import (
    cancel_purchase,
    close_due,
    close_purchase,
    open_purchase,
    reopen_purchase,
    settle_purchase,
    take_up_purchase,
)

__all__ = [
    "OrdersOutcome", "add_package", "add_slot", "assign_slots", "cancel_purchase", "change_package", "change_purchase",
    "choose_slot", "close_due", "close_purchase", "confirm_lines", "correct_line", "count_in_hand", "enter_bill",
    "forget_orders", "give_link", "hand_over", "import_sheet", "leave_out", "look_at_doors", "open_purchase",
    "paste_chain", "place_order", "prepare_purchase", "record_arrival", "record_money", "record_orders",
    "remove_package", "remove_slot", "reopen_purchase", "reveal_order", "set_bearers", "set_brought", "set_buildings",
    "set_granted", "settle_purchase", "take_back", "take_back_entry", "take_up_purchase", "withdraw_order",
]  # fmt: skip
