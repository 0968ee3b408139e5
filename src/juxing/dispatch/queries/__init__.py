"""Every read of dispatch: runs and why, tasks, rounds, and what a helper sees of their own."""

from juxing.dispatch.queries.own import (
    HelperTask,
    OwnTasks,
    own_round,
    own_task,
    own_task_to_answer,
    own_tasks,
    see_as_helper,
)
from juxing.dispatch.queries.rounds import RoundSheet, round_sheet, rounds_page
from juxing.dispatch.queries.runs import (
    RunDetail,
    UnservedGroup,
    job_of,
    place_names,
    places_to_match,
    run_detail,
    run_of,
    runs_page,
    schedules_of,
)
from juxing.dispatch.queries.tasks import (
    TaskDetail,
    TaskFilters,
    counts_by_status,
    photo_of,
    task_detail,
    task_to_steer,
    tasks_page,
)

__all__ = [
    "HelperTask",
    "OwnTasks",
    "RoundSheet",
    "RunDetail",
    "TaskDetail",
    "TaskFilters",
    "UnservedGroup",
    "counts_by_status",
    "job_of",
    "own_round",
    "own_task",
    "own_task_to_answer",
    "own_tasks",
    "photo_of",
    "place_names",
    "places_to_match",
    "round_sheet",
    "rounds_page",
    "run_detail",
    "run_of",
    "runs_page",
    "schedules_of",
    "see_as_helper",
    "task_detail",
    "task_to_steer",
    "tasks_page",
]
