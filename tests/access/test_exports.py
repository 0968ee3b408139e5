"""Tables leave the house through one place: right, purpose, mark, journal, and a second person for many persons."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from juxing.access import exporting
from juxing.access.exporting import export_kinds
from juxing.access.models import Account, Export
from juxing.access.purposes import processing_purposes, purposes_for, require_purpose
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.people.own_commands import ask_about_own_data
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    STREET,
    make_account,
    make_actor,
    make_areas,
    make_household,
    make_resident,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SOURCE = Path(exporting.__file__).resolve().parents[1]
WORDS = {"purpose": "visiting", "reason": "Visits before the cold of next week", "file_format": "xlsx"}
KIND = export_kinds["people.residents"]


def ask(actor: Actor, now: datetime, **values: Any) -> tuple[Export, exporting.Table | None]:
    return exporting.ask(actor=actor, now=now, kind=KIND, **{"area_code": COMMUNITY, **WORDS, **values})


@pytest.fixture
def few(settings: Settings) -> None:
    """Two persons are few here; three are many."""
    settings.MASS_EXPORT_PERSONS = 2


def make_three() -> None:
    for name in ("王秀英", "李伟", "=HYPERLINK(1)"):
        make_resident(make_household(COMMUNITY), name=name)
    make_resident(make_household(OTHER_COMMUNITY), name="赵别处")


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_file_carries_who_when_and_its_number_beside_every_row() -> None:
    make_three()
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)

    answer = signed_in(account).post(reverse("access:export", args=["people.residents"]), {"area": COMMUNITY, **WORDS})

    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    export = Export.objects.get()
    assert "no-store" in answer["Cache-Control"]
    assert account.display_name in str(rows[0][-1])
    assert export.number in str(rows[0][-1])
    assert [row[-1] for row in rows[1:]] == [export.number] * 3
    assert {row[2] for row in rows[1:]} == {"王秀英", "李伟", "'=HYPERLINK(1)"}
    entry = JournalEntry.objects.get(action=exporting.TAKEN)
    assert (entry.changes["purpose"], entry.changes["persons"], entry.changes["number"]) == (
        "visiting",
        3,
        export.number,
    )


def test_text_carries_the_mark_too() -> None:
    make_three()
    client = signed_in(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))

    answer = client.post(
        reverse("access:export", args=["people.residents"]), {"area": "", **WORDS, "file_format": "csv"}
    )

    lines = answer.content.decode("utf-8-sig").strip().splitlines()
    assert all(line.strip('"').endswith(Export.objects.get().number) for line in lines)
    assert "'=HYPERLINK" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.GRID_WORKER, Role.RESPONDER, Role.SYSTEM_ADMIN])
def test_seeing_is_not_taking_out(role: Role, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        ask(make_actor(role, COMMUNITY), now)
    assert signed_in(make_account(role, COMMUNITY)).get(
        reverse("access:export", args=["people.residents"])
    ).status_code == 403  # fmt: skip


def test_place_outside_the_right_is_refused_and_wider_ones_are_cut(now: datetime) -> None:
    make_three()
    actor = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)

    with pytest.raises(NotPermitted):
        ask(actor, now, area_code=OTHER_COMMUNITY)
    _export, table = ask(actor, now, area_code=STREET)

    assert table is not None
    assert "赵别处" not in {row[2] for row in table.rows}


def test_purpose_is_needed_known_held_and_for_lists(now: datetime) -> None:
    actor = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)
    operator = make_actor(Role.STREET_OPERATOR, STREET)

    for wrong in ("", "curiosity", "answering"):
        with pytest.raises(InvalidInput):
            ask(actor, now, purpose=wrong)
    with pytest.raises(NotPermitted):
        ask(operator, now, purpose="visiting")
    ask(operator, now, purpose="emergency")


def test_resident_who_objected_is_not_in_the_list_for_that_use_but_in_an_emergency(now: datetime) -> None:
    resident = make_resident(make_household(COMMUNITY))
    ask_about_own_data(actor=Actor.resident(), now=now, resident=resident, kind="objection", objection="care")
    actor = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)

    _first, visiting = ask(actor, now)
    _second, emergency = ask(actor, now, purpose="emergency")

    assert visiting is not None
    assert emergency is not None
    assert (len(visiting.rows), len(emergency.rows)) == (0, 1)


def test_many_persons_need_a_reason_and_a_second_person(few: None, now: datetime) -> None:
    make_three()
    first, second = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY), make_actor(Role.STREET_COMMANDER, STREET)
    with pytest.raises(InvalidInput, match="reason_short"):
        ask(first, now, reason="list")

    export, table = ask(first, now)
    assert table is None
    with pytest.raises(Refusal, match="export_not_approved"):
        exporting.take(actor=first, now=now, export=export)
    exporting.decide(actor=second, now=now, export=export, approve=True)
    taken, table = exporting.take(actor=first, now=now, export=export)

    assert (taken.taken_at, len(table.rows)) == (now, 3)
    assert [entry.action for entry in JournalEntry.objects.filter(subject_uuid=export.uuid).order_by("id")] == [
        exporting.ASKED, exporting.APPROVED, exporting.TAKEN,
    ]  # fmt: skip


def test_approved_file_is_given_once_to_whoever_asked_and_in_time(few: None, now: datetime) -> None:
    make_three()
    first, second = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY), make_actor(Role.STREET_COMMANDER, STREET)
    exports = [ask(first, now)[0] for _time in range(2)]
    for export in exports:
        exporting.decide(actor=second, now=now, export=export, approve=True)

    with pytest.raises(NotVisible):
        exporting.take(actor=second, now=now, export=exports[0])
    exporting.take(actor=first, now=now, export=exports[0])
    with pytest.raises(Refusal, match="export_taken"):
        exporting.take(actor=first, now=now, export=exports[0])
    with pytest.raises(Refusal, match="export_over"):
        exporting.take(actor=first, now=now + timedelta(hours=25), export=exports[1])


def test_rights_are_asked_for_again_when_the_file_is_taken(few: None, now: datetime) -> None:
    make_three()
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    export, _table = ask(actor_of(account, now=now), now)
    exporting.decide(actor=make_actor(Role.STREET_COMMANDER, STREET), now=now, export=export, approve=True)
    account.role_assignments.update(ends_at=now + timedelta(hours=1))

    later = now + timedelta(hours=2)
    actor = actor_of(account, now=later)
    with pytest.raises(NotPermitted):
        exporting.take(actor=actor, now=later, export=export)


def test_list_that_grew_after_the_approval_is_not_given(few: None, now: datetime) -> None:
    make_three()
    first = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)
    export, _table = ask(first, now)
    exporting.decide(actor=make_actor(Role.STREET_COMMANDER, STREET), now=now, export=export, approve=True)
    make_resident(make_household(COMMUNITY))

    with pytest.raises(Refusal, match="export_grew"):
        exporting.take(actor=first, now=now, export=export)


def test_nobody_is_both_persons(few: None, now: datetime) -> None:
    make_three()
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    account.role_assignments.create(role=Role.STREET_COMMANDER, area_code=STREET, starts_at=now - timedelta(days=1))
    actor = actor_of(account, now=now)
    export, _table = ask(actor, now)

    with pytest.raises(NotPermitted):
        exporting.decide(actor=actor, now=now, export=export, approve=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(decided_by=account, decided_at=now, is_approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(taken_at=now)


def test_approver_of_another_street_finds_nothing(few: None) -> None:
    make_three()
    export, _table = ask(make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY), clock.now())
    elsewhere = signed_in(make_account(Role.STREET_COMMANDER, "990117002"))
    here = signed_in(make_account(Role.STREET_COMMANDER, STREET))

    assert elsewhere.get(reverse("access:export_asked", args=[export.uuid])).status_code == 404
    assert (
        elsewhere.post(reverse("access:decide_export", args=[export.uuid]), {"decision": "approve"}).status_code == 404
    )
    assert here.post(reverse("access:decide_export", args=[export.uuid]), {"decision": "refuse"}).status_code == 422
    assert here.post(
        reverse("access:decide_export", args=[export.uuid]), {"decision": "refuse", "note": "not needed"}
    ).status_code == 302  # fmt: skip
    export.refresh_from_db()
    assert (export.is_approved, export.decision_note) == (False, "not needed")


def test_decision_comes_once_and_in_time(few: None, now: datetime) -> None:
    make_three()
    first, second = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY), make_actor(Role.STREET_COMMANDER, STREET)
    export, _table = ask(first, now)
    with pytest.raises(Refusal, match="export_over"):
        exporting.decide(actor=second, now=now + timedelta(days=4), export=export, approve=True)
    exporting.decide(actor=second, now=now, export=export, approve=False, note="no")
    with pytest.raises(Refusal, match="export_decided"):
        exporting.decide(actor=second, now=now, export=export, approve=True)


def test_every_kind_asks_a_declared_right_and_a_stranger_gets_none_of_them(now: datetime) -> None:
    kinds = [kind for _code, kind in export_kinds]
    assert {kind.code for kind in kinds} >= {
        "people.residents", "people.care", "organisations.posts", "organisations.pledges", "organisations.coverage",
        "venues.venues", "venues.gaps", "needs.rejected", "responders.rejected",
        "responders.roster",
    }  # fmt: skip
    nobody = make_actor(Role.RESIDENT, COMMUNITY)
    for kind in kinds:
        with pytest.raises(NotPermitted):
            exporting.ask(actor=nobody, now=now, kind=kind, purpose="running", area_code=COMMUNITY)


def test_no_room_writes_tables_for_download_by_itself() -> None:
    """
    Empty templates to fill in are no data; everything else goes through ``access.export_files``.

    But for two without persons: the situation report's counts, and the donations' table that is published for all.
    """
    templates = {"template.py", "venue_table.py", "organisation_table.py", "tables.py", "household_table.py",
                 "spreadsheets.py", "imports.py"}  # fmt: skip
    still_by_themselves = {"command/pages/reports.py", "supplies/exports.py"}
    writers = []
    for path in SOURCE.rglob("*.py"):
        if "demo" in path.parts or path.name in templates or path.name == "export_files.py":
            continue
        text = path.read_text(encoding="utf-8")
        names = {
            alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names
        }
        if "xlsxwriter" in names or "text/csv" in text or "csv.writer(" in text:
            writers.append(str(path.relative_to(SOURCE)))
    assert set(writers) <= still_by_themselves


def test_purposes_name_known_roles_and_hold_only_where_the_role_does() -> None:
    assert all(purpose.roles <= set(Role) for _code, purpose in processing_purposes)
    worker = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    assert {one.code for one in purposes_for(worker)} == {"answering", "visiting", "emergency", "correcting", "rights"}
    with pytest.raises(NotPermitted):
        require_purpose(worker, "answering", area_code=OTHER_COMMUNITY)
    with pytest.raises(NotPermitted):
        require_purpose(worker, "oversight", area_code=COMMUNITY, lists=True)


def test_pages_show_the_way_through(few: None) -> None:
    make_areas()
    make_three()
    clerk = signed_in(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))
    second = signed_in(make_account(Role.PRIVACY_OFFICER, STREET))

    form = clerk.get(reverse("access:export", args=["people.residents"]) + f"?area={COMMUNITY}")
    asked = clerk.post(reverse("access:export", args=["people.residents"]), {"area": COMMUNITY, **WORDS})
    shown = second.get(asked["Location"])
    second.post(f"{asked['Location']}decide/", {"decision": "approve", "note": ""})
    file = clerk.post(f"{asked['Location']}take/")
    again = clerk.post(f"{asked['Location']}take/")

    assert (form.status_code, shown.status_code) == (200, 200)
    assert file["Content-Type"].startswith("application/vnd.openxml")
    assert again.status_code == 302
    assert Export.objects.get().number in second.get(reverse("access:exports")).content.decode()
    assert clerk.get(reverse("access:export", args=["no.such"])).status_code == 404


def test_own_exports_only_for_who_oversees_nothing() -> None:
    make_three()
    mine, other = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY), make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    with acting(Actor.system("test")):
        export, _table = ask(actor_of(mine, now=clock.now()), clock.now())
    assert export.number not in signed_in(other).get(reverse("access:exports")).content.decode()
    assert export.number in signed_in(mine).get(reverse("access:exports")).content.decode()
