"""Checklists opened for a month, ticked and reminded of; visit programmes begun, counted and closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.checklists import CHECKLISTS, PROGRAMMES
from juxing.organisations.commands.words import plain_name, recorded, require_area, require_kind
from juxing.organisations.models import (
    ChecklistSheet,
    ChecklistTick,
    ProgrammeEntry,
    ProgrammeTarget,
    WorkProgramme,
)

TICKED = journal.declare_action("organisations.checklist.tick", _("Checklist item done"))
UNTICKED = journal.declare_action("organisations.checklist.untick", _("Checklist item opened again"))
REMINDED = journal.declare_action("organisations.checklist.remind", _("Reminded of a checklist"))
BEGUN = journal.declare_action("organisations.programme.begin", _("Work programme begun"))
COUNTED = journal.declare_action("organisations.programme.count", _("Work counted for a programme"))
CLOSED = journal.declare_action("organisations.programme.close", _("Work programme closed"))
MOST_IN_A_DAY = 500


@transaction.atomic
def open_sheets(*, actor: Actor, now: datetime, month: date) -> int:  # noqa: ARG001 - opening is no act of its own
    """
    Open this month's sheet for everyone who holds a post with a checklist as A, or fills it; return how many are new.

    Set-based, and harmless when repeated.
    """
    sizes = [[code, len(listing.items)] for code, listing in CHECKLISTS.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO organisations_checklistsheet (area_code, post_id, account_id, checklist, month, items)
            SELECT post.area_code, post.id, held.account_id, post.checklist, %(month)s, size.items
            FROM organisations_post post
            JOIN unnest(%(codes)s::text[], %(sizes)s::int[]) AS size(code, items) ON size.code = post.checklist
            JOIN organisations_postholding held ON held.post_id = post.id AND held.starts_at <= %(now)s
              AND (held.ends_at IS NULL OR held.ends_at > %(now)s)
              AND (held.slot = 'primary' OR held.id IN (
                SELECT holding_id FROM organisations_backfill WHERE post_id = post.id AND ends_at IS NULL))
            WHERE post.closed_at IS NULL AND post.checklist <> ''
            ON CONFLICT (post_id, account_id, checklist, month) DO NOTHING
            """,
            {"month": month.replace(day=1), "now": now, "codes": [row[0] for row in sizes],
             "sizes": [row[1] for row in sizes]},
        )  # fmt: skip
        return int(cursor.rowcount)


@transaction.atomic
def tick(
    *, actor: Actor, now: datetime, sheet: ChecklistSheet, item: str, done: bool = True, note: str = ""
) -> ChecklistSheet:
    """
    Tick an item of one's own sheet, or open it again; ticking twice changes only the note.

    Raises:
        NotPermitted: if the duties are another person's.
        InvalidInput: if the checklist has no such item.
    """
    if not policy.can_tick(actor, sheet):
        raise NotPermitted
    require_kind(item, [each.code for each in CHECKLISTS[sheet.checklist].items], field="item")
    locked = ChecklistSheet.objects.select_for_update().get(pk=sheet.pk)
    if done:
        ChecklistTick.objects.update_or_create(
            sheet=locked, item=item,
            defaults={"done_at": now, "note": note.strip()[:200], "area_code": locked.area_code},
        )  # fmt: skip
    else:
        ChecklistTick.objects.filter(sheet=locked, item=item).delete()
    locked.ticked = min(locked.items, ChecklistTick.objects.filter(sheet=locked).count())
    locked.save(update_fields=["ticked"])
    action = TICKED if done else UNTICKED
    journal.record(action, actor=actor, subject=locked, happened_at=now, changes={"item": item})
    return locked


