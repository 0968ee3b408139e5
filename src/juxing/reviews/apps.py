from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "juxing.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.reviews import commands, jobs, lifecycle, policy  # noqa: F401
