"""A plan's text brought in: what reaches the draft, what never does, who may, and what is left of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import run_job
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import Job, JobStatus, JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands, import_queries, importing
from juxing.plans.content import parsed
from juxing.plans.enums import PlanImportSectionStatus, PlanImportStatus, VersionStatus
from juxing.plans.models import EmergencyPlan, PlanImport, PlanImportSection, PlanVersion
from juxing_text.documents.document import Unreadable
from juxing_text.plan_text.personal import BRACKETS
from tests.activations.makers import RAINSTORM
from tests.factories import DISTRICT, OTHER_STREET_COMMUNITY, STREET, make_account, make_areas
from tests.juxing_text.plan_files import PERSONAL, TYPED, word

SYSTEM = Actor.system("test")
PLAN_FILE = word(TYPED)


@pytest.fixture
def writer(db: None, now: datetime) -> Iterator[Account]:
    """The street's commander; the test acts as the system."""
    with acting(SYSTEM):
        make_areas()
        yield make_account(Role.DISTRICT_COMMANDER, DISTRICT)


def sent(writer: Account, now: datetime, content: bytes = PLAN_FILE) -> PlanImport:
    return importing.import_new_plan(
        actor=actor_of(writer, now=now), now=now, area_code=DISTRICT, hazard=RAINSTORM, title="防汛", content=content,
        file_name="预案.docx",
    )  # fmt: skip


def read(writer: Account, now: datetime) -> PlanImport:
    found = sent(writer, now)
    draft = importing.read_file(found)
    return importing.keep_reading(actor=actor_of(writer, now=now), now=now, plan_import=found, draft=draft)


def section_about(found: PlanImport, topic: str) -> PlanImportSection:
    return PlanImportSection.objects.get(plan_import=found, topic=topic)


def take(writer: Account, now: datetime, section: PlanImportSection, **values: Any) -> PlanImportSection:
    known = importing.read_of(section)
    offered: dict[int, dict[str, Any]] = {at: {} for at, one in enumerate(known["proposals"]) if one["is_offered"]}
    given = {"title": section.title, "text": known["text"], "rows": offered, **values}
    return importing.take_section(actor=actor_of(writer, now=now), now=now, section=section, **given)


def draft_of(found: PlanImport) -> PlanVersion:
    return PlanVersion.objects.get(plan=found.plan, status=VersionStatus.DRAFT)


