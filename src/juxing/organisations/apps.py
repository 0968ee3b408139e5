from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "juxing.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.organisations import (  # noqa: F401
            affiliations,
            commands,
            conversion,
            imports,
            jobs,
            lifecycle,
            policy,
            reminders,
            standing_in,
            table_exports,
        )
