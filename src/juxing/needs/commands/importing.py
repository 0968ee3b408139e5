"""Uploading a table of needs, and bringing it in step by step."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.jobs import JobHandle, JobKind, start_job
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.needs import policy
from juxing.needs.commands.bulk import record_needs
from juxing.needs.imports import CHUNK_ROWS, NeedRow, inputs_of, preview, read_needs
from juxing.needs.models import NeedImport

UPLOADED = journal.declare_action("needs.import.upload", _("Table of needs uploaded"))
BROUGHT_IN = journal.declare_action("needs.import.bring_in", _("Table of needs brought in"))
MAXIMUM_BYTES = 20 * 2**20


@transaction.atomic
def upload_table(*, actor: Actor, now: datetime, area_code: str, file_name: str, content: bytes) -> NeedImport:
    """
    Keep an uploaded table, sealed, until it is brought in; nothing is recorded yet.

    Raises:
        InvalidInput: if it is too large, unreadable, or has no row.
        NotPermitted: if the actor may not bring in needs there.
    """
    policy.require(bool(area_code) and actor.may(policy.IMPORT, area_code))
    if len(content) > MAXIMUM_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 20 MB. Split it."), field="file")
    _first, count = preview(content, filename=file_name)
    kept = NeedImport.objects.create(
        area_code=area_code, file_name=file_name[-120:], content=base64.b64encode(content).decode(),
        uploaded_by_id=actor.account_id, uploaded_at=now,
    )  # fmt: skip
    kept.refresh_from_db(fields=["uuid"])
    journal.record(UPLOADED, actor=actor, subject=kept, happened_at=now, changes={"rows": count})
    return kept


@transaction.atomic
def begin_import(*, actor: Actor, now: datetime, kept: NeedImport, kind: JobKind) -> UUID:
    """Start bringing a table in, once, and return the job's uuid."""
    policy.require(actor.may(policy.IMPORT, kept.area_code))
    locked = NeedImport.objects.select_for_update().get(pk=kept.pk)
    if locked.job_uuid is not None:
        return locked.job_uuid
    if not locked.content:
        raise Refusal("already_in", _("This table is in already."))
    job = start_job(kind, actor=actor, area_code=locked.area_code, now=now, arguments={"import": str(locked.uuid)})
    locked.job_uuid = job.uuid
    locked.save(update_fields=["job_uuid"])
    return job.uuid


def bring_in(*, actor: Actor, now: datetime, import_uuid: UUID, job: JobHandle | None = None) -> dict[str, Any]:
    """
    Bring the table in, two thousand rows a transaction, and keep the report; the uploaded content is then emptied.

    Killed in the middle and run again, it finds what is already in as repetitions and adds nothing twice.
    """
    with acting(actor):
        kept = NeedImport.objects.get(uuid=import_uuid)
        content, area_code = base64.b64decode(kept.content), kept.area_code
        total = preview(content, filename=kept.file_name)[1]
    report = ImportReport()
    for rows in _pieces(read_needs(content, filename=kept.file_name)):
        with acting(actor):
            _bring_in_piece(rows, actor=actor, now=now, area_code=area_code, report=report)
        if job is not None:
            job.report(stage=str(_("Recording")), done=report.read, total=total)
    with acting(actor):
        NeedImport.objects.filter(pk=kept.pk).update(report=report.as_json(), content="")
        changes = {"added": report.added, "unchanged": report.unchanged, "rejected": report.rejected}
        journal.record(BROUGHT_IN, actor=actor, subject=kept, happened_at=now, changes=changes)
    return {name: getattr(report, name) for name in ("read", "added", "unchanged", "rejected")}


def _bring_in_piece(
    rows: Sequence[NeedRow], *, actor: Actor, now: datetime, area_code: str, report: ImportReport
) -> None:
    kept = inputs_of(rows, actor=actor, area_code=area_code, report=report)
    outcome = record_needs(actor=actor, now=now, inputs=[given for _row, given in kept], skip_duplicates=True)
    report.added += len(outcome.need_ids)
    report.unchanged += len(outcome.duplicates)
    for position, refusal in outcome.refusals.items():
        row = kept[position][0]
        field = refusal.field or ""
        report.reject(row.line, column=field, written="", code=refusal.code, message=refusal.message)


def _pieces(rows: Iterator[NeedRow]) -> Iterator[list[NeedRow]]:
    while piece := list(islice(rows, CHUNK_ROWS)):
        yield piece
