"""Background work of people: imports of households, and forgetting codes and answers in time."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import forget_keys
from juxing.kernel.jobs import JobHandle, declare_job, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.people import policy
from juxing.people.codes import forget_codes
from juxing.people.imports import import_households
from juxing.people.models import HouseholdFile

PROCESS = Actor.system("people")


@declare_job("people.import_households", gettext_lazy("Import of households"))
def run_import(handle: JobHandle) -> dict[str, Any]:
    """Import the stored file with the rights its sender has now, and delete it."""
    now = clock.now()
    with acting(Actor.system("household import")):
        stored = HouseholdFile.objects.filter(uuid=handle.arguments["file"]).first()
        sender = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
    if stored is None or sender is None:
        raise NotVisible
    report = import_households(
        actor=actor_of(sender, now=now), now=now, content=base64.b64decode(stored.content), filename=stored.filename,
        area_code=handle.area_code,
        progress=lambda done, total: handle.report(stage=_("Communities"), done=done, total=total),
    )  # fmt: skip
    with acting(Actor.system("household import")):
        stored.delete()
    return report.as_json()


@transaction.atomic
def start_import(*, actor: Actor, now: datetime, area_code: str, filename: str, content: bytes) -> Job:
    """Store the file, sealed, and start its import."""
    actor.require(policy.IMPORT, area_code)
    stored = HouseholdFile.objects.create(
        area_code=area_code, filename=filename[:120], content=base64.b64encode(content).decode(), uploaded_at=now
    )
    stored.refresh_from_db(fields=["uuid"])
    return start_job(run_import, actor=actor, area_code=area_code, now=now, arguments={"file": str(stored.uuid)})


@app.periodic(cron="7 3 * * *")
@app.task(name="people.forget", queue="clock", queueing_lock="people.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: drop used codes, and the answers kept for messages sent twice."""
    now = clock.now()
    with acting(PROCESS):
        forget_codes(now=now)
        forget_keys(now=now)
