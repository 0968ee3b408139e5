from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "juxing.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"
