from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "juxing.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.places import commands, policy  # noqa: F401
        from juxing.places.imports import areas  # noqa: F401
