"""The only writers of needs. Other rooms take them from here."""

from juxing.needs.commands.answering import confirm_need, reconfirm_need, reopen_need, withdraw_need
from juxing.needs.commands.bulk import BulkRecorded, record_needs
from juxing.needs.commands.collecting import IntakePaused, pause_intake, report_building, resume_intake
from juxing.needs.commands.correcting import ChangedMeanwhile, correct_need
from juxing.needs.commands.deciding import PrintedNeed, Revealed, close_unmet, give_link, print_needs, reveal_need
from juxing.needs.commands.delivering import (
    mark_assigned,
    mark_fulfilled,
    mark_in_delivery,
    mark_matched,
    return_to_waiting,
)
from juxing.needs.commands.merging import merge_needs, part_needs
from juxing.needs.commands.recording import RecordedNeed, record_need
from juxing.needs.commands.upkeep import ask_freshness, retriage_waiting
from juxing.needs.corrections import Correction
from juxing.needs.inputs import LineInput, NeedInput

__all__ = [
    "BulkRecorded",
    "ChangedMeanwhile",
    "Correction",
    "IntakePaused",
    "LineInput",
    "NeedInput",
    "PrintedNeed",
    "RecordedNeed",
    "Revealed",
    "ask_freshness",
    "close_unmet",
    "confirm_need",
    "correct_need",
    "give_link",
    "mark_assigned",
    "mark_fulfilled",
    "mark_in_delivery",
    "mark_matched",
    "merge_needs",
    "part_needs",
    "pause_intake",
    "print_needs",
    "reconfirm_need",
    "record_need",
    "record_needs",
    "reopen_need",
    "report_building",
    "resume_intake",
    "retriage_waiting",
    "return_to_waiting",
    "reveal_need",
    "withdraw_need",
]
