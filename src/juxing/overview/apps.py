from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "juxing.overview"
    label = "overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from juxing.overview import jobs, policy, subscribers  # noqa: F401
