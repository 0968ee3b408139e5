"""The talent pool: papers that are papers, decided by another, open a skill until they run out; reminders in time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from juxing.access.roles import Role
from juxing.dispatch.problems import available_responders
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.people.messages import Message, senders
from juxing.responders import commands
from juxing.responders.commands.talents import (
    CredentialInput,
    hand_in_credential,
    look_at_credentials,
    open_paper,
    refuse_credential,
    take_back_credential,
    verify_credential,
)
from juxing.responders.enums import ReportInStatus, Skill
from juxing.responders.models import Credential, Responder
from juxing.responders.papers import MAXIMUM_BYTES, PDF, checked_paper
from juxing.responders.queries.talents import run_out_skills
from juxing.responders.talent_enums import SKILLS_OF, CredentialStatus, TalentCategory
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas, make_responder
from tests.responders.roster_makers import NOW, SYSTEM, coordinator

pytestmark = pytest.mark.django_db
OWN = Actor.resident()
TODAY = date(2026, 11, 20)
PAPER = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\nstartxref\n9\n%%EOF\n"


def picture(kind: str = "PNG", *, exif: bool = False) -> bytes:
    written = io.BytesIO()
    image = Image.new("RGB", (40, 30), "white")
    marks = Image.Exif()
    marks[0x010E] = "31.03 121.22"
    image.save(written, kind, **({"exif": marks} if exif else {}))
    return written.getvalue()


NURSE = CredentialInput(TalentCategory.MEDICAL_RESCUE, "执业护士证", Skill.MEDICAL, PAPER, TODAY + timedelta(days=90))


def handed_in(responder: Responder, given: CredentialInput = NURSE) -> Credential:
    return hand_in_credential(actor=OWN, now=NOW, responder=responder, given=given)


def verified(responder: Responder, given: CredentialInput = NURSE) -> Credential:
    return verify_credential(actor=coordinator(), now=NOW, credential=handed_in(responder, given))


def skills_of(responder: Responder) -> list[str]:
    return Responder.objects.get(pk=responder.pk).skills


@pytest.mark.usefixtures("everywhere")
def test_a_paper_opens_its_skill_once_another_has_looked_and_is_kept_sealed() -> None:
    person = make_responder()
    handed = handed_in(person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT paper FROM responders_credential WHERE id = %s", [handed.pk])
        sealed = cursor.fetchone()[0]

    assert skills_of(person) == []
    assert b"PDF".decode() not in sealed
    assert open_paper(actor=coordinator(), now=NOW, credential=handed) == (PAPER, PDF)
    verify_credential(actor=coordinator(), now=NOW, credential=handed)

    assert skills_of(person) == [Skill.MEDICAL]
    assert JournalEntry.objects.filter(action="responders.credential.open").count() == 1


@pytest.mark.usefixtures("everywhere")
def test_nobody_decides_on_their_own_paper_or_elsewhere() -> None:
    account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
    person = make_responder(account=account)
    handed = handed_in(person)
    oneself = replace(coordinator(), account_id=account.pk)

    for actor in (oneself, coordinator(OTHER_STREET_COMMUNITY), OWN):
        for act in (verify_credential, open_paper):
            with pytest.raises(NotPermitted):
                act(actor=actor, now=NOW, credential=handed)
        with pytest.raises(NotPermitted):
            refuse_credential(actor=actor, now=NOW, credential=handed, reason="x")
    assert Credential.objects.get().status == CredentialStatus.SUBMITTED


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<svg onload=alert(1)>", b"%PDF-1.7 cut off", b"GIF89a" + bytes(30), picture()[:60],
     PAPER.replace(b"/Catalog", b"/Catalog/OpenAction 2 0 R"), PAPER.replace(b"/Type", b"/JavaScript (x) /Type"),
     PAPER.replace(b"/Type", b"/EmbeddedFile /Type"), PAPER + b"<script>" * 400, bytes(MAXIMUM_BYTES + 1)],
    ids=["empty", "program", "svg", "cut", "gif", "half", "opens", "script", "file", "tail", "large"],
)  # fmt: skip
def test_what_is_no_picture_and_no_plain_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        checked_paper(content)


@given(content=st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_a_paper_or_refused_and_nothing_else_happens(content: bytes) -> None:
    try:
        _kept, kind = checked_paper(content)
    except InvalidInput:
        return
    assert kind == PDF or kind.startswith("image/")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_kept_without_place_and_camera(kind: str) -> None:
    content, content_type = checked_paper(picture(kind, exif=True))

    assert content_type == f"image/{kind.lower()}"
    assert b"121.22" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    "change",
    [{"category": "beauty"}, {"title": " "}, {"title": "x" * 81}, {"skill": Skill.LEGAL}, {"paper": b""},
     {"valid_until": TODAY - timedelta(days=1)}, {"valid_until": date(2090, 1, 1)}, {"paper": b"GIF89a"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(change: dict[str, object]) -> None:
    person = make_responder()

    with pytest.raises(InvalidInput) as refused:
        handed_in(person, replace(NURSE, **change))  # type: ignore[arg-type]

    assert refused.value.field in {*change, "paper"}
    assert not Credential.objects.exists()


@pytest.mark.usefixtures("everywhere")
def test_a_run_out_paper_closes_its_skill_at_midnight_and_the_hour_writes_it_down() -> None:
    person, other = make_responder(), make_responder()
    verified(person)
    verified(other)
    verified(other, replace(NURSE, title="续期", valid_until=None))
    last = datetime(2027, 2, 18, 12, tzinfo=UTC)
    after = datetime(2027, 2, 18, 16, 1, tzinfo=UTC)

    def open_to(now: datetime) -> set[int]:
        return {row.id for row in available_responders(STREET, now=now) if Skill.MEDICAL in row.skills}

    assert open_to(last) == {person.pk, other.pk}
    assert open_to(after) == {other.pk}
    assert skills_of(person) == [Skill.MEDICAL]
    assert look_at_credentials(now=after).expired == 2
    assert look_at_credentials(now=after).expired == 0
    assert (skills_of(person), skills_of(other)) == ([], [Skill.MEDICAL])
    assert run_out_skills([person.pk], on=date(2027, 3, 1)) == {}
    ended = Credential.objects.get(responder=person)
    assert (ended.status, ended.paper) == (CredentialStatus.EXPIRED, "")


@pytest.mark.usefixtures("everywhere")
def test_people_are_reminded_once_thirty_and_once_seven_days_before(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []
    monkeypatch.setitem(senders._entries, "console", sent.append)
    person = make_responder()
    verified(person)

    def days_before(days: int) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return look_at_credentials(now=NOW + timedelta(days=90 - days)).reminded

    assert [days_before(days) for days in (40, 30, 29, 8, 7, 6, 0)] == [0, 1, 0, 0, 1, 0, 0]
    assert [one.phone for one in sent] == [person.phone] * 2
    assert all("执业护士证" in one.text for one in sent)


@pytest.mark.usefixtures("everywhere")
def test_looking_takes_as_many_statements_for_three_as_for_thirty() -> None:
    def count(people: int) -> int:
        for _number in range(people):
            verified(make_responder())
        with CaptureQueriesContext(connection) as captured:
            look_at_credentials(now=NOW + timedelta(days=200))
        return len([one for one in captured if "SAVEPOINT" not in one["sql"]])

    assert count(3) == count(8)


@pytest.mark.usefixtures("everywhere")
def test_what_is_refused_or_taken_back_leaves_no_paper_and_no_skill() -> None:
    person, other = make_responder(), make_responder()
    refused = refuse_credential(actor=coordinator(), now=NOW, credential=verified(person), reason="不是本人")
    take_back_credential(actor=OWN, now=NOW, credential=verified(other))

    assert (skills_of(person), skills_of(other)) == ([], [])
    assert (refused.paper, refused.refusal, Credential.objects.count()) == ("", "不是本人", 1)
    with pytest.raises(WrongState):
        verify_credential(actor=coordinator(), now=NOW, credential=refused)
    with pytest.raises(InvalidInput):
        refuse_credential(actor=coordinator(), now=NOW, credential=handed_in(other), reason=" ")


@pytest.mark.usefixtures("everywhere")
def test_who_leaves_takes_papers_along_and_hands_in_no_more() -> None:
    person = make_responder()
    verified(person)

    commands.withdraw_responder(actor=OWN, now=NOW, responder=person)

    assert not Credential.objects.exists()
    assert Responder.objects.get(pk=person.pk).status == ReportInStatus.WITHDRAWN
    with pytest.raises(NotPermitted):
        handed_in(person)


def test_every_skill_of_a_category_is_a_skill() -> None:
    assert set(SKILLS_OF) <= set(TalentCategory.values)
    assert set().union(*SKILLS_OF.values()) <= set(Skill.values)


def test_pages_hand_in_show_decide_and_take_back() -> None:
    with acting(SYSTEM):
        make_areas()
        person = make_responder()
        token = commands.give_link(now=NOW, responder=person)
    own, desk, elsewhere = (Client(headers={"accept-language": "en"}) for _visitor in range(3))
    for client, place in ((desk, COMMUNITY), (elsewhere, OTHER_STREET_COMMUNITY)):
        account = make_plain_account(Role.COMMUNITY_WORKER, place)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    base = f"/s/{token}/talents/"
    words = {"category": "medical_rescue", "title": "执业护士证", "skill": "medical"}

    assert own.post(base, words | {"paper": SimpleUploadedFile("证.pdf", b"MZ program")}).status_code == 422
    assert own.post(base, words).status_code == 422
    assert own.post(base, words | {"paper": SimpleUploadedFile("x.exe", picture())}).status_code == 303
    assert "To be looked at" in own.get(base).content.decode()
    with acting(SYSTEM):
        uuid = Credential.objects.get().uuid

    assert "执业护士证" in desk.get("/talents/?status=submitted").content.decode()
    assert "执业护士证" not in elsewhere.get("/talents/?status=nonsense&category=x").content.decode()
    for path in (f"/talents/{uuid}/", f"/talents/{uuid}/paper/"):
        assert elsewhere.post(path, {"valid_until": ""}).status_code == 404
    paper = desk.post(f"/talents/{uuid}/paper/")
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("image/png", "no-store")
    assert desk.post(f"/talents/{uuid}/", {"refuse": "1", "reason": ""}).status_code == 422
    assert desk.post(f"/talents/{uuid}/", {"valid_until": "2020-01-01"}).status_code == 422
    assert desk.post(f"/talents/{uuid}/", {"valid_until": ""}).status_code == 303
    assert "Medical rescue" in desk.get("/talents/?category=medical_rescue").content.decode()
    assert own.post(f"{base}{uuid}/remove/").status_code == 303
    assert own.post(f"{base}{uuid}/remove/").status_code == 404
