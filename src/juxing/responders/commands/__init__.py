"""The only writers of responders. Other rooms take them from here."""

from juxing.responders.commands.accounts import give_account
from juxing.responders.commands.changing import add_period, change_profile, remove_period, set_available
from juxing.responders.commands.registering import (
    ReportedIn,
    give_link,
    register_responder,
    report_in,
    report_in_by_phone,
    report_in_oneself,
)
from juxing.responders.commands.sending import send_list
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
    "ReportedIn",
    "add_period",
    "change_profile",
    "give_account",
    "give_link",
    "pause_responder",
    "place_responder",
    "register_responder",
    "release_responder",
    "remove_period",
    "report_in",
    "report_in_by_phone",
    "report_in_oneself",
    "return_responder",
    "send_list",
    "set_available",
    "verify_many",
    "verify_responder",
    "withdraw_responder",
]
