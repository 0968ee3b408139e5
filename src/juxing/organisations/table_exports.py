"""Lists of posts, pledges and coverage to take out, in the form in which they come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from juxing.access.exporting import Gather, Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.organisations import policy
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import (
    CommitteeDecision,
    MeetingAttendance,
    Pledge,
    Post,
    PostHolding,
    ResponsibilityCoverage,
)
from juxing.organisations.queries.meetings import owner_name
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


def _meetings_table(_actor: Actor, areas: Areas, _arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Who came to which meeting for which unit, a row a unit; no names of people."""
    rows = MeetingAttendance.objects.inside(areas).select_related("meeting__committee", "member__organisation")
    headings = [_("Joint committee"), pgettext("meeting", "When"), pgettext("meeting", "What kind of meeting"),
                _("Where people meet"), _("Step"), _("Member unit"), _("State")]  # fmt: skip
    told = [
        (row.meeting.committee.name, _local(row.meeting.starts_at), row.meeting.title, row.meeting.venue,
         row.meeting.get_status_display(), row.member.organisation.name,
         " · ".join(filter(None, [row.get_status_display(), row.get_excuse_display() if row.excuse else ""])))
        for row in rows.order_by("-meeting__starts_at", "member__organisation__name", "id")[: MOST_ROWS + 1]
    ]  # fmt: skip
    return Table([str(heading) for heading in headings], told)


def _decisions_table(_actor: Actor, areas: Areas, _arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Every decision with who answers for it, its day, step and last word."""
    rows = CommitteeDecision.objects.inside(areas).select_related(
        "meeting__committee", "organisation", "post__organisation"
    )
    headings = [_("Joint committee"), pgettext("meeting", "When"), _("What was decided"),
                pgettext("decision", "Who answers for it"), _("Until"), _("Step"),
                pgettext("decision", "How far it is"), _("As of")]  # fmt: skip
    told = [
        (row.meeting.committee.name, _local(row.meeting.starts_at), row.words, owner_name(row), row.due_on.isoformat(),
         row.get_status_display(), row.progress, row.progress_on.isoformat() if row.progress_on else "")
        for row in rows.order_by("due_on", "id")[: MOST_ROWS + 1]
    ]  # fmt: skip
    return Table([str(heading) for heading in headings], told)


def _local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


declare_export(
    "organisations.meetings", _("Meetings and who came"), right=policy.EXPORT, gather=_meetings_table,
    file_name="meetings",
)  # fmt: skip
declare_export(
    "organisations.decisions", _("Decisions"), right=policy.EXPORT, gather=_decisions_table, file_name="decisions"
)
