from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "juxing.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.plans import commands, duties, jobs, lifecycle, policy, word_file  # noqa: F401
