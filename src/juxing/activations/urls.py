"""Addresses of this room's pages."""

from django.urls import path

from juxing.activations.pages import drafting, ending, here, incidents, running, vault

app_name = "activations"
urlpatterns = [
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/<uuid:uuid>/", incidents.incident, name="incident"),
    path("incidents/<uuid:uuid>/judge/", incidents.judge, name="judge"),
    path("activations/<uuid:uuid>/", running.activation, name="activation"),
    path("activations/<uuid:uuid>/preview/", drafting.preview, name="preview"),
    path("activations/<uuid:uuid>/preview/<str:step>/", drafting.edit, name="edit"),
    path("activations/<uuid:uuid>/prepare/", drafting.prepare, name="prepare"),
    path("activations/<uuid:uuid>/approve/", drafting.approve, name="approve"),
    path("activations/<uuid:uuid>/change/<str:kind>/", running.change, name="change"),
    path("activations/<uuid:uuid>/stand-down/", ending.stand_down, name="stand_down"),
    path("activations/<uuid:uuid>/undo/", ending.undo, name="undo"),
    path("activations/<uuid:uuid>/measures/new/", ending.new_measure, name="new_measure"),
    path("activations/measures/<uuid:uuid>/", ending.measure, name="measure"),
    path("activations/measures/<uuid:uuid>/lift/", ending.lift, name="lift"),
    path("activations/conversions/<uuid:uuid>/", running.board, name="board"),
    path("activations/conversions/<uuid:uuid>/retry/", running.retry, name="retry"),
    path("activations/conversions/<uuid:uuid>/sign/", running.countersign, name="countersign"),
    path("activations/steps/<uuid:uuid>/skip/", running.skip, name="skip"),
    path("activations/<uuid:uuid>/data/", vault.data, name="data"),
    path("activations/<uuid:uuid>/data/destroy/", vault.destroy, name="destroy_data"),
    path("activations/data/<uuid:uuid>/review/", vault.review, name="review_data"),
    path("activations/certificates/<uuid:uuid>.pdf", vault.certificate_pdf, name="certificate"),
    path("my/posture/", here.here, name="here"),
]
