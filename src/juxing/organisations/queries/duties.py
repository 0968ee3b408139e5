"""Reading checklists and work programmes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.checklists import CHECKLISTS, PROGRAMMES, Item, Listing, Words
from juxing.organisations.models import ChecklistSheet, ChecklistTick, ProgrammeEntry, ProgrammeTarget, WorkProgramme


def sheets_page(*, actor: Actor, month: date, area_code: str = "", cursor: str | None = None) -> Page[ChecklistSheet]:
    """Return a month's sheets the actor may see at a place, by place."""
    rows = policy.visible_sheets(actor).within(area_code).filter(month=month.replace(day=1))
    return page_of(rows.select_related("account", "post"), order=("area_code", "id"), cursor=cursor)


def own_sheets(*, actor: Actor, month: date) -> list[ChecklistSheet]:
    """Return the actor's own sheets of a month, by post."""
    rows = ChecklistSheet.objects.filter(account_id=actor.account_id or 0, month=month.replace(day=1))
    return list(rows.select_related("post").order_by("post_id", "id"))


def sheet(*, actor: Actor, uuid: UUID) -> ChecklistSheet:
    """Return one sheet the actor may see; NotVisible if there is none such."""
    found = policy.visible_sheets(actor).select_related("account", "post").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def items_of(sheet: ChecklistSheet) -> list[tuple[Item, ChecklistTick | None]]:
    """Return the items of a sheet with what was ticked, in the order of the list."""
    ticks = {tick.item: tick for tick in ChecklistTick.objects.filter(sheet=sheet)}
    listing = listing_of(sheet)
    return [(item, ticks.get(item.code)) for item in listing.items]


def listing_of(sheet: ChecklistSheet) -> Listing:
    """Return the checklist of a sheet; an empty one if the data no longer has it."""
    return CHECKLISTS.get(sheet.checklist) or Listing(sheet.checklist, Words(sheet.checklist, sheet.checklist), ())


def programmes_page(
    *, actor: Actor, area_code: str = "", standing: bool = True, cursor: str | None = None
) -> Page[WorkProgramme]:
    """Return work programmes at a place with their targets as ``progress``, by place; two statements."""
    rows = policy.visible_programmes(actor).within(area_code).filter(closed_at__isnull=standing)
    page = page_of(rows, order=("area_code", "id"), cursor=cursor)
    targets: dict[int, list[ProgrammeTarget]] = {row.pk: [] for row in page.rows}
    for target in ProgrammeTarget.objects.filter(programme_id__in=targets).order_by("id"):
        targets[target.programme_id].append(target)
    for row in page.rows:
        row.progress = percent(targets[row.pk])  # type: ignore[attr-defined]
    return page


def programme(*, actor: Actor, uuid: UUID) -> WorkProgramme:
    """Return one programme the actor sees; NotVisible if there is none such."""
    found = policy.visible_programmes(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def targets_of(programme: WorkProgramme) -> list[tuple[Item, ProgrammeTarget]]:
    """Return what a programme counts, in the order of its template."""
    listing = PROGRAMMES.get(programme.template)
    order = {item.code: number for number, item in enumerate(listing.items)} if listing else {}
    rows = sorted(ProgrammeTarget.objects.filter(programme=programme), key=lambda row: order.get(row.item, 99))
    return [(listing.item(row.item) if listing else Item(row.item, Words(row.item, row.item)), row) for row in rows]


def entries_of(programme: WorkProgramme) -> list[ProgrammeEntry]:
    """Return the latest forty days' work of a programme."""
    rows = ProgrammeEntry.objects.filter(target__programme=programme).select_related("target", "account")
    return list(rows.order_by("-on", "-id")[:40])


def percent(targets: list[ProgrammeTarget]) -> int:
    """Return how much of the targets was done, each counted up to its own; 0-100."""
    wanted = sum(target.target for target in targets)
    return 100 * sum(min(target.done, target.target) for target in targets) // wanted if wanted else 0
