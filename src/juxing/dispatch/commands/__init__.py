"""The writers of dispatch: matching runs, answers to offers, rounds."""

from juxing.dispatch.commands.answers import (
    accept_task,
    block_task,
    cancel_task,
    check_in,
    decline_task,
    finish_task,
)
from juxing.dispatch.commands.expiry import expire_offers, fail_abandoned_runs
from juxing.dispatch.commands.rounds import plan_rounds
from juxing.dispatch.commands.runs import begin_run, complete_run, run_matching

__all__ = [
    "accept_task",
    "begin_run",
    "block_task",
    "cancel_task",
    "check_in",
    "complete_run",
    "decline_task",
    "expire_offers",
    "fail_abandoned_runs",
    "finish_task",
    "plan_rounds",
    "run_matching",
]
