"""A table of posts taken in: titles, holders in their order, words; tens of thousands of rows in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.models import Account, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.organisations import policy
from juxing.organisations.checklists import CHECKLISTS
from juxing.organisations.commands.backfills import settle_posts
from juxing.organisations.commands.posts import HIGHEST_RANK, lock_holdings
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.imports import codes_of
from juxing.organisations.models import Absence, Organisation, Post, PostHolding
from juxing.organisations.models.posts import ROLES_OF_POSTS
from juxing.organisations.standing_in import find_ring
from juxing.organisations.tables import Row
from juxing.places.codes import area_uuid

POSTS_IMPORTED = journal.declare_action("organisations.post.import", gettext_lazy("Posts and holders imported"))
Key = tuple[int, str]
Problem = tuple[str, str, str]


@dataclass(slots=True)
class _Wanted:
    """A post as a row wants it: holders by account id, A first (0 for none)."""

    row: Row
    organisation: Organisation
    title: str
    primary: int
    alternates: list[int] = field(default_factory=list)

    @property
    def places(self) -> dict[tuple[str, int], int]:
        """Account by slot and rank."""
        found = {(AssignmentSlot.PRIMARY.value, 1): self.primary} if self.primary else {}
        return found | {
            (AssignmentSlot.ALTERNATE.value, rank): each for rank, each in enumerate(self.alternates, start=1)
        }


def import_posts(*, actor: Actor, now: datetime, rows: Sequence[Row], report: ImportReport) -> None:
    """Bring posts and their holders up to these rows; holders a row does not name are relieved, posts stay."""
    areas = actor.areas_with(policy.IMPORT) if not actor.rights_everywhere else actor.areas
    codes = codes_of((row["area"] for row in rows), areas)
    lock_holdings(*(code for found in codes.values() for code in found))
    organisations = {
        (row.area_code, row.name): row
        for row in Organisation.objects.filter(area_code__in={code for found in codes.values() for code in found})
    }
    people = _people(rows, now)
    carried = _carried(list(organisations.values()))
    wanted: dict[Key, _Wanted] = {}
    for row in rows:
        found = next(
            (
                organisations[key]
                for code in codes.get(row["area"], [])
                if (key := (code, row["organisation"])) in organisations
            ),
            None,
        )
        problem = _problem(row, found, people, wanted) or _role_problem(actor, row, found, carried)
        if problem is not None or found is None:
            column, code, message = problem or ("organisation", "organisation_unknown", "")
            report.reject(row.line, column=column, written=row[column], code=code, message=message)
            continue
        ids = [people[name][0] for name in _names(row)]
        title = " ".join(row["title"].split())
        has_primary = bool(row["primary"])
        wanted[found.pk, title] = _Wanted(
            row, found, title, ids[0] if has_primary else 0, ids[1:] if has_primary else ids
        )
    _drop_rings(wanted, report)
    _write(wanted, actor=actor, now=now, report=report)


def _names(row: Row) -> list[str]:
    written = [row["primary"], *row["alternates"].replace("，", ",").replace("、", ",").split(",")]
    return [name.strip().casefold() for name in written if name.strip()]


def _people(rows: Sequence[Row], now: datetime) -> dict[str, tuple[int, list[str]]]:
    names = {name for row in rows for name in _names(row)}
    ids = dict(Account.objects.filter(sign_in_name__in=names, is_active=True).values_list("sign_in_name", "id"))
    reach: dict[int, list[str]] = defaultdict(list)
    held = RoleAssignment.objects.in_force(now).filter(account_id__in=ids.values())
    for account_id, area_code in held.values_list("account_id", "area_code"):
        reach[account_id].append(area_code)
    return {name: (pk, reach[pk]) for name, pk in ids.items()}


def _problem(
    row: Row, found: Organisation | None, people: dict[str, tuple[int, list[str]]], wanted: dict[Key, _Wanted]
) -> Problem | None:
    title = " ".join(row["title"].split())
    if found is None:
        return (
            "organisation",
            "organisation_unknown",
            _("No organisation of this name stands at this place of your area."),
        )
    if not title or len(title) > 60:
        return "title", "name_bad", _("Write a title of up to 60 characters.")
    if (found.pk, title) in wanted:
        return "title", "row_repeated", _("This post stands in an earlier line already; passed over.")
    if row["checklist"] and row["checklist"] not in CHECKLISTS:
        return "checklist", "kind_unknown", _("There is no checklist of this code.")
    if row["carries_role"] and row["carries_role"] not in ROLES_OF_POSTS:
        return "carries_role", "kind_unknown", _("No post carries this role.")
    names = _names(row)
    if len(set(names)) != len(names) or len(names) > HIGHEST_RANK:
        return "alternates", "post_held", _("The same person stands in two places of this post.")
    for name in names:
        if name not in people or not any(found.area_code.startswith(code) for code in people[name][1]):
            column = "primary" if name == row["primary"].casefold() else "alternates"
            return (
                column,
                "holder_outside",
                _("Nobody of the sign-in name %(name)s has a role at this place.") % {"name": name},
            )
    return None


def _carried(organisations: Sequence[Organisation]) -> dict[Key, tuple[str, list[str]]]:
    """Return the role each open post gives on, and the sign-in names of its Bs in their order."""
    posts = Post.objects.filter(organisation__in=organisations, closed_at__isnull=True).exclude(carries_role="")
    found: dict[Key, tuple[str, list[str]]] = {}
    for organisation_id, title, role in posts.values_list("organisation_id", "title", "carries_role"):
        found[organisation_id, title] = (role, [])
    behind = PostHolding.objects.filter(post__in=posts, slot=AssignmentSlot.ALTERNATE, ends_at__isnull=True)
    rows = behind.order_by("post_id", "rank").values_list(
        "post__organisation_id", "post__title", "account__sign_in_name"
    )  # fmt: skip
    for organisation_id, title, name in rows:
        found[organisation_id, title][1].append(name)
    return found


def _role_problem(
    actor: Actor, row: Row, found: Organisation | None, carried: dict[Key, tuple[str, list[str]]]
) -> Problem | None:
    if found is None:
        return None
    today, behind = carried.get((found.pk, " ".join(row["title"].split())), ("", []))
    role = row["carries_role"] or today
    names = _names(row)[1:] if row["primary"] else _names(row)
    if role and (role != today or names != behind) and not policy.can_give_on(actor, role, found.area_code):
        return (
            "carries_role",
            "role_beyond",
            _("This post gives on rights you do not have here. Ask your street to name who steps in."),
        )
    return None


def _drop_rings(wanted: dict[Key, _Wanted], report: ImportReport) -> None:
    """Leave out the last row of every ring of only stand-ins, together with the posts that stand already."""
    communities = {each.organisation.area_code[:12] for each in wanted.values()}
    near = Q()
    for community in communities:
        near |= Q(area_code__gte=community, area_code__lt=community + "~")
    standing: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    keys: dict[int, Key] = {}
    if communities:
        held = PostHolding.objects.filter(near, ends_at__isnull=True)
        for post_id, organisation_id, title, slot, account_id in held.values_list(
            "post_id", "post__organisation_id", "post__title", "slot", "account_id"
        ):
            standing[post_id][slot].append(account_id)
            keys[post_id] = (organisation_id, title)
    others = [
        (held[AssignmentSlot.PRIMARY][0], held[AssignmentSlot.ALTERNATE][0])
        for post_id, held in standing.items()
        if keys[post_id] not in wanted and held[AssignmentSlot.PRIMARY] and len(held[AssignmentSlot.ALTERNATE]) == 1
    ]
    while True:
        after: dict[int, list[int]] = defaultdict(list)
        for person, stand_in in others:
            after[person].append(stand_in)
        rows: dict[tuple[int, int], Key] = {}
        for key, each in wanted.items():
            if each.primary and len(each.alternates) == 1:
                after[each.primary].append(each.alternates[0])
                rows[each.primary, each.alternates[0]] = key
        ring = find_ring(after)
        people = set(ring)
        edges = [key for pair, key in rows.items() if set(pair) <= people]
        if not ring or not edges:
            return
        last = wanted.pop(max(edges, key=lambda key: wanted[key].row.line))
        report.reject(
            last.row.line, column="alternates", written=last.row["alternates"], code="stand_in_ring",
            message=_("These people would be each other's only B. Name a second B."),
        )  # fmt: skip


def _write(wanted: dict[Key, _Wanted], *, actor: Actor, now: datetime, report: ImportReport) -> None:
    known = {
        (row.organisation_id, row.title): row
        for row in Post.objects.select_for_update().filter(
            organisation_id__in={key[0] for key in wanted}, closed_at__isnull=True
        )
    }
    fresh = [key for key in wanted if key not in known]
    copy_rows(
        Post, ("area_code", "organisation", "title"),
        [(wanted[key].organisation.area_code, key[0], key[1]) for key in fresh],
    )  # fmt: skip
    if fresh:
        rows = Post.objects.filter(organisation_id__in={key[0] for key in fresh}, closed_at__isnull=True)
        known |= {(row.organisation_id, row.title): row for row in rows}
    said = _say(wanted, known)
    moved = _hold(wanted, known, now)
    changed = {key for key in moved | said if key not in set(fresh)}
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(wanted) - len(fresh) - len(changed)
    touched = [key for key in wanted if key in moved or key in set(fresh)]
    settle_posts(actor=actor, now=now, post_ids=[known[key].pk for key in touched])
    counts: dict[str, int] = defaultdict(int)
    for key in [*fresh, *changed]:
        counts[wanted[key].organisation.area_code] += 1
    journal.record_many(
        journal.Fact(action=POSTS_IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
                     changes={"posts": count})
        for code, count in counts.items()
    ).by(actor, happened_at=now)  # fmt: skip


def _say(wanted: dict[Key, _Wanted], known: dict[Key, Post]) -> set[Key]:
    """Write duties, checklist and role where the table says something else."""
    changed = []
    for key, each in wanted.items():
        values = {
            "duties": each.row["duties"][:400],
            "checklist": each.row["checklist"],
            "carries_role": each.row["carries_role"],
        }
        given = {name: value for name, value in values.items() if value and getattr(known[key], name) != value}
        for name, value in given.items():
            setattr(known[key], name, value)
        if given:
            changed.append(key)
    Post.objects.bulk_update([known[key] for key in changed], ["duties", "checklist", "carries_role"], batch_size=1000)
    return set(changed)


def _hold(wanted: dict[Key, _Wanted], known: dict[Key, Post], now: datetime) -> set[Key]:
    """End holdings the table does not name, begin those it does; returns the posts that changed."""
    key_of = {known[key].pk: key for key in wanted}
    standing: dict[Key, dict[tuple[str, int], tuple[int, int]]] = defaultdict(dict)
    rows = PostHolding.objects.select_for_update().filter(post_id__in=key_of, ends_at__isnull=True)
    for pk, post_id, slot, rank, account_id in rows.values_list("id", "post_id", "slot", "rank", "account_id"):
        standing[key_of[post_id]][slot, rank] = (pk, account_id)
    ended, begun, moved = [], [], set()
    for key, each in wanted.items():
        places, today = each.places, standing[key]
        gone = [pk for place, (pk, account) in today.items() if places.get(place) != account]
        new = [(place, account) for place, account in places.items() if today.get(place, (0, 0))[1] != account]
        if gone or new:
            moved.add(key)
        ended += gone
        begun += [
            (known[key].area_code, known[key].pk, account,
             slot, rank, now)
            for (slot, rank), account in new
        ]  # fmt: skip
    Absence.objects.filter(holding_id__in=ended, ends_at__isnull=True).update(ends_at=now)
    PostHolding.objects.filter(pk__in=ended).update(ends_at=now)
    copy_rows(PostHolding, ("area_code", "post", "account", "slot", "rank", "starts_at"), begun)
    return moved
