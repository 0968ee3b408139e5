"""Addresses of this room's pages."""

from django.urls import path

from juxing.supplies.pages import lines, lists, mapping, sharing, stock

app_name = "supplies"
urlpatterns = [
    path("supplies/stock/", stock.stock, name="stock"),
    path("supplies/stock/receive/", stock.receive, name="receive"),
    path("supplies/stock/<uuid:depot>/<slug:item>/", stock.correct, name="correct"),
    path("supplies/requests/", lines.requests, name="requests"),
    path("supplies/requests/<uuid:uuid>/", lines.request, name="request"),
    path("supplies/requests/<uuid:uuid>/<slug:what>/", lines.step, name="step"),
    path("supplies/offers/", lines.offers, name="offers"),
    path("supplies/offers/<uuid:uuid>/", lines.offer, name="offer"),
    path("supplies/lines/<slug:kind>/<uuid:uuid>/quantity/", lines.quantity, name="quantity"),
    path("supplies/lines/<slug:kind>/<uuid:uuid>/meaning/", lines.meaning, name="meaning"),
    path("supplies/mapping/", mapping.mapping, name="mapping"),
    path("supplies/mapping/settle/", mapping.settle, name="settle"),
    path("supplies/lists/", lists.lists, name="lists"),
    path("supplies/lists/template/<slug:kind>/", lists.template, name="template"),
    path("supplies/lists/<uuid:uuid>/", lists.sent_list, name="list"),
    path("supplies/lists/<uuid:uuid>/progress/", lists.list_progress, name="list_progress"),
    path("supplies/allocations/", sharing.allocations, name="allocations"),
    path("supplies/allocations/share/", sharing.share, name="share"),
    path("supplies/allocations/<uuid:uuid>/", sharing.allocation, name="allocation"),
    path("supplies/allocations/<uuid:uuid>/progress/", sharing.allocation_progress, name="allocation_progress"),
    path("supplies/allocations/<uuid:uuid>/sign/", sharing.sign, name="sign"),
]
