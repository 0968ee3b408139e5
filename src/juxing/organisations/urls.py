"""Addresses of this room's pages."""

from django.urls import path

from juxing.organisations import pages

app_name = "organisations"
urlpatterns = [
    path("organisations/", pages.organisation_list, name="list"),
    path("organisations/add/", pages.add, name="add"),
    path("organisations/<uuid:uuid>/", pages.organisation, name="organisation"),
]
