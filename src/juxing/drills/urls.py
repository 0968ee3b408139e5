"""Addresses of this room's pages."""

from django.urls import path

from juxing.drills import pages

app_name = "drills"
urlpatterns = [
    path("drills/", pages.drill_list, name="list"),
    path("drills/<uuid:uuid>/", pages.drill, name="drill"),
    path("drills/<uuid:uuid>/act/<str:act>/", pages.act, name="act"),
]
