"""The only writers of responders. Other rooms take them from here."""

from juxing.responders.commands.accounts import give_account
from juxing.responders.commands.attending import EARLY, check_in_by_code, check_out, excuse, mark_here, take_back_excuse
from juxing.responders.commands.certifying import (
    answer_thanks,
    correct_hours,
    issue_certificate,
    withdraw_certificate,
    write_thanks,
)
from juxing.responders.commands.changing import add_period, change_profile, remove_period, set_available
from juxing.responders.commands.clearing import answer_lesson, confirm_clearance, confirm_for_many, revoke_clearance
from juxing.responders.commands.mustering import MUSTER_STEPS, answer_muster, call_next, kept_out
from juxing.responders.commands.placing import place_by_hand, sign_up
from juxing.responders.commands.planning import start_plan, write_plan
from juxing.responders.commands.recruiting import (
    ONESELF,
    answer_call,
    answer_for_many,
    close_call,
    discard_call,
    publish_call,
    sign_placement,
    take_back_answer,
    write_call,
)
from juxing.responders.commands.registering import (
    ReportedIn,
    give_link,
    register_responder,
    report_in,
    report_in_by_phone,
    report_in_oneself,
)
from juxing.responders.commands.rosters import (
    close_roster,
    give_feed_link,
    make_roster,
    publish_roster,
    reopen_roster,
    set_demand,
    set_members,
    set_wish,
)
from juxing.responders.commands.sending import send_list
from juxing.responders.commands.stepping_in import look_at_the_clock
from juxing.responders.commands.swaps import accept_swap, approve_swap, offer_swap, refuse_swap, withdraw_swap
from juxing.responders.commands.taking_in import take_in_roster
from juxing.responders.commands.taking_in_training import take_in_training
from juxing.responders.commands.training_attendance import (
    check_in_to_training,
    note_here,
    note_understood,
    undo_here,
)
from juxing.responders.commands.training_places import excuse_from_training, sign_up_for_training, take_back_sign_up
from juxing.responders.commands.training_words import note_told
from juxing.responders.commands.trainings import announce_training, cancel_training, close_training, write_training
from juxing.responders.commands.verifying import (
    pause_responder,
    place_responder,
    release_responder,
    return_responder,
    verify_many,
    verify_responder,
    withdraw_responder,
)

__all__ = [
    "EARLY",
    "MUSTER_STEPS",
    "ONESELF",
    "ReportedIn",
    "accept_swap",
    "add_period",
    "announce_training",
    "answer_call",
    "answer_for_many",
    "answer_lesson",
    "answer_muster",
    "answer_thanks",
    "approve_swap",
    "call_next",
    "cancel_training",
    "change_profile",
    "check_in_by_code",
    "check_in_to_training",
    "check_out",
    "close_call",
    "close_roster",
    "close_training",
    "confirm_clearance",
    "confirm_for_many",
    "correct_hours",
    "discard_call",
    "excuse",
    "excuse_from_training",
    "give_account",
    "give_feed_link",
    "give_link",
    "issue_certificate",
    "kept_out",
    "look_at_the_clock",
    "make_roster",
    "mark_here",
    "note_here",
    "note_told",
    "note_understood",
    "offer_swap",
    "pause_responder",
    "place_by_hand",
    "place_responder",
    "publish_call",
    "publish_roster",
    "refuse_swap",
    "register_responder",
    "release_responder",
    "remove_period",
    "reopen_roster",
    "report_in",
    "report_in_by_phone",
    "report_in_oneself",
    "return_responder",
    "revoke_clearance",
    "send_list",
    "set_available",
    "set_demand",
    "set_members",
    "set_wish",
    "sign_placement",
    "sign_up",
    "sign_up_for_training",
    "start_plan",
    "take_back_answer",
    "take_back_excuse",
    "take_back_sign_up",
    "take_in_roster",
    "take_in_training",
    "undo_here",
    "verify_many",
    "verify_responder",
    "withdraw_certificate",
    "withdraw_responder",
    "withdraw_swap",
    "write_call",
    "write_plan",
    "write_thanks",
    "write_training",
]
