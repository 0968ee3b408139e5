"""What a completed training becomes elsewhere: a line in the staff register of those who work there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from juxing.kernel.actors import Actor
from juxing.organisations.commands import TrainingInput as StaffTrainingInput
from juxing.organisations.commands import record_training
from juxing.organisations.queries.staff import current_entries
from juxing.responders.models import TrainingSession, TrainingSignUp

PROCESS = Actor.system("trainings")
MINUTES_AN_HOUR = 60
LEAST_HOURS = Decimal("0.1")


def write_into_staff_register(session: TrainingSession, rows: Sequence[TrainingSignUp], *, now: datetime) -> int:
    """Write the training down for those in the staff register, in the system's scope; return for how many."""
    accounts = {row.responder.account_id: row for row in rows if row.responder.account_id is not None}
    members = current_entries(list(accounts))
    day = localdate(session.starts_at)
    for member in members:
        hours = Decimal(accounts[member.account_id].minutes) / MINUTES_AN_HOUR
        record_training(actor=PROCESS, now=now, member=member, given=StaffTrainingInput(
            course=session.title, hours=max(LEAST_HOURS, hours.quantize(LEAST_HOURS)), completed_on=day,
            valid_until=day + timedelta(days=session.valid_days),
        ))  # fmt: skip
    return len(members)
