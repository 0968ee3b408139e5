"""Addresses of this room's pages."""

from django.urls import path

from juxing.places import pages, register_pages

app_name = "places"
urlpatterns = [
    path("places/", pages.areas, name="areas"),
    path("places/map.geojson", pages.map_features, name="map"),
    path("places/estates/<uuid:uuid>/", pages.estate, name="estate"),
    path("places/buildings/<uuid:uuid>/", pages.building, name="building"),
    path("places/<slug:community_code>/estates/new/", register_pages.add_estate, name="add_estate"),
    path("places/<slug:code>/rename/", register_pages.rename_area, name="rename_area"),
    path("places/estates/<uuid:uuid>/grids/new/", register_pages.add_grid, name="add_grid"),
    path("places/estates/<uuid:uuid>/buildings/new/", register_pages.add_building, name="add_building"),
    path("places/buildings/<uuid:uuid>/change/", register_pages.change_building, name="change_building"),
    path("places/buildings/<uuid:uuid>/doors/new/", register_pages.add_household, name="add_household"),
    path("places/doors/<uuid:uuid>/change/", register_pages.change_household, name="change_household"),
]
