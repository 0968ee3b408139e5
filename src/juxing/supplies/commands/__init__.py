"""The only writers of this room."""

from juxing.supplies.commands.agreements import (
    Agreed,
    Terms,
    change_agreement,
    end_agreement,
    end_agreements_that_ran_out,
    sign_agreement,
    write_agreement,
)
from juxing.supplies.commands.alarms import look_over_stock
from juxing.supplies.commands.allocating import (
    SharingSettings,
    begin_allocation,
    compute_allocation,
    sign_allocation,
)
from juxing.supplies.commands.asking import Wish, record_offer, record_request
from juxing.supplies.commands.catalogue_entries import NewItem, Weighed, add_item, describe_item
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
from juxing.supplies.commands.loading import LoadPlan, bring_back_boxes, plan_loading
from juxing.supplies.commands.packing import pack_per_building
from juxing.supplies.commands.packs import retire_pack, write_pack
from juxing.supplies.commands.places import DepotWords, VehicleWords, write_depot, write_vehicle
from juxing.supplies.commands.posting import Line, OutOfStock, Posting, post
from juxing.supplies.commands.purchase_deliveries import Came, receive_purchase
from juxing.supplies.commands.purchases import (
    Bought,
    Circumstances,
    approve_purchase,
    cancel_purchase,
    change_purchase,
    close_purchase,
    draft_purchase,
    give_up_rest,
    place_purchase,
    return_purchase,
    review_purchase,
    submit_purchase,
)
from juxing.supplies.commands.receiving import correct_stock, receive_stock, remove_stock, set_minimum
from juxing.supplies.commands.remainders import receive_request
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
from juxing.supplies.commands.suppliers import (
    remove_contact,
    reveal_contacts,
    write_contact,
    write_supplier_goods,
)
from juxing.supplies.commands.transfers import cancel_transfer, plan_transfer, receive_transfer, send_transfer

__all__ = [
    "NEEDS_REASON",
    "STEPS",
    "Agreed",
    "Arrived",
    "Asked",
    "Bought",
    "Came",
    "Circumstances",
    "DepotWords",
    "Donor",
    "Finding",
    "Given",
    "Kept",
    "Line",
    "LoadPlan",
    "NewItem",
    "OutOfStock",
    "Posting",
    "Scanned",
    "SharingSettings",
    "StockMovement",
    "Terms",
    "VehicleWords",
    "Weighed",
    "Wish",
    "add_item",
    "advance_donations",
    "answer_stock_sheet",
    "approve_purchase",
    "begin_allocation",
    "begin_community_sharing",
    "bring_back_boxes",
    "bring_back_carried",
    "cancel_purchase",
    "cancel_stocktake",
    "cancel_transfer",
    "change_agreement",
    "change_meaning",
    "change_purchase",
    "close_purchase",
    "compute_allocation",
    "confirm_meaning",
    "correct_stock",
    "deliver_carried",
    "describe_item",
    "draft_purchase",
    "drop_goods",
    "end_agreement",
    "end_agreements_that_ran_out",
    "give_up_rest",
    "goods_of",
    "hand_out_stock",
    "inspect_donation",
    "lock_goods",
    "lock_levels",
    "look_over_stock",
    "move_request",
    "pack_containers",
    "pack_per_building",
    "place_purchase",
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
    "receive_purchase",
    "receive_request",
    "receive_stock",
    "receive_transfer",
    "record_offer",
    "record_request",
    "release_stock",
    "remove_contact",
    "remove_stock",
    "reserve_stock",
    "retire_pack",
    "return_purchase",
    "reveal_contacts",
    "review_purchase",
    "scan_container",
    "send_list",
    "send_transfer",
    "serve_requests",
    "set_aside_expired",
    "set_minimum",
    "settle_donation",
    "share_over_communities",
    "sign_agreement",
    "sign_allocation",
    "sign_community_sharing",
    "start_stocktake",
    "state_quantity",
    "submit_purchase",
    "take_alarm",
    "take_over_stock_sheet",
    "unpack_container",
    "withdraw_donation",
    "write_agreement",
    "write_contact",
    "write_counts",
    "write_depot",
    "write_pack",
    "write_reserve",
    "write_supplier_goods",
    "write_vehicle",
]
