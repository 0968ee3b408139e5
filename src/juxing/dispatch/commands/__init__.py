"""The writers of dispatch: matching runs, answers to offers, rounds."""

from juxing.dispatch.commands.answers import (
    accept_task,
    block_task,
    cancel_task,
    check_in,
    decline_task,
    finish_task,
)
from juxing.dispatch.commands.expiry import (
    end_tasks_of_needs,
    expire_offers,
    fail_abandoned_runs,
    free_tasks_of_responders,
    verify_tasks_of_needs,
)
from juxing.dispatch.commands.placing import take_exact_plan
from juxing.dispatch.commands.replanning import replan_round
from juxing.dispatch.commands.round_plans import (
    begin_round_plan,
    cancel_round_plan,
    complete_round_plan,
    start_round_plan,
)
from juxing.dispatch.commands.rounds import finish_rounds, note_round_printed, plan_rounds
from juxing.dispatch.commands.runs import (
    begin_run,
    cancel_run,
    complete_run,
    finish_run_now,
    run_matching,
    start_run,
)
from juxing.dispatch.commands.schedules import set_schedule, start_due_runs

__all__ = [
    "accept_task",
    "begin_round_plan",
    "begin_run",
    "block_task",
    "cancel_round_plan",
    "cancel_run",
    "cancel_task",
    "check_in",
    "complete_round_plan",
    "complete_run",
    "decline_task",
    "end_tasks_of_needs",
    "expire_offers",
    "fail_abandoned_runs",
    "finish_rounds",
    "finish_run_now",
    "finish_task",
    "free_tasks_of_responders",
    "note_round_printed",
    "plan_rounds",
    "replan_round",
    "run_matching",
    "set_schedule",
    "start_due_runs",
    "start_round_plan",
    "start_run",
    "take_exact_plan",
    "verify_tasks_of_needs",
]
