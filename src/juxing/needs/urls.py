"""Addresses of this room's pages."""

from django.urls import URLPattern

app_name = "needs"
urlpatterns: list[URLPattern] = []
