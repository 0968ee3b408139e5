"""Addresses of this room's pages."""

from django.urls import path

from juxing.organisations import import_pages, pages, register_pages

app_name = "organisations"
urlpatterns = [
    path("organisations/", pages.organisation_list, name="list"),
    path("organisations/add/", pages.add, name="add"),
    path("organisations/import/", import_pages.import_file, name="import"),
    path("organisations/import/template.xlsx", import_pages.download_template, name="template"),
    path("organisations/import/<uuid:uuid>/", import_pages.import_job, name="import_job"),
    path("organisations/<uuid:uuid>/teams/new/", register_pages.add_team, name="add_team"),
    path("organisations/<uuid:uuid>/branches/new/", register_pages.add_branch, name="add_branch"),
    path("organisations/<uuid:uuid>/posts/new/", register_pages.add_post, name="add_post"),
    path("organisations/posts/<uuid:uuid>/", register_pages.post, name="post"),
    path("organisations/posts/<uuid:uuid>/relieve/", register_pages.relieve_post, name="relieve_post"),
    path("organisations/<uuid:uuid>/", pages.organisation, name="organisation"),
]
