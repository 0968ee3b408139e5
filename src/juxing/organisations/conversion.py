"""
Conversion of this room: temporary branches and functional groups set up, emergency posts filled with an A and a B.

A body carries the activation that set it up. A post may serve two activations at once, so it is linked to each and
closed when the last of them lets it go. What holders were before stays as it is: an emergency post comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    OpenItem,
    Shortage,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.refusals import Words
from juxing.organisations import post_filling
from juxing.organisations.commands.bodies import BodyInput, dissolve, form_bodies
from juxing.organisations.enums import TemporaryBodyKind
from juxing.organisations.models import TemporaryBody
from juxing.organisations.post_filling import PlannedPost, close_posts, plan_posts, write_posts
from juxing.places.enums import AreaLevel
from juxing.places.models import Area

BODIES, POSTS, NO_HOLDER, NO_ORGANISATION, MEMBERS = "bodies", "posts", "no_holder", "no_organisation", "members"
KIND_OF = {
    "command_post": TemporaryBodyKind.TASK_FORCE, "temporary_branch": TemporaryBodyKind.TEMPORARY_BRANCH,
    "functional_group": TemporaryBodyKind.FUNCTIONAL_GROUP,
}  # fmt: skip


def preview_bodies(order: ConversionOrder) -> StepPreview:
    """Return how many bodies of each kind would be set up in each place."""
    return StepPreview(tuple(
        Change(f"{row['code']}:{place}", BODIES, place, max(1, row["count"]),
               {"title": row["title"], "title_en": row.get("title_en", "")})
        for row, place in _wanted_units(order)
    ))  # fmt: skip


def convert_bodies(order: ConversionOrder) -> Counts:
    """Set up what is wanted and not there; dissolve what this level no longer wants."""
    wanted = {
        (place, str(KIND_OF[row["kind"]]), row["title"]): row
        for row, place in _wanted_units(order)
        if order.edits.keeps(f"{row['code']}:{place}")
    }  # fmt: skip
    open_here = TemporaryBody.objects.inside(order.areas).filter(dissolved_at__isnull=True)
    standing = {(area, kind, name): (pk, owner) for pk, area, kind, name, owner in
                open_here.values_list("id", "area_code", "kind", "name", "activation_id")}  # fmt: skip
    bodies, kept = [], set()
    for (place, kind, title), row in wanted.items():
        name = _free_name(standing, place, kind, title, order.activation_id)
        held = standing.get((place, kind, name))
        if held is not None:
            kept.add(held[0])
            continue
        group = row.get("group_type", "") if kind == TemporaryBodyKind.FUNCTIONAL_GROUP else ""
        bodies.append(BodyInput(area_code=place, kind=kind, name=name, group_type=group))
    gone = [pk for pk, owner in standing.values() if owner == order.activation_id and pk not in kept]
    dissolved = _dissolve(order, gone)
    formed = form_bodies(actor=order.actor, now=order.now, bodies=bodies, activation_id=order.activation_id)
    return {"formed": len(formed), "dissolved": dissolved}


def revert_bodies(order: ConversionOrder) -> Counts:
    """Dissolve what the activation set up in these places, and end the memberships."""
    own = TemporaryBody.objects.inside(order.areas).filter(activation_id=order.activation_id, dissolved_at__isnull=True)
    return {"dissolved": _dissolve(order, list(own.values_list("id", flat=True)))}


def open_bodies(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many people still belong to bodies that would be dissolved: they are to be released first."""
    own = TemporaryBody.objects.inside(order.areas).filter(
        activation_id=order.activation_id, dissolved_at__isnull=True, memberships__ends_at__isnull=True,
        memberships__isnull=False,
    )  # fmt: skip
    count = own.count()
    return [OpenItem(MEMBERS, order.street, count)] if count else []


