"""Addresses of this room's pages."""

from django.urls import path

from juxing.people import own_pages, pages, register_pages, request_pages

app_name = "people"
urlpatterns = [
    path("my-data/", own_pages.own, name="own"),
    path("my-data/code/", own_pages.own_code, name="own_code"),
    path("my-data/door/", own_pages.own_door, name="own_door"),
    path("my-data/record/", own_pages.record, name="own_record"),
    path("my-data/record/ask/", own_pages.ask, name="own_ask"),
    path("my-data/record/consent/", own_pages.decide_consent, name="own_consent"),
    path("my-data/record/objections/<uuid:uuid>/withdraw/", own_pages.withdraw_objection, name="own_objection"),
    path("my-data/record/copy.<slug:kind>", own_pages.copy, name="own_copy"),
    path("my-data/close/", own_pages.close, name="own_close"),
    path("residents/requests/", request_pages.requests, name="requests"),
    path("residents/requests/<uuid:uuid>/", request_pages.answer, name="request"),
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
