from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "juxing.venues"
    label = "venues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.kernel.vocabularies import vocabularies
        from juxing.venues import commands, conversion, exports, jobs, lifecycle, own_data, policy  # noqa: F401
        from juxing.venues.enums import VenueFunction

        vocabularies.add("venue_function", lambda: VenueFunction.choices)
