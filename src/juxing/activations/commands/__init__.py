"""What can be done with incidents, activations and area measures; the only writers of this room's tables."""

from juxing.activations.commands.change_orders import ChangeInput, DecisionInput, order_change
from juxing.activations.commands.changing import change_level, countersign_change, extend, narrow, widen
from juxing.activations.commands.deciding import approve, record_decision
from juxing.activations.commands.ending import StepOpenItems, close_lapsed, open_items, remind, stand_down, undo
from juxing.activations.commands.incidents import close_incident, report_incident, verify_incident
from juxing.activations.commands.measures import draft_measure, lift_measure, publish_measure
from juxing.activations.commands.preparing import (
    cancel_draft,
    draft_activation,
    edit_preview,
    preview,
    submit,
    take_back,
)
from juxing.activations.commands.running import retry_steps, skip_step
from juxing.activations.commands.vault import destroy_data, destroy_overdue, freeze_ended, review_data

__all__ = [
    "ChangeInput",
    "DecisionInput",
    "StepOpenItems",
    "approve",
    "cancel_draft",
    "change_level",
    "close_incident",
    "close_lapsed",
    "countersign_change",
    "destroy_data",
    "destroy_overdue",
    "draft_activation",
    "draft_measure",
    "edit_preview",
    "extend",
    "freeze_ended",
    "lift_measure",
    "narrow",
    "open_items",
    "order_change",
    "preview",
    "publish_measure",
    "record_decision",
    "remind",
    "report_incident",
    "retry_steps",
    "review_data",
    "skip_step",
    "stand_down",
    "submit",
    "take_back",
    "undo",
    "verify_incident",
    "widen",
]  # fmt: skip
