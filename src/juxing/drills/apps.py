from django.apps import AppConfig


class DrillsConfig(AppConfig):
    name = "juxing.drills"
    label = "drills"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.drills import commands, jobs, lifecycle, policy  # noqa: F401
