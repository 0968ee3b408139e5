"""Addresses of this room's pages."""

from django.urls import path

from juxing.command.pages import mine, notices, orders, overview, reports, shifts

app_name = "command"
urlpatterns = [
    path("command/<uuid:uuid>/", overview.overview, name="overview"),
    path("command/<uuid:uuid>/muster/", overview.muster, name="muster"),
    path("command/<uuid:uuid>/orders/new/", orders.new_order, name="new_order"),
    path("command/orders/<uuid:uuid>/", orders.order, name="order"),
    path("command/orders/<uuid:uuid>/withdraw/", orders.withdraw, name="withdraw"),
    path("command/<uuid:uuid>/shifts/", shifts.shifts, name="shifts"),
    path("command/shifts/<uuid:uuid>/hand-over/", shifts.hand_over, name="hand_over"),
    path("command/shifts/<uuid:uuid>/accept/", shifts.accept, name="accept"),
    path("command/shifts/<uuid:uuid>/take-over/", shifts.take_over, name="take_over"),
    path("command/<uuid:uuid>/log/", shifts.log, name="log"),
    path("command/<uuid:uuid>/reports/", reports.report_list, name="reports"),
    path("command/reports/<uuid:uuid>/", reports.report, name="report"),
    path("command/reports/<uuid:uuid>/report.pdf", reports.report_pdf, name="report_pdf"),
    path("command/reports/<uuid:uuid>/report.xlsx", reports.report_sheet, name="report_sheet"),
    path("command/reports/<uuid:uuid>/rows/<str:code>/", reports.report_rows, name="report_rows"),
    path("command/<uuid:uuid>/notices/", notices.notices, name="notices"),
    path("command/<uuid:uuid>/notices/publish/", notices.publish_all, name="publish_all"),
    path("command/notices/<uuid:uuid>/", notices.notice, name="notice"),
    path("command/notices/<uuid:uuid>/fill/", notices.fill, name="fill_notice"),
    path("command/notices/<uuid:uuid>/<slug:what>/", notices.move, name="move_notice"),
    path("notices/", notices.public, name="public_notices"),
    path("my/orders/", mine.my_orders, name="my_orders"),
    path("my/orders/<uuid:uuid>/", mine.my_order, name="my_order"),
    path("my/calls/<uuid:uuid>/<str:act>/", mine.answer_call, name="answer_call"),
]
