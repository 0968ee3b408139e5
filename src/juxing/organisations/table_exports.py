"""Lists of posts, pledges and coverage as rows of a table; taking one out is an act of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import Pledge, Post, PostHolding, ResponsibilityCoverage
from juxing.organisations.tables import columns_of
from juxing.places.codes import area_uuid

EXPORTED = journal.declare_action("organisations.table.export", _("List taken out as a table"))
MOST_ROWS = 50_000


@transaction.atomic
def export(*, actor: Actor, now: datetime, name: str, area_code: str = "") -> list[Sequence[str]]:
    """
    Return the rows of a table at a place, in the order of its columns, and write down that they were taken out.

    Raises:
        NotPermitted: unless the actor may take lists out there.
        InvalidInput: if there are more than 50,000.
    """
    areas = actor.areas_with(policy.EXPORT) & Areas([area_code])
    if not areas:
        raise NotPermitted
    rows = list(_ROWS[name](areas))
    if len(rows) > MOST_ROWS:
        raise InvalidInput("too_many_rows", _("More than 50,000 rows. Choose a smaller place."), field="area")
    place = areas.prefixes[0]
    fact = journal.Fact(
        action=EXPORTED, subject_type="places.area", subject_uuid=area_uuid(place or "0"), area_code=place,
        changes={"table": name, "rows": len(rows)},
    )  # fmt: skip
    journal.record_many([fact]).by(actor, happened_at=now)
    return rows


def _posts(areas: Areas) -> Iterator[Sequence[str]]:
    posts = Post.objects.inside(areas).filter(closed_at__isnull=True).select_related("organisation")
    held: dict[int, dict[str, list[str]]] = {}
    rows = PostHolding.objects.inside(areas).filter(ends_at__isnull=True).order_by("post_id", "rank")
    for post_id, slot, name in rows.values_list("post_id", "slot", "account__sign_in_name"):
        held.setdefault(post_id, {}).setdefault(slot, []).append(name)
    for post in posts.order_by("area_code", "id")[: MOST_ROWS + 1]:
        mine = held.get(post.pk, {})
        yield (
            post.area_code, post.organisation.name, post.title, *mine.get(AssignmentSlot.PRIMARY, [""]),
            ",".join(mine.get(AssignmentSlot.ALTERNATE, [])), post.duties, post.checklist, post.carries_role,
        )  # fmt: skip


def _pledges(areas: Areas) -> Iterator[Sequence[str]]:
    kinds = next(column for column in columns_of("pledges") if column.field == "kind")
    rows = Pledge.objects.inside(areas).select_related("member__organisation").order_by("area_code", "id")
    for row in rows[: MOST_ROWS + 1]:
        yield (
            row.area_code, row.member.organisation.name, kinds.word_of(row.kind), row.subject, str(row.quantity),
            row.unit, row.valid_until.isoformat() if row.valid_until else "",
        )  # fmt: skip


def _coverage(areas: Areas) -> Iterator[Sequence[str]]:
    kinds = next(column for column in columns_of("coverage") if column.field == "kind")
    rows = ResponsibilityCoverage.objects.inside(areas).filter(ends_at__isnull=True)
    rows = rows.select_related("account", "alternate", "organisation").order_by("area_code", "id")
    for row in rows[: MOST_ROWS + 1]:
        first = row.account.sign_in_name if row.account else (row.organisation.name if row.organisation else "")
        yield (kinds.word_of(row.kind), row.area_code, first, row.alternate.sign_in_name if row.alternate else "")


_ROWS = {"posts": _posts, "pledges": _pledges, "coverage": _coverage}
