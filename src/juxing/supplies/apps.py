from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "juxing.supplies"
    label = "supplies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.supplies import commands, jobs, lifecycle, policy  # noqa: F401
