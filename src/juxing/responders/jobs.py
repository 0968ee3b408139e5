"""Background work of responders: taking in long lists."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.commands.sending import IMPORT_KIND
from juxing.responders.imports import import_list
from juxing.responders.models import ReportInList

PROCESS = Actor.system("responders")


@declare_job(IMPORT_KIND, _("Report-in list"))
def IMPORT(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Take in an uploaded list with the rights of the one who sent it."""
    now = clock.now()
    with acting(PROCESS):
        sent = ReportInList.objects.select_related("uploaded_by").get(uuid=UUID(job.arguments["list"]))
        actor = actor_of(sent.uploaded_by, now=now) if sent.uploaded_by else PROCESS
    if not sent.content:
        return dict(sent.report)

    def show(done: int, total: int) -> None:
        job.report(stage=str(_("Rows")), done=done, total=total)

    areas = actor.areas_with(policy.VERIFY)
    report = import_list(
        sent, base64.b64decode(sent.content), actor=actor, areas=areas, now=now, progress=show
    ).as_json()
    with acting(PROCESS):
        ReportInList.objects.filter(pk=sent.pk).update(content="", report=report)
    return report
