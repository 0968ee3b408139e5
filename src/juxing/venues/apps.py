from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "juxing.venues"
    label = "venues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.venues import commands, conversion, exports, jobs, lifecycle, own_data, policy  # noqa: F401
