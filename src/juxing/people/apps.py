from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "juxing.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room declares."""
        from juxing.people import commands, exports, imports, jobs, own_commands, own_data, personal_fields, policy  # noqa: F401
        from juxing.places.door_pages import door_pages

        autodiscover_modules("personal_fields")  # what every room keeps of people is listed on one page
        door_pages.add("people", "people:household")
