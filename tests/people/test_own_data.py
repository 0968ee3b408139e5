"""Residents see what is kept of them and who looked, without an account; they agree, object, ask, and take a copy."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.exporting import ask as take_out
from juxing.access.exporting import export_kinds
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.needs.commands.deciding import reveal_need
from juxing.people import commands, own_commands, own_data, own_queries
from juxing.people.models import Consent, DataSubjectRequest, Resident
from juxing.people.own_pages import TRIES_AT_MOST, as_document
from juxing.people.visitor_pages import DEMO_CODE
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    make_account,
    make_actor,
    make_areas,
    make_household,
    make_need,
    make_resident,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PHONE = "12800005555"
SELF = Actor.resident()


@pytest.fixture
def resident() -> Resident:
    make_areas()
    return make_resident(make_household(COMMUNITY, door="502"), phone=PHONE)


def proved(phone: str = PHONE) -> Client:
    client = Client()
    client.post(reverse("people:own"), {"phone": phone})
    client.post(reverse("people:own_code"), {"code": client.session[DEMO_CODE]})
    return client


def opened(phone: str = PHONE, door: str = "502") -> Client:
    client = proved(phone)
    assert client.post(reverse("people:own_door"), {"door": door}).status_code == 303
    return client


def page_of(client: Client) -> str:
    answer = client.get(reverse("people:own_record"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_phone_and_door_open_the_own_record_in_full(resident: Resident) -> None:
    page = page_of(opened())
    assert resident.name in page
    assert PHONE in page
    assert JournalEntry.objects.filter(action=own_commands.OPENED, subject_uuid=resident.uuid).count() == 1


def test_number_that_went_to_somebody_else_opens_nothing(resident: Resident) -> None:
    """Whoever has the phone now does not know the door."""
    client = proved()
    answers = [
        client.post(reverse("people:own_door"), {"door": "101"}).status_code for _try in range(TRIES_AT_MOST + 1)
    ]
    right = client.post(reverse("people:own_door"), {"door": "502"})

    assert set(answers) == {422}
    assert right.status_code == 422
    assert client.get(reverse("people:own_record")).status_code == 302


def test_without_a_proved_phone_every_page_leads_to_the_beginning(resident: Resident) -> None:
    client = Client()
    for name, arguments in (("own_door", []), ("own_record", []), ("own_copy", ["json"]), ("own_copy", ["pdf"])):
        assert client.get(reverse(f"people:{name}", args=arguments))["Location"] == reverse("people:own")
    for name in ("own_ask", "own_consent"):
        assert client.post(reverse(f"people:{name}"))["Location"] == reverse("people:own")


def test_two_who_share_a_phone_say_who_they_are(resident: Resident) -> None:
    make_resident(resident.household, name="李小明", phone=PHONE)
    client = proved()

    asked = client.post(reverse("people:own_door"), {"door": "502"})
    client.post(reverse("people:own_door"), {"door": "502", "name": "李小明"})
    page = page_of(client)

    assert asked.status_code == 422
    assert "李小明" in page
    assert "王秀英" not in page


def test_record_closes_after_half_an_hour(resident: Resident) -> None:
    client = opened()
    session = client.session
    session["people.own"] = {**session["people.own"], "at": (clock.now() - timedelta(minutes=31)).timestamp()}
    session.save()
    assert client.get(reverse("people:own_record")).status_code == 302


def test_who_looked_is_told_by_role_place_purpose_and_reason_never_by_name(resident: Resident, now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY, sign_in_name="zhang-san")
    from juxing.access.queries import actor_of

    commands.reveal(
        actor=actor_of(account, now=clock.now()), now=clock.now(), resident=resident, reason="calling back",
        purpose="answering",
    )  # fmt: skip
    page = page_of(opened())

    assert "calling back" in page
    assert "湖滨社区" in page
    assert "zhang-san" not in page
    [look] = own_data.who_looked(resident)
    assert (str(look.role), look.place) == (str(Role.COMMUNITY_WORKER.label), "湖滨社区")


def test_role_shown_is_the_one_held_then_not_now(resident: Resident, now: datetime) -> None:
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    from juxing.access.queries import actor_of

    commands.reveal(actor=actor_of(account, now=now), now=now, resident=resident, reason="x", purpose="visiting")
    account.role_assignments.update(ends_at=now + timedelta(hours=1))

    assert str(own_data.who_looked(resident)[0].role) == str(Role.COMMUNITY_WORKER.label)


def test_looks_at_the_own_needs_and_lists_taken_out_are_in_the_log(resident: Resident, now: datetime) -> None:
    need = make_need(household=resident.household, resident=resident, details="降压药")
    reveal_need(actor=make_actor(Role.COMMUNITY_WORKER, COMMUNITY), now=now, need=need, reason="to find the pharmacy")
    take_out(
        actor=make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY), now=now, kind=export_kinds["people.residents"],
        purpose="emergency", area_code=COMMUNITY, reason="evacuation",
    )  # fmt: skip

    assert {look.reason for look in own_data.who_looked(resident)} == {"to find the pharmacy", "evacuation"}


def test_looks_at_the_neighbour_are_not_shown(resident: Resident, now: datetime) -> None:
    neighbour = make_resident(resident.household, name="李伟")
    commands.reveal(
        actor=make_actor(Role.COMMUNITY_WORKER, COMMUNITY), now=now, resident=neighbour, reason="y", purpose="visiting"
    )
    assert own_data.who_looked(resident) == []


def test_copy_for_machines_holds_everything_and_opens_nothing_else(resident: Resident) -> None:
    make_need(household=resident.household, resident=resident, details="胰岛素")
    other = make_resident(make_household(OTHER_COMMUNITY), name="赵别处")
    client = opened()

    document = json.loads(client.get(reverse("people:own_copy", args=["json"])).content)
    paper = client.get(reverse("people:own_copy", args=["pdf"]))

    text = json.dumps(document, ensure_ascii=False)
    assert {resident.name, PHONE, "胰岛素"} <= {word for word in (resident.name, PHONE, "胰岛素") if word in text}
    assert other.name not in text
    assert paper.content.startswith(b"%PDF-")
    assert JournalEntry.objects.filter(action=own_commands.COPIED).count() == 2
    assert document == json.loads(json.dumps(as_document(resident, now=datetime.fromisoformat(document["made_at"]))))


def test_consent_is_given_and_withdrawn_by_the_resident(resident: Resident) -> None:
    client = opened()

    client.post(reverse("people:own_consent"), {"purpose": "care", "given": "yes"})
    client.post(reverse("people:own_consent"), {"purpose": "care", "given": "yes"})
    given = Consent.objects.get(resident=resident)
    client.post(reverse("people:own_consent"), {"purpose": "care", "given": "no"})
    given.refresh_from_db()

    assert given.recorded_by_id is None
    assert given.withdrawn_at is not None
    actions = JournalEntry.objects.filter(subject_uuid=given.uuid).values_list("action", flat=True)
    assert set(actions) == {commands.CONSENT_GIVEN, commands.CONSENT_WITHDRAWN}


def test_objection_stands_at_once_stops_the_use_and_can_be_taken_back(resident: Resident, now: datetime) -> None:
    worker = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)
    client = opened()
    client.post(reverse("people:own_ask"), {"kind": "objection", "objection": "care"})
    asked = DataSubjectRequest.objects.get()

    with pytest.raises(Refusal, match="resident_objects"):
        commands.reveal(actor=worker, now=now, resident=resident, reason="x", purpose="visiting")
    commands.reveal(actor=worker, now=now, resident=resident, reason="fire", purpose="emergency")
    client.post(reverse("people:own_objection", args=[asked.uuid]))

    commands.reveal(actor=worker, now=now, resident=resident, reason="x", purpose="visiting")


def test_correction_is_asked_for_answered_at_the_desk_and_seen(resident: Resident) -> None:
    client = opened()
    client.post(reverse("people:own_ask"), {"kind": "correction", "written": "出生年份应为1948"})
    asked = DataSubjectRequest.objects.get()
    desk, other = Client(), Client()
    desk.force_login(
        make_account(Role.COMMUNITY_WORKER, COMMUNITY), backend="django.contrib.auth.backends.ModelBackend"
    )
    other.force_login(
        make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), backend="django.contrib.auth.backends.ModelBackend"
    )
    address = reverse("people:request", args=[asked.uuid])

    assert asked.number in desk.get(reverse("people:requests")).content.decode()
    assert other.get(address).status_code == 404
    assert "出生年份应为1948" in desk.get(address).content.decode()
    assert desk.post(address, {"outcome": "done", "note": ""}).status_code == 422
    assert desk.post(address, {"outcome": "done", "note": "已改为1948"}).status_code == 302
    assert "已改为1948" in page_of(client)
    assert asked.number not in desk.get(reverse("people:requests")).content.decode()


def test_request_is_answered_once_and_only_by_those_who_may(resident: Resident, now: datetime) -> None:
    asked = own_commands.ask_about_own_data(
        actor=SELF, now=now, resident=resident, kind="explanation", written="Who looked?"
    )
    with pytest.raises(NotPermitted):
        own_commands.answer_request(
            actor=make_actor(Role.RESPONDER, COMMUNITY), now=now, request=asked, grant=True, note="x"
        )
    officer = make_actor(Role.PRIVACY_OFFICER, COMMUNITY)
    own_commands.answer_request(actor=officer, now=now, request=asked, grant=True, note="it was the desk")
    with pytest.raises(Refusal, match="request_answered"):
        own_commands.answer_request(actor=officer, now=now, request=asked, grant=True, note="again")
    assert own_queries.request_to_answer(actor=officer, uuid=asked.uuid).answer_note == "it was the desk"


@pytest.mark.parametrize(
    "wrong", [{"kind": "fame"}, {"kind": "correction"}, {"kind": "objection"}, {"kind": "objection", "objection": "x"}]
)
def test_request_without_sense_is_refused(resident: Resident, now: datetime, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        own_commands.ask_about_own_data(actor=SELF, now=now, resident=resident, **wrong)


def test_words_of_requests_are_sealed_in_the_table(resident: Resident, now: datetime) -> None:
    from django.db import connection

    own_commands.ask_about_own_data(actor=SELF, now=now, resident=resident, kind="deletion", written="老李的电话")
    with connection.cursor() as cursor:
        cursor.execute("SELECT written FROM people_datasubjectrequest")
        assert "老李" not in cursor.fetchone()[0]


def test_who_moved_out_is_not_opened_by_the_old_phone(resident: Resident) -> None:
    Resident.objects.filter(pk=resident.pk).update(left_on="2026-01-01")
    assert proved().post(reverse("people:own_door"), {"door": "502"}).status_code == 422
