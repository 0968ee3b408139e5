from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "juxing.command"
    label = "command"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.command import (  # noqa: F401
            commands,
            conversion,
            emergency_data,
            ending,
            figures,
            jobs,
            lifecycle,
            notice_conversion,
            policy,
        )
