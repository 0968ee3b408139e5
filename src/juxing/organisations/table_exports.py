"""Lists of posts, pledges and coverage to take out, in the form in which they come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.access.exporting import Gather, Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.organisations import policy
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import Pledge, Post, PostHolding, ResponsibilityCoverage
from juxing.organisations.tables import columns_of

MOST_ROWS = 200_000


def gather(name: str) -> Gather:
    """Return what gathers a table's rows, in the order of its columns."""

    def rows_of(_actor: Actor, areas: Areas, _arguments: Mapping[str, Any], _purpose: str) -> Table:
        return Table([column.headings[0] for column in columns_of(name)], list(_ROWS[name](areas)))

    return rows_of


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

for _name, _label in (("posts", _("Posts and holders")), ("pledges", _("Pledges")), ("coverage", _("Coverage"))):
    declare_export(f"organisations.{_name}", _label, right=policy.EXPORT, gather=gather(_name), file_name=_name)
