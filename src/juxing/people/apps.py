from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "juxing.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.people import policy  # noqa: F401
