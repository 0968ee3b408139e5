"""An existing plan's text brought in: sent as a file, read apart, confirmed section by section, finished."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.plans import commands, plan_form, policy
from juxing.plans.enums import PlanImportSectionStatus, PlanImportStatus
from juxing.plans.import_beside import is_as_the_draft_has_it
from juxing.plans.import_rows import ChosenSection, changed_rows, merged, taken_back
from juxing.plans.import_words import unreadable_words
from juxing.plans.lifecycle import IMPORT, SECTION
from juxing.plans.models import EmergencyPlan, PlanImport, PlanImportSection, PlanVersion
from juxing.plans.queries import content_to_extend
from juxing_text.documents import UnreadableDocument
from juxing_text.documents.apart import read_apart
from juxing_text.documents.document import Unreadable
from juxing_text.documents.reading import kind_of
from juxing_text.plan_text import PlanDraft, read_plan
from juxing_text.plan_text.draft import written

IMPORT_KIND = "plans.import"
SENT = journal.declare_action("plans.import.send", _("Plan text sent in"))
MAXIMUM_FILE_BYTES = 20 * 2**20
MEMORY = timedelta(days=30)
KEPT_FOR = timedelta(days=365)


@transaction.atomic
def import_new_plan(
    *, actor: Actor, now: datetime, area_code: str, hazard: str, title: str, grade: int | None = None,
    review_months: int = 12, file_name: str, content: bytes,
) -> PlanImport:  # fmt: skip
    """
    Begin a plan whose chapters come from a file; posts, units and rights begin as the hazard's template has them.

    Raises:
        NotPermitted, InvalidInput: as ``commands.begin_plan`` and ``start_import``.
    """
    _require_file(content)
    version = commands.begin_plan(
        actor=actor, now=now, area_code=area_code, hazard=hazard, title=title, grade=grade, review_months=review_months
    )
    commands.write_part(actor=actor, now=now, version=version, part="sections", rows=[])
    return start_import(actor=actor, now=now, plan=version.plan, file_name=file_name, content=content)


@transaction.atomic
def start_import(
    *, actor: Actor, now: datetime, plan: EmergencyPlan, file_name: str, content: bytes
) -> PlanImport:  # fmt: skip
    """
    Keep the file, sealed, and start reading it; a file sent before is returned as it stands, one that failed retried.

    Raises:
        NotPermitted: if the actor may not write the plan.
        InvalidInput: if the file is empty, too large, or seen at once to be neither a .docx nor a PDF.
    """
    if not policy.can_write(actor, plan):
        raise NotPermitted
    _require_file(content)
    EmergencyPlan.objects.select_for_update().get(pk=plan.pk)
    digest, sealed = hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()
    known = PlanImport.objects.filter(plan=plan, digest=digest).first()
    if known is not None and known.status != PlanImportStatus.FAILED:
        return known
    if known is None:
        known = PlanImport.objects.create(
            plan=plan, area_code=plan.area_code, file_name=" ".join(file_name.split())[-120:] or "-", digest=digest,
            content=sealed, uploaded_by_id=actor.account_id, uploaded_at=now,
        )  # fmt: skip
        known.refresh_from_db(fields=["uuid"])
        journal.record(SENT, actor=actor, subject=known, happened_at=now, changes={"bytes": len(content)})
    else:
        known = IMPORT.move(known, "retry", actor=actor, now=now, changes={"content": sealed, "failure": ""})
    job = start_job(
        job_kinds[IMPORT_KIND], actor=actor, area_code=plan.area_code, now=now, arguments={"import": str(known.uuid)}
    )
    known.job_uuid = job.uuid
    known.save(update_fields=["job_uuid"])
    return known


def read_file(plan_import: PlanImport) -> PlanDraft | Unreadable:
    """Return what the kept file says, or why it cannot be read; call it outside of any transaction."""
    try:
        return read_plan(read_apart(base64.b64decode(plan_import.content)), form=plan_form.rows_of)
    except UnreadableDocument as fault:
        return fault.reason


@transaction.atomic
def keep_reading(
    *, actor: Actor, now: datetime, plan_import: PlanImport, draft: PlanDraft | Unreadable
) -> PlanImport:  # fmt: skip
    """
    Keep what was understood, without the file; a reading kept already, by a job killed after it, stays as it is.

    Raises:
        NotPermitted: if the actor may not write the plan.
    """
    current = PlanImport.objects.select_for_update().get(pk=plan_import.pk)
    if current.status != PlanImportStatus.WAITING:
        return current
    if isinstance(draft, Unreadable):
        changes = {"content": "", "failure": str(draft)}
        return IMPORT.move(current, "fail", actor=actor, now=now, changes=changes)
    return _keep(current, draft, actor=actor, now=now)


@transaction.atomic
def take_section(
    *, actor: Actor, now: datetime, section: PlanImportSection, title: str, text: str,
    rows: Mapping[int, Mapping[str, Any]], keep: Collection[str] = (), drop: Collection[str] = (),
) -> PlanImportSection:  # fmt: skip
    """
    Write a section into the plan's draft as a person confirmed it; a draft is begun where there is none.

    ``rows`` are the rows chosen, by their place among those proposed, with what was changed in them. ``keep`` names
    the details taken out that shall stand in the plan; how many is journalled. ``drop`` names rows of the draft
    ("posts:gate_lead") that the file, in the plan's own form, does not have any more.

    Raises:
        NotPermitted: if the actor may not write the plan.
        WrongState: if it was decided by somebody else.
        InvalidInput: if title, text or a row cannot be used.
    """
    kept = PlanImport.objects.select_related("plan").select_for_update(of=("self",)).get(pk=section.plan_import_id)
    _require_ready(kept)
    plain = " ".join(title.split())
    if not plain:
        raise InvalidInput("title_bad", _("Write a title of up to 80 characters."), field="title")
    version = _locked_draft(kept, actor=actor, now=now)
    values = {one["token"]: one["value"] for one in json.loads(kept.aside or "[]") if one["token"] in set(keep)}
    read = read_of(section)
    chosen = ChosenSection(
        kept.pk, section.position, section.topic, plain[:80], text.strip(), read["proposals"], rows, values,
        is_form=read.get("is_form", False),
    )  # fmt: skip
    content = merged(version.content, chosen, kept.plan, drop=drop)
    undo = changed_rows(version.content, content)
    commands.write_content(actor=actor, now=now, version=version, content=content)
    section.read = json.dumps({**read, "undo": undo}, ensure_ascii=False)
    section.save(update_fields=["read"])
    reason = str(_("Personal details kept: %(count)d") % {"count": len(values)}) if values else ""
    return SECTION.move(
        section, "take", actor=actor, now=now, reason=reason,
        changes={"decided_by_id": actor.account_id, "decided_at": now},
    )  # fmt: skip


@transaction.atomic
def leave_section(*, actor: Actor, now: datetime, section: PlanImportSection) -> PlanImportSection:
    """Leave a section out; its original stays with the import."""
    changes = {"decided_by_id": actor.account_id, "decided_at": now}
    return SECTION.move(section, "leave", actor=actor, now=now, changes=changes)


@transaction.atomic
def leave_unchanged(*, actor: Actor, now: datetime, plan_import: PlanImport) -> int:
    """Leave out every open section that is as the draft has it, and return how many."""
    _require_ready(plan_import)
    content = content_to_extend(plan_import.plan)
    is_open = plan_import.sections.filter(status=PlanImportSectionStatus.OPEN).order_by("position")
    found = [one for one in is_open if is_as_the_draft_has_it(content, one.title, read_of(one))]
    for section in found:
        leave_section(actor=actor, now=now, section=section)
    return len(found)


@transaction.atomic
def reopen_section(*, actor: Actor, now: datetime, section: PlanImportSection) -> PlanImportSection:
    """
    Take a decision back; what the section brought into the draft is taken out of it again.

    Raises:
        Refusal: if the import is finished, or the draft it was taken into has come into force.
    """
    kept = PlanImport.objects.select_related("plan").select_for_update(of=("self",)).get(pk=section.plan_import_id)
    _require_ready(kept)
    if section.status == PlanImportSectionStatus.TAKEN:
        version = PlanVersion.objects.filter(plan=kept.plan, status="draft").select_for_update().first()
        if version is None:
            raise Refusal("draft_gone", _("The draft it was taken into is no draft any more. Change the plan itself."))
        content = taken_back(version.content, read_of(section).get("undo", ()))
        commands.write_content(actor=actor, now=now, version=version, content=content)
    return SECTION.move(section, "reopen", actor=actor, now=now, changes={"decided_by_id": None, "decided_at": None})


@transaction.atomic
def close_import(*, actor: Actor, now: datetime, plan_import: PlanImport) -> PlanImport:
    """Finish an import: sections still open are left out, and the details taken out are destroyed."""
    for section in plan_import.sections.filter(status=PlanImportSectionStatus.OPEN).order_by("position"):
        leave_section(actor=actor, now=now, section=section)
    return IMPORT.move(plan_import, "close", actor=actor, now=now, changes={"aside": "", "closed_at": now})


@transaction.atomic
def forget_imports(*, actor: Actor, now: datetime) -> int:
    """
    Finish what nobody touched for thirty days, and delete what ended a year ago; return how many of both.

    A file that could not be read within a day is given up.
    """
    stale = PlanImport.objects.filter(status=PlanImportStatus.READY, uploaded_at__lt=now - MEMORY).order_by("pk")[:200]
    for one in stale:
        close_import(actor=actor, now=now, plan_import=one)
    stuck = PlanImport.objects.filter(status=PlanImportStatus.WAITING, uploaded_at__lt=now - timedelta(days=1))
    for one in (waiting := list(stuck.order_by("pk")[:200])):
        IMPORT.move(one, "fail", actor=actor, now=now, changes={"content": "", "failure": str(Unreadable.TOO_HARD)})
    ended = PlanImport.objects.filter(
        status__in=[PlanImportStatus.CLOSED, PlanImportStatus.FAILED], uploaded_at__lt=now - KEPT_FOR
    )
    ids = list(ended.order_by("pk").values_list("pk", flat=True)[:200])
    PlanImport.objects.filter(pk__in=ids).delete()
    return len(stale) + len(waiting) + len(ids)


def read_of(section: PlanImportSection) -> dict[str, Any]:
    """Return what was read: ``text``, ``original`` (blocks as text) and ``proposals``."""
    found: dict[str, Any] = json.loads(section.read)
    return found


def _require_file(content: bytes) -> None:
    if len(content) > MAXIMUM_FILE_BYTES:
        raise InvalidInput("file_too_large", unreadable_words(Unreadable.TOO_LARGE), field="file")
    kind = kind_of(content)
    if isinstance(kind, Unreadable):
        raise InvalidInput(f"file_{kind}", unreadable_words(kind), field="file")


def _require_ready(plan_import: PlanImport) -> None:
    if plan_import.status != PlanImportStatus.READY:
        raise Refusal("import_closed", _("This import is finished. Change the plan itself, or send the text anew."))


def _locked_draft(plan_import: PlanImport, *, actor: Actor, now: datetime) -> PlanVersion:
    version = commands.begin_version(actor=actor, now=now, plan=plan_import.plan)
    return PlanVersion.objects.select_for_update().get(pk=version.pk)


def _keep(plan_import: PlanImport, draft: PlanDraft, *, actor: Actor, now: datetime) -> PlanImport:
    aside = [{"token": one.token, "kind": one.kind, "value": one.value, "is_duty": one.is_duty} for one in draft.aside]
    read = IMPORT.move(
        plan_import, "read", actor=actor, now=now,
        changes={"content": "", "aside": json.dumps(aside, ensure_ascii=False) if aside else "",
                 "title": draft.title[:80], "remarks": list(draft.document.remarks)},
    )  # fmt: skip
    PlanImportSection.objects.bulk_create(
        PlanImportSection(
            plan_import=read, area_code=read.area_code, position=number, topic=section.topic, title=section.title,
            doubts=list(section.doubts),
            read=json.dumps(
                {"text": section.text, "is_form": draft.is_form,
                 "original": [written(draft.document.blocks[at]) for at in section.blocks],
                 "proposals": [
                     {"part": one.part, "row": one.row, "doubts": list(one.doubts), "responsible": one.responsible,
                      "is_offered": one.is_offered, "is_form": one.is_form}
                     for one in section.proposals
                 ]},
                ensure_ascii=False,
            ),
        )
        for number, section in enumerate(draft.sections)
    )  # fmt: skip
    return read
