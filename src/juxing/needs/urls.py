"""Addresses of this room's pages."""

from django.urls import path

from juxing.needs.pages import asking, desk, recording, tracking

app_name = "needs"
urlpatterns = [
    path("ask/", asking.ask, name="ask"),
    path("ask/code/", asking.ask_code, name="ask_code"),
    path("ask/need/", asking.ask_need, name="ask_need"),
    path("n/", tracking.find, name="find"),
    path("n/<str:token>/", tracking.track, name="track"),
    path("n/<str:token>/received/", tracking.asked, name="asked"),
    path("n/<str:token>/<slug:what>/", tracking.answer, name="answer"),
    path("needs/", desk.list_needs, name="list"),
    path("needs/print/", desk.print_needs, name="print"),
    path("needs/record/", recording.record, name="record"),
    path("needs/record/phone/", recording.record_phone, name="record_phone"),
    path("needs/<uuid:uuid>/", desk.detail, name="detail"),
    path("needs/<uuid:uuid>/reveal/", desk.reveal, name="reveal"),
    path("needs/<uuid:uuid>/<slug:what>/", desk.act, name="act"),
]
