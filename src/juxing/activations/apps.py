from django.apps import AppConfig


class ActivationsConfig(AppConfig):
    name = "juxing.activations"
    label = "activations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares, and the steps of the rooms below."""
        from juxing.activations import commands, jobs, lifecycle, policy  # noqa: F401
