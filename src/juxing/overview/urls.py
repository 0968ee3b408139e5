"""Addresses of this room's pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from juxing.overview import pages


class AreaCodeConverter(StringConverter):
    """An area code: digits, then parts such as -E001-G01."""

    regex = r"[0-9]{2,12}(?:-[A-Z0-9]{2,9}){0,5}"


register_converter(AreaCodeConverter, "area_code")

app_name = "overview"
urlpatterns = [
    path("", pages.home, name="home"),
    path("picture/", pages.picture, name="picture"),
    path("picture/<area_code:code>/", pages.picture_of, name="picture_of"),
    path("picture/<area_code:code>/figures/", pages.figures, name="figures"),
    path("picture/<area_code:code>/trends/", pages.trends, name="trends"),
    path("picture/<area_code:code>/map.geojson", pages.map_data, name="map"),
]
