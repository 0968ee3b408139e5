"""Addresses of this room's pages."""

from django.urls import path

from juxing.places import pages

app_name = "places"
urlpatterns = [
    path("places/", pages.areas, name="areas"),
    path("places/map.geojson", pages.map_features, name="map"),
    path("places/estates/<uuid:uuid>/", pages.estate, name="estate"),
    path("places/buildings/<uuid:uuid>/", pages.building, name="building"),
]