@transaction.atomic
def remind(*, actor: Actor, now: datetime, today: date) -> int:
    """Write down a reminder for every unfinished sheet of this month whose day has come; each once. Return how many."""
    due_codes = [code for code, listing in CHECKLISTS.items() if listing.day <= today.day]
    due = ChecklistSheet.objects.filter(
        month=today.replace(day=1), reminded_at__isnull=True, ticked__lt=F("items"), checklist__in=due_codes
    )
    rows = list(due.select_for_update(skip_locked=True).values_list("id", "uuid", "area_code", "account__uuid"))
    ChecklistSheet.objects.filter(pk__in=[row[0] for row in rows]).update(reminded_at=now)
    journal.record_many(
        journal.Fact(action=REMINDED, subject_type="organisations.checklistsheet", subject_uuid=uuid,
                     area_code=area_code, changes={"account": str(account)})
        for _id, uuid, area_code, account in rows
    ).by(actor, happened_at=now)  # fmt: skip
    return len(rows)


@transaction.atomic
def begin_programme(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    template: str,
    name: str,
    starts_on: date,
    ends_on: date,
    targets: Mapping[str, int] | None = None,
) -> WorkProgramme:
    """
    Begin a programme at a place from a template; ``targets`` by item replace the template's, 0 leaves an item out.

    Raises:
        InvalidInput: if the template is unknown, the days are the wrong way round, or nothing would be counted.
    """
    actor.require(policy.MANAGE, area_code)
    require_area(area_code)
    require_kind(template, list(PROGRAMMES), field="template")
    if ends_on < starts_on:
        raise InvalidInput("programme_ends_early", _("The end lies before the start."), field="ends_on")
    wanted = {
        item.code: (targets or {}).get(item.code, item.target) for item in PROGRAMMES[template].items
    }  # fmt: skip
    if not any(wanted.values()) or any(not 0 <= value <= 1_000_000 for value in wanted.values()):
        raise InvalidInput("targets_bad", _("Give at least one target, none below zero."), field="targets")
    programme = WorkProgramme.objects.create(
        area_code=area_code, template=template, name=plain_name(name), starts_on=starts_on, ends_on=ends_on
    )
    ProgrammeTarget.objects.bulk_create(
        ProgrammeTarget(programme=programme, area_code=area_code, item=code, target=value)
        for code, value in wanted.items()
        if value
    )
    return recorded(BEGUN, programme, actor=actor, now=now)


@transaction.atomic
def count_work(
    *, actor: Actor, now: datetime, programme: WorkProgramme, item: str, on: date, count: int
) -> ProgrammeEntry:
    """
    Add a day's work to a programme: how many, never who.

    Raises:
        InvalidInput: if the programme is closed or does not count this, the day lies outside it, or the number is none.
    """
    actor.require(policy.COUNT, programme.area_code)
    if programme.closed_at is not None:
        raise InvalidInput("programme_closed", _("This programme is closed."))
    if not programme.starts_on <= on <= min(programme.ends_on, now.date()):
        raise InvalidInput("day_outside", _("A day of the programme, not later than today."), field="on")
    if not 1 <= count <= MOST_IN_A_DAY:
        raise InvalidInput("count_bad", _("Between 1 and 500."), field="count")
    target = ProgrammeTarget.objects.select_for_update().filter(programme=programme, item=item).first()
    if target is None:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="item")
    entry = ProgrammeEntry.objects.create(
        target=target, area_code=programme.area_code, account_id=actor.account_id, on=on, count=count
    )
    ProgrammeTarget.objects.filter(pk=target.pk).update(done=F("done") + count)
    journal.record(COUNTED, actor=actor, subject=programme, happened_at=now, changes={"item": item, "count": count})
    return entry


@transaction.atomic
def close_programme(*, actor: Actor, now: datetime, programme: WorkProgramme) -> None:
    """Close a programme; its numbers stay. Closing twice changes nothing."""
    actor.require(policy.MANAGE, programme.area_code)
    if WorkProgramme.objects.filter(pk=programme.pk, closed_at__isnull=True).update(closed_at=now):
        journal.record(CLOSED, actor=actor, subject=programme, happened_at=now)
