from django.apps import AppConfig


class RespondersConfig(AppConfig):
    name = "juxing.responders"
    label = "responders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.kernel.vocabularies import vocabularies
        from juxing.responders import (  # noqa: F401
            commands,
            conversion,
            emergency_data,
            exports,
            jobs,
            lifecycle,
            own_data,
            policy,
            reminders,
        )
        from juxing.responders.enums import Skill

        vocabularies.add("skill", lambda: Skill.choices)
