"""Addresses of this room's pages."""

from django.urls import path

from juxing.people import pages, register_pages

app_name = "people"
urlpatterns = [
    path("residents/", pages.search, name="search"),
    path("residents/import/", pages.import_file, name="import"),
    path("residents/import/template.xlsx", pages.download_template, name="template"),
    path("residents/import/<uuid:uuid>/", pages.import_job, name="import_job"),
    path("residents/new/", register_pages.register, name="register"),
    path("residents/purposes/", register_pages.purposes, name="purposes"),
    path("residents/<uuid:uuid>/change/", register_pages.change, name="change"),
    path("residents/<uuid:uuid>/move-out/", register_pages.move_out, name="move_out"),
    path("residents/<uuid:uuid>/", pages.resident, name="resident"),
    path("residents/<uuid:uuid>/reveal/", pages.reveal, name="reveal"),
    path("residents/<uuid:uuid>/care/", pages.add_care, name="add_care"),
    path("residents/<uuid:uuid>/care/<uuid:care_uuid>/end/", pages.end_care, name="end_care"),
    path("residents/<uuid:uuid>/consents/", pages.give_consent, name="give_consent"),
    path(
        "residents/<uuid:uuid>/consents/<uuid:consent_uuid>/withdraw/", pages.withdraw_consent, name="withdraw_consent"
    ),
    path("households/<uuid:uuid>/", pages.household, name="household"),
]
