from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "juxing.dispatch"
    label = "dispatch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.dispatch import commands, jobs, lifecycle, policy, situation, subscribers  # noqa: F401
        from juxing.dispatch.promises import promised_to_tasks
        from juxing.dispatch.work import DispatchWork
        from juxing.responders.work import work_records
        from juxing.supplies.holders import holders

        work_records.add("dispatch", DispatchWork())
        holders.add("dispatch.tasks", promised_to_tasks)
