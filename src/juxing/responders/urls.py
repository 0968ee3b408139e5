"""Addresses of this room's pages."""

from django.urls import path

from juxing.responders.pages import accounts, desk, lists, phone, service

app_name = "responders"
urlpatterns = [
    path("responders/", desk.responder_list, name="list"),
    path("responders/verify/", desk.verify_selected, name="verify_selected"),
    path("responders/record/", desk.record, name="record"),
    path("responders/attendance/", desk.attendance, name="attendance"),
    path("responders/lists/", lists.lists, name="lists"),
    path("responders/lists/template.xlsx", lists.template, name="template"),
    path("responders/lists/<uuid:uuid>/", lists.list_report, name="list_report"),
    path("responders/lists/<uuid:uuid>/progress/", lists.list_progress, name="list_progress"),
    path("responders/lists/<uuid:uuid>/problems.csv", lists.list_problems, name="list_problems"),
    path("responders/<uuid:uuid>/", desk.responder_page, name="detail"),
    path("responders/<uuid:uuid>/change/", desk.change, name="change"),
    path("responders/<uuid:uuid>/available/", desk.switch_available, name="switch_available"),
    path("responders/poster/", accounts.poster, name="poster"),
    path("responders/<uuid:uuid>/account/", accounts.give, name="give_account"),
    path("responders/<uuid:uuid>/<slug:step>/", desk.take_step, name="step"),
    path("my/service/", phone.me, name="me"),
    path("my/service/report-in/", phone.report_in, name="report_in"),
    path("my/service/available/", phone.switch, name="switch"),
    path("my/service/times/", phone.add_period, name="add_period"),
    path("my/service/times/<int:period_id>/remove/", phone.remove_period, name="remove_period"),
    path("my/service/change/", phone.change, name="me_change"),
    path("my/service/leave/", phone.leave, name="leave"),
    path("report-in/", service.start, name="public_report_in"),
    path("report-in/at/<str:area_code>/", service.start_at, name="public_report_in_at"),
    path("report-in/code/", service.code, name="public_code"),
    path("report-in/form/", service.form_page, name="public_form"),
    path("report-in/left/", service.left, name="left"),
    path("s/<str:token>/", service.home, name="service_home"),
    path("s/<str:token>/received/", service.done, name="service_done"),
    path("s/<str:token>/available/", service.switch, name="service_switch"),
    path("s/<str:token>/times/", service.add_period, name="service_add_period"),
    path("s/<str:token>/times/<int:period_id>/remove/", service.remove_period, name="service_remove_period"),
    path("s/<str:token>/change/", service.change, name="service_me_change"),
    path("s/<str:token>/leave/", service.leave, name="service_leave"),
]
