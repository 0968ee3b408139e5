from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "juxing.site"
    label = "site"
