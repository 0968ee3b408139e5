"""
Conversion of this room: the plan's prepared notices become drafts (公告), which only a person publishes.

One draft for each part of a street that the response holds at. Coming back, what was published is withdrawn and what
was not is put aside; where people were told of the beginning, a draft tells them of the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.activations.models import Activation, ActivationArea
from juxing.command.enums import NoticeStatus
from juxing.command.lifecycle import NOTICE
from juxing.command.models import Notice
from juxing.command.notice_drafting import filled, known_values
from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.copying import copy_rows
from juxing.kernel.refusals import Words
from juxing.places.models import Area

DRAFTED = "notice"
START, END = "start", "end"
OPEN = (NoticeStatus.DRAFT, NoticeStatus.PUBLISHED)
END_STAYS = timedelta(days=7)
COLUMNS = ("uuid", "area_code", "activation", "code", "title", "text", "audience", "status", "drafted_at", "ends_at")


def preview(order: ConversionOrder) -> StepPreview:
    """Return the notices that would be drafted."""
    return StepPreview(tuple(
        Change(f"{row['code']}:{place}", DRAFTED, place, 1,
               {"title": row["title"], "title_en": row.get("title_en", "")})
        for row in _rows(order, START) for place in order.area_codes
    ))  # fmt: skip


def convert(order: ConversionOrder) -> Counts:
    """Draft what is wanted and neither drafted nor published; move the end of what is; take back what is not wanted."""
    wanted = {
        (place, row["code"]): row for row in _rows(order, START) for place in order.area_codes
        if order.edits.keeps(f"{row['code']}:{place}")
    }  # fmt: skip
    standing = {
        (area_code, code): pk for pk, area_code, code in
        Notice.objects.inside(order.areas).filter(activation_id=order.activation_id, status__in=OPEN)
        .values_list("id", "area_code", "code")
    }  # fmt: skip
    kept = [pk for key, pk in standing.items() if key in wanted]
    Notice.objects.filter(pk__in=kept).exclude(ends_at=order.ends_at).update(ends_at=order.ends_at)
    counts = _take_back(order, [pk for key, pk in standing.items() if key not in wanted])
    new = [(place, row) for (place, code), row in wanted.items() if (place, code) not in standing]
    return {"drafted": _draft(order, new, order.ends_at), **counts}


def revert(order: ConversionOrder) -> Counts:
    """Withdraw what was published, put drafts aside, and draft the notice of the end where people were told."""
    here = order.areas.condition()
    if not _holds_on(order):
        here |= Q(area_code=order.street)
    rows = list(
        Notice.objects.filter(here, activation_id=order.activation_id, status__in=OPEN).values_list(
            "id", "area_code", "status"
        )
    )
    told = sorted({area_code for _pk, area_code, status in rows if status == NoticeStatus.PUBLISHED})
    counts = _take_back(order, [pk for pk, _area_code, _status in rows])
    ending = [(place, row) for row in _rows(order, END) for place in told]
    return {"drafted": _draft(order, ending, order.now + END_STAYS), **counts}


def describe(_kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line in words."""
    return _("Draft of a notice: %(title)s") % {"title": titled(facts)}


def _rows(order: ConversionOrder, moment: str) -> list[Mapping[str, Any]]:
    return [row for row in order.rows("notices") if row.get("moment", START) == moment]


def _holds_on(order: ConversionOrder) -> bool:
    rows = ActivationArea.objects.filter(activation_uuid=order.activation_uuid, until__gt=order.now)
    return rows.filter(area_code__gte=order.street, area_code__lt=f"{order.street}~").exists()


def _take_back(order: ConversionOrder, ids: Sequence[int]) -> Counts:
    withdrawn = NOTICE.move_many(ids, "withdraw", actor=order.actor, now=order.now)
    put_aside = NOTICE.move_many(ids, "put_aside", actor=order.actor, now=order.now)
    return {"withdrawn": len(withdrawn), "put_aside": len(put_aside)}


def _draft(order: ConversionOrder, wanted: Sequence[tuple[str, Mapping[str, Any]]], ends_at: Any) -> int:
    if not wanted:
        return 0
    activation = Activation.objects.select_related("decision").defer("preview").get(pk=order.activation_id)
    names = dict(Area.objects.filter(code__in={place for place, _row in wanted}).values_list("code", "name"))
    decision = f"{activation.decision.issuer}{activation.decision.number}" if activation.decision else ""
    rows = []
    for place, row in wanted:
        known = known_values(
            place=names.get(place, ""), level=order.level, start=activation.starts_at or order.now,
            end=order.ends_at if ends_at == order.ends_at else order.now, decision=decision,
        )  # fmt: skip
        rows.append((uuid4(), place, order.activation_id, row["code"], row["title"], filled(row["text"], known),
                     row.get("audience", "residents"), NoticeStatus.DRAFT, order.now, ends_at))  # fmt: skip
    copy_rows(Notice, COLUMNS, rows)
    return len(rows)


declare_step(
    ConversionStep(
        code="command.notices", label=_("Notices"), order=80, parts=frozenset({"notices"}), preview=preview,
        convert=convert, revert=revert, describe=describe,
    )
)  # fmt: skip
