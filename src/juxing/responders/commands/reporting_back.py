"""Reporting back (双报告): what was done goes to the community and to the home unit, as hours and nothing else."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders.enums import ReportInScope
from juxing.responders.models import ReportBack, Roster, ServiceRecord

PROCESS = Actor.system("reporting back")


def report_back(*, now: datetime, roster: Roster) -> int:
    """
    Write for everyone who worked in a roster what they did, to both sides; return how many rows.

    In the system's scope: who came from elsewhere is reported to the community they live in.
    """
    with acting(PROCESS):
        worked = (
            ServiceRecord.objects.filter(duty__roster=roster)
            .values("responder_id", "responder__home_unit_id", "responder__area_code")
            .annotate(shifts=Count("id"), minutes=Sum(Coalesce(F("corrected_minutes"), F("minutes"))))
            .order_by()
        )
        rows = []
        for person in worked:
            facts = {"responder_id": person["responder_id"], "roster": roster, "shifts": person["shifts"],
                     "minutes": person["minutes"], "reported_at": now}  # fmt: skip
            home, unit = person["responder__area_code"], person["responder__home_unit_id"]
            rows.append(ReportBack(scope=ReportInScope.RESIDENCE, area_code=home, **facts))
            if unit:
                rows.append(ReportBack(scope=ReportInScope.HOME_UNIT, organisation_id=unit,
                                       area_code=roster.area_code, **facts))  # fmt: skip
        ReportBack.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
