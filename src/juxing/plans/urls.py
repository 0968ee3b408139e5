"""Addresses of this room's pages."""

from django.urls import path

from juxing.plans import pages

app_name = "plans"
urlpatterns = [
    path("plans/", pages.plan_list, name="list"),
    path("plans/<uuid:uuid>/", pages.plan, name="plan"),
    path("plans/<uuid:uuid>/versions/", pages.begin_version, name="begin_version"),
    path("plans/<uuid:uuid>/annexes/", pages.annex, name="annex"),
    path("plans/<uuid:uuid>/handbook/", pages.handbook, name="handbook"),
    path("plans/<uuid:uuid>/handbook.pdf", pages.handbook_pdf, name="handbook_pdf"),
    path("plans/versions/<uuid:uuid>/approve/", pages.approve, name="approve"),
    path("plans/versions/<uuid:uuid>/<str:name>/", pages.part, name="part"),
]