def test_sections_taken_over_make_a_plan_that_parses_without_anything_personal(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    for section in import_queries.sections_of(found):
        take(writer, now, section, title=section.title or "其他")

    content = draft_of(found).content
    plan = parsed(content)
    assert [row.title for row in plan.sections] == [
        "总则", "组织指挥体系", "监测预警", "应急响应", "后期处置", "应急保障", "附则", "联系方式", "其他"
    ]  # fmt: skip
    assert {row.from_level for row in plan.triggers if row.code.startswith("t")} == {
        "level_1", "level_2", "level_3", "level_4"
    }  # fmt: skip
    assert [detail for detail in PERSONAL if detail in str(content)] == []
    step = next(row for row in plan.playbook if row.title == "2小时内转移危房和底楼居民")
    post = next(row for row in plan.posts if row.title == "转移安置组")
    assert (step.responsible, step.due_min, post.per) == (post.code, 120, "district")
    assert next(row for row in plan.goods if row.title == "沙袋" and row.code.startswith("t")).quantity == 666.67


def test_only_details_confirmed_reach_the_draft_and_that_is_journalled(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    section = section_about(found, "supplementary")
    token = next(one["token"] for one in json.loads(found.aside) if one["is_duty"])

    take(writer, now, section, keep=[token])

    text = next(row["text"] for row in draft_of(found).content["sections"] if row["title"] == "附则")
    assert "值班电话：021-63000000" in text
    take(writer, now, section_about(found, "command"))
    assert f"总指挥：{BRACKETS[0]}姓名{BRACKETS[1]}，" in draft_of(found).content["sections"][-1]["text"]
    entry = JournalEntry.objects.get(action="plans.import_section.take", subject_uuid=section.uuid)
    assert entry.reason


def test_decision_taken_back_takes_its_rows_back_and_nothing_else(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    before = draft_of(found).content
    section = take(writer, now, section_about(found, "response"))
    assert draft_of(found).content != before

    importing.reopen_section(actor=actor_of(writer, now=now), now=now, section=section)

    assert draft_of(found).content == before
    section.refresh_from_db()
    assert section.status == PlanImportSectionStatus.OPEN
    take(writer, now, section)
    with pytest.raises(WrongState):
        take(writer, now, section)


def test_same_file_is_the_same_import_and_its_own_plan_is_begun_once(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    again = importing.start_import(
        actor=actor_of(writer, now=now), now=now, plan=found.plan, file_name="x.docx", content=PLAN_FILE
    )
    kept = importing.keep_reading(
        actor=actor_of(writer, now=now), now=now, plan_import=found, draft=Unreadable.TOO_HARD
    )

    assert (again.pk, kept.status) == (found.pk, PlanImportStatus.READY)
    with pytest.raises(InvalidInput, match="plan_known"):
        sent(writer, now)


def test_file_is_gone_once_read_and_details_once_finished_and_all_after_a_year(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    assert (found.content, bool(found.aside)) == ("", True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanImport.objects.filter(pk=found.pk).update(content="x")

    importing.forget_imports(actor=SYSTEM, now=now + timedelta(days=31))

    found.refresh_from_db()
    assert (found.status, found.aside) == (PlanImportStatus.CLOSED, "")
    assert not found.sections.filter(status=PlanImportSectionStatus.OPEN).exists()
    with pytest.raises(Refusal, match="import_closed"):
        take(writer, now, section_about(found, "purpose"))
    importing.forget_imports(actor=SYSTEM, now=now + timedelta(days=400))
    assert not PlanImport.objects.exists()


def test_unreadable_file_is_refused_at_once_or_failed_and_may_be_sent_again(writer: Account, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="file_old_word"):
        sent(writer, now, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....")
    assert not EmergencyPlan.objects.exists()
    found = sent(writer, now, PLAN_FILE[:-300])
    failed = importing.keep_reading(
        actor=actor_of(writer, now=now), now=now, plan_import=found, draft=importing.read_file(found)
    )
    assert (failed.status, failed.failure, failed.content) == (PlanImportStatus.FAILED, "damaged", "")

    again = importing.start_import(
        actor=actor_of(writer, now=now), now=now, plan=found.plan, file_name="x.docx", content=PLAN_FILE[:-300]
    )

    assert (again.pk, again.status) == (found.pk, PlanImportStatus.WAITING)


def test_nobody_brings_a_text_into_a_plan_of_another_place(writer: Account, now: datetime) -> None:
    found = read(writer, now)
    stranger = actor_of(make_account(Role.COMMUNITY_SECRETARY, OTHER_STREET_COMMUNITY), now=now)

    with pytest.raises(NotPermitted):
        importing.start_import(actor=stranger, now=now, plan=found.plan, file_name="x", content=PLAN_FILE)
    with acting(stranger), pytest.raises(NotVisible):
        import_queries.import_of(actor=stranger, uuid=found.uuid)
    section = section_about(found, "purpose")
    with acting(stranger), pytest.raises(NotVisible):
        import_queries.section_of(actor=stranger, uuid=section.uuid)


@pytest.mark.django_db
def test_pages_lead_from_the_file_to_the_finished_plan(now: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        account = make_account(Role.STREET_COMMANDER, STREET)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    form = {"title": "Flood", "hazard": RAINSTORM, "area_code": STREET, "review_months": 12}
    old = SimpleUploadedFile("plan.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....")
    refused = client.post(reverse("plans:import_new"), {**form, "file": old})
    assert (refused.status_code, "type .docx" in refused.content.decode()) == (422, True)

    started = client.post(reverse("plans:import_new"), {**form, "file": SimpleUploadedFile("plan.docx", PLAN_FILE)})
    assert "Waiting for its turn" in client.get(started["Location"]).content.decode()
    with acting(SYSTEM):
        job = Job.objects.get(kind=importing.IMPORT_KIND)
    run_job(job_id=job.pk)
    with acting(SYSTEM):
        job.refresh_from_db()
        sections = list(PlanImportSection.objects.order_by("position"))
        import_uuid = PlanImport.objects.get().uuid
    assert job.status == JobStatus.DONE

    with CaptureQueriesContext(
        connection,
    ) as few:
        listed = client.get(started["Location"]).content.decode()
    assert len(few) < 30
    assert "0 of 9 sections decided" in listed
    address = reverse("plans:import_section", args=[sections[3].uuid])
    shown = client.get(address).content.decode()
    assert "Nobody is named" in shown
    assert not any(detail in shown + listed for detail in PERSONAL)
    fields = {"title": "响应", "text": "正文", "take_0": "on", "title_0": "", "from_level_0": "level_1"}
    assert client.post(address, fields).status_code == 422
    taken = client.post(address, {**fields, "title_0": "暴雨红色预警"})
    assert taken["Location"] == reverse("plans:import_section", args=[sections[4].uuid])
    client.post(reverse("plans:import_decide", args=[sections[0].uuid, "leave"]))
    finished = client.post(reverse("plans:import_finish", args=[import_uuid]))
    plan_page = client.get(finished["Location"]).content.decode()
    assert "plan.docx" in plan_page
    with acting(SYSTEM):
        content = PlanVersion.objects.get().content
    assert [row["title"] for row in content["sections"]] == ["响应"]
    assert "暴雨红色预警" in [row["title"] for row in content["triggers"]]


def test_import_into_a_plan_in_force_begins_its_next_version(writer: Account, now: datetime) -> None:
    actor = actor_of(writer, now=now)
    first = commands.begin_plan(actor=actor, now=now, area_code=DISTRICT, hazard=RAINSTORM, title="防汛")
    commands.approve_version(actor=actor, now=now, version=first, undrilled_reason="test")
    found = importing.start_import(actor=actor, now=now, plan=first.plan, file_name="x", content=PLAN_FILE)
    found = importing.keep_reading(actor=actor, now=now, plan_import=found, draft=importing.read_file(found))

    take(writer, now, section_about(found, "purpose"))

    first.refresh_from_db()
    second = draft_of(found)
    assert (first.status, second.number) == (VersionStatus.APPROVED, 2)
    assert len(second.content["sections"]) == len(first.content["sections"]) + 1
