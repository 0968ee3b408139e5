from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "juxing.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.access import (  # noqa: F401
            break_glass_commands,
            checks,
            commands,
            conversion,
            exporting,
            identity_commands,
            jobs,
            key_rotation,
            policy,
            purposes,
            second_step_commands,
            session_commands,
        )
