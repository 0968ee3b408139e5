"""What can be done in command of an activation; the only writers of this room's tables."""

from juxing.command.commands.exercising import play_acknowledgements, play_answers, play_arrivals, play_reports
from juxing.command.commands.mustering import answer_call, arrive
from juxing.command.commands.notices import (
    fill_notices,
    publish_finished,
    publish_notice,
    put_notice_aside,
    rewrite_notice,
    withdraw_notice,
)
from juxing.command.commands.ordering import acknowledge, complete, issue_order, read_order, refuse, withdraw_order
from juxing.command.commands.periods import accept_handover, hand_over, open_period, take_over
from juxing.command.commands.reporting import write_log, write_report
from juxing.command.commands.silence import follow_up

__all__ = [
    "accept_handover",
    "acknowledge",
    "answer_call",
    "arrive",
    "complete",
    "fill_notices",
    "follow_up",
    "hand_over",
    "issue_order",
    "open_period",
    "play_acknowledgements",
    "play_answers",
    "play_arrivals",
    "play_reports",
    "publish_finished",
    "publish_notice",
    "put_notice_aside",
    "read_order",
    "refuse",
    "rewrite_notice",
    "take_over",
    "withdraw_notice",
    "withdraw_order",
    "write_log",
    "write_report",
]  # fmt: skip
