from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "juxing.supplies"
    label = "supplies"
    default_auto_field = "django.db.models.BigAutoField"
