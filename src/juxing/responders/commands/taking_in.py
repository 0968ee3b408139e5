"""Taking a roster in from a spreadsheet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.lifecycle import WrongState
from juxing.responders import policy
from juxing.responders.commands.placing import new_duty
from juxing.responders.models import Duty, Roster
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, DutySource, RosterStatus
from juxing.responders.roster_table_file import read_roster, same_as

TAKEN_IN = journal.declare_action("responders.roster.take_in", _("Shifts taken in from a table"))


@transaction.atomic
def take_in_roster(*, actor: Actor, now: datetime, roster: Roster, content: bytes, filename: str) -> ImportReport:
    """
    Take the good lines of a table into a draft: the person's day becomes what the line says. Sent twice, nothing more.

    Raises:
        InvalidInput: if the file is no table of a roster.
        WrongState: unless it is a draft.
    """
    locked: Roster = Roster._base_manager.select_for_update(of=("self",)).get(pk=roster.pk)
    policy.require(policy.can_plan(actor, locked))
    if locked.status != RosterStatus.DRAFT:
        raise WrongState("roster_is_out", _("Only a draft is planned as a whole. Change single shifts by hand."))
    table, report = roster_table(locked), ImportReport()
    rows = read_roster(content, filename=filename, table=table, report=report)
    standing = {(duty.responder_id, duty.day): duty for duty in table.held}
    shifts, posts = {row.pk: row for row in table.shifts}, {row.pk: row for row in table.posts}
    gone, new = [], []
    for row in rows:
        duty = standing.get((row.person, row.day))
        if duty is not None and same_as(duty, row):
            report.unchanged += 1
            continue
        if duty is not None:
            gone.append(duty.pk)
            report.changed += 1
        else:
            report.added += 1
        new.append(new_duty(locked, row.person, row.day, shifts[row.shift_id], posts[row.post_id], slot=row.slot,
                            source=DutySource.IMPORTED, is_fixed=True))  # fmt: skip
    Duty.objects.filter(pk__in=gone, status=AttendanceStatus.SCHEDULED).delete()
    Duty.objects.bulk_create(new, batch_size=500)
    if new:
        journal.record(TAKEN_IN, actor=actor, subject=locked, happened_at=now, changes={"shifts": len(new)})
    return report
