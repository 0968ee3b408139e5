"""Addresses of this room's pages."""

from django.urls import path

from juxing.dispatch.pages import phone, rounds, runs, tasks

app_name = "dispatch"
urlpatterns = [
    path("dispatch/", runs.run_list, name="runs"),
    path("dispatch/schedule/", runs.schedule, name="schedule"),
    path("dispatch/runs/<uuid:uuid>/", runs.run_page, name="run"),
    path("dispatch/runs/<uuid:uuid>/progress/", runs.run_progress, name="run_progress"),
    path("dispatch/runs/<uuid:uuid>/cancel/", runs.cancel, name="cancel_run"),
    path("dispatch/runs/<uuid:uuid>/finish/", runs.finish, name="finish_run"),
    path("dispatch/placements/<uuid:uuid>/take/", runs.take_exact, name="take_exact"),
    path("dispatch/tasks/", tasks.task_list, name="tasks"),
    path("dispatch/tasks/<uuid:uuid>/", tasks.task_page, name="task"),
    path("dispatch/tasks/<uuid:uuid>/photo/<uuid:photo>/", tasks.photo, name="task_photo"),
    path("dispatch/tasks/<uuid:uuid>/<slug:step>/", tasks.take_step, name="task_step"),
    path("dispatch/rounds/", rounds.round_list, name="rounds"),
    path("dispatch/rounds/plans/<uuid:uuid>/", rounds.plan_page, name="round_plan"),
    path("dispatch/rounds/plans/<uuid:uuid>/progress/", rounds.plan_progress, name="round_plan_progress"),
    path("dispatch/rounds/plans/<uuid:uuid>/cancel/", rounds.plan_cancel, name="cancel_round_plan"),
    path("dispatch/rounds/<uuid:uuid>/", rounds.round_page, name="round"),
    path("dispatch/rounds/<uuid:uuid>/replan/", rounds.round_replan, name="round_replan"),
    path("dispatch/rounds/<uuid:uuid>/print/", rounds.round_print, name="round_print"),
    path("my/tasks/", phone.my_tasks, name="my_tasks"),
    path("my/tasks/map/", phone.my_map, name="my_map"),
    path("my/tasks/<uuid:uuid>/", phone.my_task, name="my_task"),
    path("my/tasks/<uuid:uuid>/block/", phone.block, name="my_task_block"),
    path("my/tasks/<uuid:uuid>/finish/", phone.finish, name="my_task_finish"),
    path("my/tasks/<uuid:uuid>/<slug:step>/", phone.take_step, name="my_task_step"),
    path("my/rounds/<uuid:uuid>/", phone.my_round, name="my_round"),
    path("my/rounds/<uuid:uuid>/accept/", phone.accept_round, name="accept_round"),
    path("my/rounds/<uuid:uuid>/replan/", phone.replan_round, name="replan_round"),
]
