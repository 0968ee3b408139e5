"""Addresses of this room's pages."""

from django.urls import path

from juxing.plans import duty_pages, import_pages, pages

app_name = "plans"
urlpatterns = [
    path("plans/", pages.plan_list, name="list"),
    path("my/duties/", duty_pages.my_duties, name="my_duties"),
    path("plans/import/", import_pages.new_plan, name="import_new"),
    path("plans/imports/<uuid:uuid>/", import_pages.show, name="import"),
    path("plans/imports/<uuid:uuid>/unchanged/", import_pages.leave_unchanged, name="import_unchanged"),
    path("plans/imports/<uuid:uuid>/finish/", import_pages.finish, name="import_finish"),
    path("plans/imports/sections/<uuid:uuid>/", import_pages.section, name="import_section"),
    path("plans/imports/sections/<uuid:uuid>/<str:what>/", import_pages.decide, name="import_decide"),
    path("plans/<uuid:uuid>/import/", import_pages.into_plan, name="import_into"),
    path("plans/<uuid:uuid>/", pages.plan, name="plan"),
    path("plans/<uuid:uuid>/versions/", pages.begin_version, name="begin_version"),
    path("plans/<uuid:uuid>/annexes/", pages.annex, name="annex"),
    path("plans/<uuid:uuid>/handbook/", pages.handbook, name="handbook"),
    path("plans/<uuid:uuid>/handbook.pdf", pages.handbook_pdf, name="handbook_pdf"),
    path("plans/<uuid:uuid>/v<int:number>/word/", pages.word, name="word"),
    path("plans/versions/<uuid:uuid>/approve/", pages.approve, name="approve"),
    path("plans/versions/<uuid:uuid>/<str:name>/", pages.part, name="part"),
]
