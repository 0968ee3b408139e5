"""Addresses of this room's pages."""

from django.urls import path

from juxing.access import administration_pages, break_glass_pages, journal_pages, pages, seal_pages

app_name = "access"
urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("me/", pages.me, name="me"),
    path("me/password/", pages.change_password, name="change_password"),
    path("me/tokens/", pages.issue_token, name="issue_token"),
    path("me/tokens/<uuid:uuid>/revoke/", pages.revoke_token, name="revoke_token"),
    path("accounts/", administration_pages.accounts, name="accounts"),
    path("accounts/new/", administration_pages.create_account, name="create_account"),
    path("accounts/<uuid:uuid>/", administration_pages.account, name="account"),
    path("accounts/<uuid:uuid>/roles/", administration_pages.give_role, name="give_role"),
    path("accounts/<uuid:uuid>/roles/<uuid:assignment_uuid>/end/", administration_pages.end_role, name="end_role"),
    path("accounts/<uuid:uuid>/password/", administration_pages.set_password, name="set_password"),
    path("accounts/<uuid:uuid>/switch/", administration_pages.switch_account, name="switch_account"),
    path("rights/", administration_pages.rights_table, name="rights"),
    path("break-glass/", break_glass_pages.break_glass, name="break_glass"),
    path("break-glass/<uuid:uuid>/end/", break_glass_pages.end_break_glass, name="end_break_glass"),
    path("break-glass/review/", break_glass_pages.break_glass_list, name="break_glass_list"),
    path("break-glass/review/<uuid:uuid>/", break_glass_pages.review, name="review_break_glass"),
    path("journal/", journal_pages.journal, name="journal"),
    path("journal/seals/", seal_pages.seals, name="seals"),
    path("journal/seals/print/", seal_pages.print_seals, name="print_seals"),
    path("journal/seals/verify/", seal_pages.verify, name="verify_seals"),
    path("journal/seals/verify/<uuid:uuid>/", seal_pages.verification, name="verification"),
    path("journal/<int:entry_id>/", journal_pages.entry, name="entry"),
]
