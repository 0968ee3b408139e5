"""
Conversion of this room: the people a plan wants are called (集结), nearest first and only who can do it.

The step after posts are filled, because who holds a post is not called besides. Who stands already stays; who said no
to this response is not asked again by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
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
from juxing.responders.gates import Missing
from juxing.responders.lifecycle import MUSTER
from juxing.responders.models import Muster, Responder
from juxing.responders.muster_enums import COUNTED_ON, MusterStatus
from juxing.responders.mustering import Group, fillers, plan_musters, standing

MOST_LACKS = 3
PEOPLE, NOBODY, HERE = "people", "nobody", "here"
CALLED = journal.declare_action("responders.muster.call", _("Called to help in a response"))
CALL: LiteralString = (
    "made AS (INSERT INTO responders_muster (area_code, responder_id, activation_id, code, title, title_en, skill, "
    "task_type, way_m, next_m, status, called_at, ends_at) "
    "SELECT place, person, %(activation)s, code, title, title_en, skill, work, way_m, next_m, %(status)s, %(now)s, "
    "%(ends_at)s FROM unnest(%(places)s::text[], %(people)s::bigint[], %(codes)s::text[], %(titles)s::text[], "
    "%(titles_en)s::text[], %(skills)s::text[], %(works)s::text[], %(ways)s::bigint[], %(nexts)s::bigint[]) "
    "AS wanted (place, person, code, title, title_en, skill, work, way_m, next_m) "
    "RETURNING id, responder_id, area_code, way_m, code), "
    "written AS (SELECT made.id, responder.uuid, made.area_code, jsonb_build_object("
    "'activation', %(activation)s::bigint, 'way_m', made.way_m, 'code', made.code) AS changes "
    "FROM made JOIN responders_responder responder ON responder.id = made.responder_id)"
)


def preview(order: ConversionOrder) -> StepPreview:
    """Return how many people each place would get and how far they go, and where too few can be asked."""
    groups = plan_musters(order, is_preview=True)
    short = [group for group in groups if group.found < group.wanted]
    spare = fillers(order, {_skill(group) for group in short}) if short else {}
    changes = [
        Change(group.key, PEOPLE, group.place, group.found, {**_named(group), "farthest_m": group.farthest_m})
        for group in groups if group.found
    ]  # fmt: skip
    shortages = [
        Shortage(group.key, NOBODY, group.place, group.wanted, group.found, _named(group), spare[_skill(group)])
        for group in short
    ]
    return StepPreview(tuple(changes), tuple(shortages))


def convert(order: ConversionOrder) -> Counts:
    """Call whom the plan wants and nobody fills, move the end of who stands, release whom it no longer wants."""
    groups = plan_musters(order)
    kept = {pk for group in groups for pk in group.kept}
    there = standing(order)
    gone = [pk for pk in there.values_list("id", flat=True) if pk not in kept]
    released = _release(order, gone)
    prolonged = there.filter(pk__in=kept).exclude(ends_at=order.ends_at).update(
        ends_at=Greatest(order.ends_at, F("called_at"))
    )  # fmt: skip
    _end_lapsed(order, [one.person for group in groups for _place, one in group.called])
    return {"mustered": _call(order, groups), "prolonged": prolonged, "released": released}


def revert(order: ConversionOrder) -> Counts:
    """Release everybody the response counts on in these places."""
    return {"released": _release(order, list(standing(order).values_list("id", flat=True)))}


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many people stand there and were not released yet."""
    count = standing(order).filter(status=MusterStatus.HERE).count()
    return [OpenItem(HERE, order.street, count)] if count else []


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line of the preview in words."""
    if kind == HERE:
        return _("People who were called, are here and were not released")
    if kind == PEOPLE:
        return _with_kept_out(_("%(title)s, the farthest %(metres)s m on foot") % {
            "title": titled(facts), "metres": facts.get("farthest_m", 0)
        }, facts)  # fmt: skip
    return _with_kept_out(titled(facts), facts)


def _named(group: Group) -> dict[str, Any]:
    named = {"title": group.row["title"], "title_en": group.row.get("title_en", "")}
    if not group.kept_out:
        return named
    counted = Counter((one.kind, one.code) for _person, missing in group.kept_out for one in missing)
    lacks = [[kind, code, count] for (kind, code), count in counted.most_common(MOST_LACKS)]
    return named | {"kept_out": len(group.kept_out), "lacks": lacks}


def _with_kept_out(words: Words, facts: Mapping[str, Any]) -> Words:
    """Add who is near and able but has not shown what the task asks, and what that is."""
    if not facts.get("kept_out"):
        return words
    what = gettext(", ").join(f"{Missing(kind, code).label} {count}" for kind, code, count in facts["lacks"])
    return _("%(words)s; %(count)s near and able are not called before they have shown: %(what)s") % {
        "words": words, "count": facts["kept_out"], "what": what
    }  # fmt: skip


def _skill(group: Group) -> str:
    return str(group.row.get("skill", ""))


def _call(order: ConversionOrder, groups: Sequence[Group]) -> int:
    called = [(group, place, one) for group in groups for place, one in group.called]
    if not called:
        return 0
    values = {
        "places": [place for _group, place, _one in called], "people": [one.person for _g, _p, one in called],
        "codes": [str(group.row["code"]) for group, _p, _one in called],
        "titles": [str(group.row["title"])[:120] for group, _p, _one in called],
        "titles_en": [str(group.row.get("title_en", ""))[:120] for group, _p, _one in called],
        "skills": [_skill(group) for group, _p, _one in called],
        "works": [group.task_type for group, _p, _one in called], "ways": [one.way_m for _g, _p, one in called],
        "nexts": [one.next_m for _g, _p, one in called], "activation": order.activation_id,
        "status": str(MusterStatus.CALLED), "now": order.now, "ends_at": order.ends_at,
    }  # fmt: skip
    journal.write_and_record(
        CALL, values, action=CALLED, subject_type=Responder._meta.label_lower, actor=order.actor, happened_at=order.now
    )
    return len(called)


def _release(order: ConversionOrder, ids: Sequence[int]) -> int:
    released = MUSTER.move_many(ids, "release", actor=order.actor, now=order.now)
    Muster.objects.filter(pk__in=released).update(released_at=Greatest(F("called_at"), order.now))
    return len(released)


def _end_lapsed(order: ConversionOrder, people: Sequence[int]) -> None:
    """Release from calls of other responses that passed their end while nothing ran to say so."""
    lapsed = Muster.objects.filter(responder_id__in=people, status__in=sorted(COUNTED_ON), ends_at__lte=order.now)
    _release(order, list(lapsed.values_list("id", flat=True)))


STEP = declare_step(
    ConversionStep(
        code="responders.musters", label=_("People called to help"), order=50, parts=frozenset({"people"}),
        preview=preview, convert=convert, revert=revert, describe=describe, open_items=open_items,
        has_numbers=True,
    )
)  # fmt: skip
