"""Handing in a list of people; a job takes it in row by row."""

from __future__ import annotations

import base64
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput
from juxing.organisations.models import Organisation
from juxing.responders import policy
from juxing.responders.models import RecruitmentCall, ReportInList

IMPORT_KIND = "responders.import"
MAXIMUM_BYTES = 20 * 2**20


@transaction.atomic
def send_list(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    file_name: str,
    content: bytes,
    organisation: Organisation | None = None,
    call: RecruitmentCall | None = None,
) -> tuple[ReportInList, Job]:
    """
    Keep an uploaded list and start taking it in; everybody in it answers the call, if one is given.

    Raises:
        NotPermitted: if the actor may not record responders here.
        InvalidInput: if the file is empty or too large.
    """
    actor.require(policy.VERIFY, area_code)
    if not content.strip():
        raise InvalidInput("file_empty", _("The file is empty. Choose the file you filled in."), field="file")
    if len(content) > MAXIMUM_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 20 MB. Split it by community."), field="file")
    sent = ReportInList.objects.create(
        area_code=area_code, file_name=file_name[-120:], content=base64.b64encode(content).decode(),
        organisation=organisation, call_uuid=call.uuid if call else None,
        uploaded_by_id=actor.account_id, uploaded_at=now,
    )  # fmt: skip
    job = start_job(
        job_kinds[IMPORT_KIND], actor=actor, area_code=area_code, now=now, arguments={"list": str(sent.uuid)}
    )
    ReportInList.objects.filter(pk=sent.pk).update(job_uuid=job.uuid)
    return sent, job
