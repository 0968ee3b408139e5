from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "juxing.needs"
    label = "needs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register rights, actions and jobs."""
        from juxing.needs import (  # noqa: F401 - registration is the purpose
            commands,
            conversion,
            emergency_data,
            exports,
            jobs,
            lifecycle,
            own_data,
            policy,
            situation,
        )
