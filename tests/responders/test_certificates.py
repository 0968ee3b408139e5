"""Hours that nobody types, certificates anyone can verify, and thanks published only with consent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.models import Commendation, Responder, ServiceCertificate, ServiceRecord
from juxing.responders.queries.service import certificate_by_code
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_areas
from tests.responders.roster_makers import DAY, MORNING, SYSTEM, a_roster, coordinator, published

pytestmark = pytest.mark.django_db
EVENING = MORNING + timedelta(hours=12)
OWN = Actor.resident()


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


def _served() -> Responder:
    duty = published(a_roster(people=1, days=1))[0]
    here = commands.mark_here(actor=coordinator(), now=MORNING, duty=duty)
    commands.check_out(actor=coordinator(), now=EVENING, duty=here)
    return duty.responder


def _issue(person: Responder, actor: Actor) -> tuple[ServiceCertificate, str]:
    return commands.issue_certificate(
        actor=actor, now=EVENING, responder=person, served_from=DAY, served_until=DAY, issuer="湖滨社区"
    )


def test_a_certificate_says_what_was_recorded_and_its_code_is_not_kept() -> None:
    with acting(SYSTEM):
        person = _served()
        made, code = _issue(person, OWN)

        assert (made.minutes, made.shifts, made.printed_name) == (720, 1, person.name)
        assert code not in str(ServiceCertificate.objects.values().get())
        assert certificate_by_code(code.lower().replace("-", " ")) == made
        assert certificate_by_code("AAAA-BBBB-CCCC-DDDD") is None


def test_a_correction_needs_a_reason_counts_and_keeps_what_was_measured() -> None:
    with acting(SYSTEM):
        person = _served()
        record = ServiceRecord.objects.get()
        for minutes, reason in ((600, " "), (-1, "x"), (1441, "x")):
            with pytest.raises(InvalidInput):
                commands.correct_hours(actor=coordinator(), now=EVENING, record=record, minutes=minutes, reason=reason)
        with pytest.raises(NotPermitted):
            commands.correct_hours(
                actor=coordinator(OTHER_STREET_COMMUNITY), now=EVENING, record=record, minutes=1, reason="x"
            )

        changed = commands.correct_hours(
            actor=coordinator(), now=EVENING, record=record, minutes=600, reason="午休两小时"
        )

        assert (changed.minutes, changed.corrected_minutes) == (720, 600)
        assert _issue(person, coordinator())[0].minutes == 600


def test_nothing_recorded_makes_no_certificate_and_strangers_make_none() -> None:
    with acting(SYSTEM):
        person = published(a_roster(people=1, days=1))[0].responder

        with pytest.raises(Refusal, match="nothing_served"):
            _issue(person, OWN)
        with pytest.raises(NotPermitted):
            _issue(person, coordinator(OTHER_STREET_COMMUNITY))


def test_verification_reveals_what_is_printed_and_nothing_more() -> None:
    with acting(SYSTEM):
        person = _served()
        made, code = _issue(person, OWN)
    visitor = Client(headers={"accept-language": "en"})

    genuine = visitor.post("/certificates/verify/", {"code": code}).content.decode()
    unknown = visitor.post("/certificates/verify/", {"code": "WRONG"}).content.decode()
    with acting(SYSTEM):
        commands.withdraw_certificate(actor=coordinator(), now=EVENING, certificate=made, reason="姓名有误")
    withdrawn = visitor.post("/certificates/verify/", {"code": code}).content.decode()

    told = re.findall(r"<dd>(.*?)</dd>", genuine)
    assert told == [person.name, "2026-11-23 – 2026-11-23", "12.0", "1", "湖滨社区", "2026-11-23"]
    assert person.phone not in genuine
    assert "No certificate has this code" in unknown
    assert person.name not in withdrawn


def test_pages_give_the_paper_and_take_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    with acting(SYSTEM):
        person = _served()
        token = commands.give_link(now=MORNING, responder=person)
        record = ServiceRecord.objects.get()
    client, visitor = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    paper = visitor.post(f"/s/{token}/hours/certificate/")
    desk = client.post(f"/responders/{person.uuid}/service/certificate/")
    page = client.get(f"/responders/{person.uuid}/service/").content.decode()

    assert (paper["Content-Type"], paper.content[:5], desk.content[:5]) == ("application/pdf", b"%PDF-", b"%PDF-")
    assert "12.0" in page
    assert "12.0 hours" in visitor.get(f"/s/{token}/hours/").content.decode()
    assert client.post(f"/service/{record.uuid}/correct/", {"minutes": "60"}).status_code == 422
    assert client.post(f"/service/{record.uuid}/correct/", {"minutes": "60", "reason": "早退"}).status_code == 303


def test_thanks_are_published_only_with_consent_and_taken_down_again() -> None:
    with acting(SYSTEM):
        person = _served()
        token = commands.give_link(now=MORNING, responder=person)
        thanks = commands.write_thanks(actor=coordinator(), now=EVENING, responder=person, text="雨夜送药")
    visitor = Client(headers={"accept-language": "en"})

    before = visitor.get("/thanks/").content.decode()
    visitor.post(f"/s/{token}/thanks/{thanks.uuid}/", {"may": "yes"})
    agreed = visitor.get("/thanks/").content.decode()
    visitor.post(f"/s/{token}/thanks/{thanks.uuid}/", {"may": "no"})
    after = visitor.get("/thanks/").content.decode()

    assert [("雨夜送药" in page) for page in (before, agreed, after)] == [False, True, False]
    with acting(SYSTEM), pytest.raises(NotPermitted):
        commands.answer_thanks(actor=coordinator(), now=EVENING, thanks=Commendation.objects.get(), may_publish=True)
