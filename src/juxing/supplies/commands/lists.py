"""Handing in a list of requests or offers; a job takes it in row by row."""

from __future__ import annotations

import base64
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput
from juxing.supplies import policy
from juxing.supplies.enums import LineKind
from juxing.supplies.models import SupplyList

IMPORT_KIND = "supplies.import"
MAXIMUM_BYTES = 20 * 2**20


@transaction.atomic
def send_list(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    kind: LineKind,
    name: str,
    content: bytes,
    is_one_unknown: bool = False,
) -> tuple[SupplyList, Job]:
    """
    Keep an uploaded list and start taking it in.

    Raises:
        NotPermitted: if the actor may not record requests and offers here.
        InvalidInput: if the file is empty or too large, or the list has no name.
    """
    actor.require(policy.RECORD, area_code)
    if not name.strip() or len(name) > 80:
        raise InvalidInput("name_missing", _("Give the list a name of at most 80 characters."), field="name")
    if not content.strip():
        raise InvalidInput("file_empty", _("The file is empty. Choose the file you filled in."), field="file")
    if len(content) > MAXIMUM_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 20 MB. Split it."), field="file")
    sent = SupplyList.objects.create(
        area_code=area_code, kind=kind, name=name.strip(), content=base64.b64encode(content).decode(),
        is_one_unknown=is_one_unknown, uploaded_by_id=actor.account_id, uploaded_at=now,
    )  # fmt: skip
    job = start_job(
        job_kinds[IMPORT_KIND], actor=actor, area_code=area_code, now=now, arguments={"list": str(sent.uuid)}
    )
    SupplyList.objects.filter(pk=sent.pk).update(job_uuid=job.uuid)
    return sent, job
