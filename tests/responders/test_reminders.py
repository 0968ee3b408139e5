"""What of those who serve waits for them and for their desk, and what goes to their phones."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from juxing.access.models import Reminder
from juxing.access.reminding import carriers, look_at
from juxing.access.roles import Role
from juxing.responders.models import Clearance, Credential, Responder
from tests.factories import COMMUNITY, make_account, make_responder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def serving() -> Responder:
    account = make_account(Role.RESPONDER, COMMUNITY)
    return make_responder(account=account, has_shown=False)


def test_what_runs_out_waits_for_the_person_and_counted_for_the_desk(now: datetime) -> None:
    person, secretary = serving(), make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    today = localdate(now)
    for code, days in (("delivery", 5), ("elder_care", 60)):
        Clearance.objects.create(
            area_code=person.area_code, responder=person, kind="training", code=code, valid_from=today,
            valid_until=today + timedelta(days=days), confirmed_at=now,
        )  # fmt: skip
    for title, status, days in (("护士执业证", "verified", 20), ("驾驶证", "verified", 90), ("厨师证", "submitted", 9)):
        Credential.objects.create(
            area_code=person.area_code, responder=person, category="medical_rescue", title=title, status=status,
            valid_until=today + timedelta(days=days), submitted_at=now,
        )  # fmt: skip
    for source in ("responders.papers", "responders.clearances"):
        look_at(source, now=now)
    told = set(Reminder.objects.values_list("account_id", "kind"))
    assert told == {
        (person.account_id, "responders.credential_ends"), (person.account_id, "responders.clearance_ends"),
        (secretary.pk, "responders.clearances_end"), (secretary.pk, "responders.papers_wait"),
    }  # fmt: skip


def test_reminder_that_cannot_wait_goes_to_the_phone_of_who_has_one(
    now: datetime, capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: object
) -> None:
    person, other = serving(), make_account(Role.RESPONDER, COMMUNITY)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        carriers["responders.phones"]([(person.account_id or 0, "您已顶岗"), (other.pk, "无电话")])
    said = capsys.readouterr().out
    assert ("您已顶岗" in said, "无电话" in said) == (True, False)
