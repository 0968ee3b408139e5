"""
Conversion of this room: collection rounds opened (需求收集轮次), forms shortened.

A round is opened in each community, or in the part of one that the response holds at; forms are short where a round
says so. Needs themselves are not converted: those still open go on as ordinary needs, and are named before an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from juxing.activations.models import ActivationArea
from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    OpenItem,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.refusals import Words
from juxing.needs.enums import OPEN
from juxing.needs.models import CollectionRound, IntakePause, Need
from juxing.needs.queries.collecting import open_rounds
from juxing.places.enums import AreaLevel
from juxing.places.models import Area

ROUND, SHORT_FORM, OPEN_NEEDS, PAUSED = "round", "short_form", "open_needs", "paused"
COMMUNITY_LENGTH = 12


def preview(order: ConversionOrder) -> StepPreview:
    """Return the rounds that would be opened, and in how many places forms would ask less."""
    places = round_places(order)
    rows = order.rows("rounds")
    changes = [
        Change(f"{row['code']}:{place}", ROUND, place, 1,
               {"title": row["title"], "title_en": row.get("title_en", ""), "hours": row["every_hours"]})
        for row in rows for place in places
    ]  # fmt: skip
    if places and any(row.get("short_form", True) for row in rows):
        changes.append(Change(f"{SHORT_FORM}:{order.street}", SHORT_FORM, order.street, len(places)))
    return StepPreview(tuple(changes))


def convert(order: ConversionOrder) -> Counts:
    """Open the rounds wanted and not open, bring the others to this end and form, close what is wanted no longer."""
    is_short = order.edits.keeps(f"{SHORT_FORM}:{order.street}")
    wanted = {
        (place, row["code"]): row for row in order.rows("rounds") for place in round_places(order)
        if order.edits.keeps(f"{row['code']}:{place}")
    }  # fmt: skip
    standing = {(each.area_code, each.code): each for each in _own(order)}
    closed = _close(order, [each.pk for key, each in standing.items() if key not in wanted])
    for key in standing.keys() & wanted.keys():
        each, row = standing[key], wanted[key]
        each.ends_at, each.every_hours = order.ends_at, row["every_hours"]
        each.has_short_form = is_short and row.get("short_form", True)
    kept = [standing[key] for key in sorted(standing.keys() & wanted.keys())]
    CollectionRound.objects.bulk_update(kept, ["ends_at", "every_hours", "has_short_form"])
    opened = CollectionRound.objects.bulk_create(
        CollectionRound(
            area_code=place, activation_id=order.activation_id, code=code, title=row["title"],
            title_en=row.get("title_en", ""), every_hours=row["every_hours"],
            has_short_form=is_short and row.get("short_form", True), opened_at=order.now, ends_at=order.ends_at,
        )
        for (place, code), row in wanted.items() if (place, code) not in standing
    )  # fmt: skip
    return {"opened": len(opened), "closed": closed}


def revert(order: ConversionOrder) -> Counts:
    """Close the activation's rounds here; with the last of them forms are as long as before."""
    return {"closed": _close(order, [each.pk for each in _own(order)])}


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many needs of the response's time are open here, and where intake is paused; a drill records none."""
    if order.is_exercise:
        return []
    began = ActivationArea.objects.filter(activation_uuid=order.activation_uuid).order_by("since").first()
    if began is None:
        return []
    needs = Need.objects.inside(order.areas).filter(status__in=sorted(OPEN), recorded_at__gte=began.since)
    pauses = IntakePause.objects.inside(order.areas).filter(ends_at__gt=order.now)
    found = ((OPEN_NEEDS, needs.count()), (PAUSED, pauses.count()))
    return [OpenItem(kind, order.street, count) for kind, count in found if count]


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line in words."""
    words: dict[str, Words] = {
        SHORT_FORM: _("Forms ask only what a helper cannot do without"),
        OPEN_NEEDS: _("Needs recorded in this time that are not closed: they go on as ordinary needs"),
        PAUSED: _("Places where intake is paused: residents are still sent elsewhere"),
    }
    if kind == ROUND and facts.get("hours"):
        return _("%(title)s, every %(hours)s hours") % {"title": titled(facts), "hours": facts["hours"]}
    return words.get(kind) or titled(facts)


def round_places(order: ConversionOrder) -> list[str]:
    """Return the communities inside the parts concerned, and the parts that are smaller than one."""
    communities = Area.objects.filter(order.areas.condition("code"), level=AreaLevel.COMMUNITY)
    found = set(communities.values_list("code", flat=True))
    return sorted(found | {code for code in order.area_codes if len(code) > COMMUNITY_LENGTH})


def _own(order: ConversionOrder) -> Iterable[CollectionRound]:
    return open_rounds(order.areas).filter(activation_id=order.activation_id)


def _close(order: ConversionOrder, ids: list[int]) -> int:
    rows = CollectionRound.objects.filter(Q(pk__in=ids), closed_at__isnull=True)
    return rows.update(closed_at=Greatest("opened_at", order.now)) if ids else 0


declare_step(
    ConversionStep(
        code="needs.rounds", label=_("Collection rounds and forms"), order=70, parts=frozenset({"rounds"}),
        preview=preview, convert=convert, revert=revert, describe=describe, open_items=open_items,
    )
)  # fmt: skip
