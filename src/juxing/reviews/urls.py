"""Addresses of this room's pages."""

from django.urls import path

from juxing.reviews import pages

app_name = "reviews"
urlpatterns = [
    path("reviews/", pages.review_list, name="list"),
    path("reviews/of/<uuid:uuid>/", pages.look_back, name="look_back"),
    path("reviews/<uuid:uuid>/", pages.review, name="review"),
    path("reviews/<uuid:uuid>/close/", pages.close, name="close"),
    path("reviews/<uuid:uuid>/timeline/", pages.timeline, name="timeline"),
    path("reviews/findings/<uuid:uuid>/action/", pages.action, name="action"),
    path("reviews/actions/<uuid:uuid>/apply/", pages.apply, name="apply"),
    path("reviews/actions/<uuid:uuid>/drop/", pages.drop, name="drop"),
]
