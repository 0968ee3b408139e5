from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "juxing.gateways"
    label = "gateways"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the senders there are."""
        from juxing.gateways.console import write_to_console
        from juxing.people.messages import senders

        senders.add("console", write_to_console)
