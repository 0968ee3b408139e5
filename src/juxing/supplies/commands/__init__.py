"""The only writers of this room."""

from juxing.supplies.commands.alarms import look_over_stock
from juxing.supplies.commands.allocating import (
    SharingSettings,
    begin_allocation,
    compute_allocation,
    sign_allocation,
)
from juxing.supplies.commands.community_sharing import (
    Asked,
    begin_community_sharing,
    share_over_communities,
    sign_community_sharing,
)
from juxing.supplies.commands.containers import (
    Scanned,
    pack_containers,
    put_into,
    scan_container,
    unpack_container,
)
from juxing.supplies.commands.disclosures import publish_donations
from juxing.supplies.commands.donations import (
    Arrived,
    Donor,
    Finding,
    Given,
    advance_donations,
    inspect_donation,
    pledge_donation,
    pledge_offer,
    receive_donation,
    settle_donation,
    withdraw_donation,
)
from juxing.supplies.commands.expiry import set_aside_expired
from juxing.supplies.commands.lines import (
    NEEDS_REASON,
    STEPS,
    change_meaning,
    confirm_meaning,
    move_request,
    state_quantity,
)
from juxing.supplies.commands.lists import send_list
from juxing.supplies.commands.loading import bring_back_boxes, plan_loading
from juxing.supplies.commands.posting import Line, OutOfStock, Posting, post
from juxing.supplies.commands.receiving import correct_stock, receive_stock, remove_stock, set_minimum
from juxing.supplies.commands.reserves import Kept, drop_goods, goods_of, take_alarm, write_reserve
from juxing.supplies.commands.serving_requests import serve_requests
from juxing.supplies.commands.stock import (
    StockMovement,
    bring_back_carried,
    deliver_carried,
    hand_out_stock,
    lock_goods,
    lock_levels,
    release_stock,
    reserve_stock,
)
from juxing.supplies.commands.stock_sheets import answer_stock_sheet, read_in_stock_sheet, take_over_stock_sheet
from juxing.supplies.commands.stocktakes import (
    cancel_stocktake,
    post_stocktake,
    start_stocktake,
    write_counts,
)
from juxing.supplies.commands.transfers import cancel_transfer, plan_transfer, receive_transfer, send_transfer

__all__ = [
    "NEEDS_REASON",
    "STEPS",
    "Arrived",
    "Asked",
    "Donor",
    "Finding",
    "Given",
    "Kept",
    "Line",
    "OutOfStock",
    "Posting",
    "Scanned",
    "SharingSettings",
    "StockMovement",
    "advance_donations",
    "answer_stock_sheet",
    "begin_allocation",
    "begin_community_sharing",
    "bring_back_boxes",
    "bring_back_carried",
    "cancel_stocktake",
    "cancel_transfer",
    "change_meaning",
    "compute_allocation",
    "confirm_meaning",
    "correct_stock",
    "deliver_carried",
    "drop_goods",
    "goods_of",
    "hand_out_stock",
    "inspect_donation",
    "lock_goods",
    "lock_levels",
    "look_over_stock",
    "move_request",
    "pack_containers",
    "plan_loading",
    "plan_transfer",
    "pledge_donation",
    "pledge_offer",
    "post",
    "post_stocktake",
    "publish_donations",
    "put_into",
    "read_in_stock_sheet",
    "receive_donation",
    "receive_stock",
    "receive_transfer",
    "release_stock",
    "remove_stock",
    "reserve_stock",
    "scan_container",
    "send_list",
    "send_transfer",
    "serve_requests",
    "set_aside_expired",
    "set_minimum",
    "settle_donation",
    "share_over_communities",
    "sign_allocation",
    "sign_community_sharing",
    "start_stocktake",
    "state_quantity",
    "take_alarm",
    "take_over_stock_sheet",
    "unpack_container",
    "withdraw_donation",
    "write_counts",
    "write_reserve",
]
