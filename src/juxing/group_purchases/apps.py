from django.apps import AppConfig


class GroupPurchasesConfig(AppConfig):
    name = "juxing.group_purchases"
    label = "group_purchases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register rights, actions and jobs."""
        from juxing.group_purchases import (  # noqa: F401 - registration is the purpose
            commands,
            emergency_data,
            exports,
            jobs,
            lifecycle,
            own_data,
            policy,
        )
