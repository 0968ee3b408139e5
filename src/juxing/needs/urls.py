"""Addresses of this room's pages."""

from django.urls import path

from juxing.needs.pages import asking, chains, collecting, correcting, desk, importing, recording, tracking

app_name = "needs"
urlpatterns = [
    path("ask/", asking.ask, name="ask"),
    path("ask/code/", asking.ask_code, name="ask_code"),
    path("ask/need/", asking.ask_need, name="ask_need"),
    path("n/", tracking.find, name="find"),
    path("n/<str:token>/", tracking.track, name="track"),
    path("n/<str:token>/received/", tracking.asked, name="asked"),
    path("n/<str:token>/correct/", correcting.correct_by_link, name="correct_by_link"),
    path("n/<str:token>/<slug:what>/", tracking.answer, name="answer"),
    path("needs/", desk.list_needs, name="list"),
    path("needs/print/", desk.print_needs, name="print"),
    path("needs/record/", recording.record, name="record"),
    path("needs/record/phone/", recording.record_phone, name="record_phone"),
    path("needs/order-chains/", chains.order_chains, name="order_chains"),
    path("needs/order-chains/<uuid:uuid>/", chains.chain, name="chain"),
    path("needs/order-chains/<uuid:uuid>/<slug:what>/", chains.chain_act, name="chain_act"),
    path("needs/import/", importing.import_needs, name="import"),
    path("needs/import/template/", importing.import_template, name="import_template"),
    path("needs/import/<uuid:uuid>/", importing.import_one, name="import_one"),
    path("needs/import/<uuid:uuid>/start/", importing.import_start, name="import_start"),
    path("needs/import/<uuid:uuid>/progress/", importing.import_progress, name="import_progress"),
    path("needs/import/<uuid:uuid>/rejected/", importing.import_rejected, name="import_rejected"),
    path("needs/rounds/", collecting.rounds, name="rounds"),
    path("needs/rounds/<uuid:uuid>/", collecting.collection_round, name="round"),
    path("needs/pauses/", collecting.pauses, name="pauses"),
    path("needs/pauses/<uuid:uuid>/resume/", collecting.resume, name="resume"),
    path("needs/<uuid:uuid>/", desk.detail, name="detail"),
    path("needs/<uuid:uuid>/reveal/", desk.reveal, name="reveal"),
    path("needs/<uuid:uuid>/correct/", correcting.correct, name="correct"),
    path("needs/<uuid:uuid>/<slug:what>/", desk.act, name="act"),
]