def preview_posts(order: ConversionOrder) -> StepPreview:
    """Return by community how many posts would be filled, and how many would have no A or no B."""
    planned, lonely = planned_posts(order)
    changes, shortages = [], []
    communities = _by_community(planned)
    is_short = any(not post.primary or not post.alternate for post in planned)
    spare = post_filling.spare_people(order) if is_short else ()
    for community, posts in communities.items():
        facts = {
            "with_a": sum(1 for post in posts if post.primary),
            "with_b": sum(1 for post in posts if post.alternate),
        }
        changes.append(Change(f"posts:{community}", POSTS, community, len(posts), facts))
        found = facts["with_a"] + facts["with_b"]
        if found < 2 * len(posts):
            shortages.append(
                Shortage(f"holders:{community}", NO_HOLDER, community, 2 * len(posts), found, fillers=spare)
            )  # fmt: skip
    shortages += [Shortage(f"organisation:{place}", NO_ORGANISATION, place, 1, 0) for place in lonely]
    return StepPreview(tuple(changes), tuple(shortages))


def convert_posts(order: ConversionOrder) -> Counts:
    """Set up and fill the posts that are wanted, and let go those this level no longer wants."""
    planned, _lonely = planned_posts(order)
    kept = [post for post in planned if order.edits.keeps(f"posts:{post.area_code[:12]}")]
    closed = close_posts(order, keep={(post.code, post.area_code) for post in kept})
    return write_posts(order, kept) | {"closed": closed}


def revert_posts(order: ConversionOrder) -> Counts:
    """Let every post go that this activation counts on in these places."""
    return {"closed": close_posts(order, keep=set())}


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line of the preview in words."""
    words: dict[str, Words] = {
        POSTS: _("Emergency posts with A and B"),
        NO_HOLDER: _("People to hold the posts as A and B"),
        NO_ORGANISATION: _("A committee or party organisation that the posts belong to"),
        MEMBERS: _("People who still belong to a temporary body"),
    }
    return words.get(kind) or titled(facts)


def planned_posts(order: ConversionOrder) -> tuple[list[PlannedPost], list[str]]:
    """Return the posts wanted with who would hold them, and the communities without an organisation for them."""
    return order.once(
        ("organisations.posts", order.area_codes, order.level), lambda: plan_posts(order, _post_places(order))
    )


def places(order: ConversionOrder, per: str) -> list[str]:
    """Return the places one number of the plan is meant for, inside the parts concerned."""
    return order.once(("organisations.places", order.area_codes, per), lambda: _places(order, per))


def _places(order: ConversionOrder, per: str) -> list[str]:
    if per == "street":
        return [order.street] if order.street in order.areas else []
    level = {"community": AreaLevel.COMMUNITY, "grid": AreaLevel.GRID}.get(per)
    if level is None:
        return []
    rows = Area.objects.filter(order.areas.condition("code"), level=level)
    return list(rows.order_by("code").values_list("code", flat=True))


def _wanted_units(order: ConversionOrder) -> list[tuple[Mapping[str, Any], str]]:
    rows = order.rows("units")
    found = {per: places(order, per) for per in {row["per"] for row in rows}}
    return [(row, place) for row in rows for place in found[row["per"]]]


def _post_places(order: ConversionOrder) -> dict[str, list[str]]:
    return {per: places(order, per) for per in {row["per"] for row in order.rows("posts")}}


def _by_community(posts: Iterable[PlannedPost]) -> dict[str, list[PlannedPost]]:
    found: dict[str, list[PlannedPost]] = {}
    for post in posts:
        found.setdefault(post.area_code[:12], []).append(post)
    return dict(sorted(found.items()))


def _free_name(
    standing: Mapping[tuple[str, str, str], tuple[int, int | None]], place: str, kind: str, title: str, owner: int
) -> str:
    """Return the title, numbered if another activation's body has it here."""
    name, number = title, 1
    while (held := standing.get((place, kind, name))) is not None and held[1] != owner:
        number += 1
        name = f"{title} {number}"
    return name


def _dissolve(order: ConversionOrder, ids: list[int]) -> int:
    return dissolve(ids, actor=order.actor, now=order.now, activation_id=order.activation_id)


declare_step(
    ConversionStep(
        code="organisations.bodies", label=_("Command posts, temporary branches and groups"), order=30,
        parts=frozenset({"units"}), preview=preview_bodies, convert=convert_bodies, revert=revert_bodies,
        describe=describe, open_items=open_bodies,
    )
)  # fmt: skip
declare_step(
    ConversionStep(
        code="organisations.posts", label=_("Emergency posts with A and B"), order=40, parts=frozenset({"posts"}),
        preview=preview_posts, convert=convert_posts, revert=revert_posts, describe=describe,
    )
)  # fmt: skip
