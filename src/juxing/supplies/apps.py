from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "juxing.supplies"
    label = "supplies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.kernel.vocabularies import vocabularies
        from juxing.supplies import commands, conversion, jobs, lifecycle, policy  # noqa: F401
        from juxing.supplies.catalogue import item_words
        from juxing.supplies.commands.containers import promised_to_containers
        from juxing.supplies.commands.transfers import promised_to_transfers
        from juxing.supplies.holders import holders

        holders.add("supplies.transfers", promised_to_transfers)
        holders.add("supplies.containers", promised_to_containers)
        vocabularies.add("supply_item", item_words)
