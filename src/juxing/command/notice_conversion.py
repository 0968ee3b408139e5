"""
Conversion of this room: the plan's prepared notices become drafts (公告), which only a person publishes.

One draft for each part of a street that the response holds at. Coming back, what was published is withdrawn and what
was not is put aside; where people were told of the beginning, a draft tells them of the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.activations.models import Activation, ActivationArea
from juxing.command.enums import NoticeStatus
from juxing.command.lifecycle import NOTICE
from juxing.command.models import Notice
from juxing.command.notice_drafting import filled, known_values, said_in
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
COLUMNS = (
    "uuid",
    "area_code",
    "activation",
    "code",
    "title",
    "text",
    "audience",
    "status",
    "level",
    "drafted_at",
    "ends_at",
)


def preview(order: ConversionOrder) -> StepPreview:
    """Return the notices that would be drafted."""
    return StepPreview(tuple(
        Change(f"{row['code']}:{place}", DRAFTED, place, 1,
               {"title": row["title"], "title_en": row.get("title_en", "")})
        for row in _rows(order, START) for place in order.area_codes
    ))  # fmt: skip


def convert(order: ConversionOrder) -> Counts:
    """
    Draft what is wanted and stands nowhere, take back what is not wanted, and bring the rest to this level and end.

    A draft gets the new words. What is published keeps its own; if they no longer hold, a draft beside it says what
    would, and replaces it when a person publishes that.
    """
    wanted = {
        (place, row["code"]): row for row in _rows(order, START) for place in order.area_codes
        if order.edits.keeps(f"{row['code']}:{place}")
    }  # fmt: skip
    rows = Notice.objects.inside(order.areas).filter(activation_id=order.activation_id, status__in=OPEN)
    standing = list(rows.order_by("id"))
    counts = _take_back(order, [each.pk for each in standing if (each.area_code, each.code) not in wanted])
    kept = [each for each in standing if (each.area_code, each.code) in wanted]
    drafts = {(each.area_code, each.code): each for each in kept if each.status == NoticeStatus.DRAFT}
    told = {(each.area_code, each.code): each for each in kept if each.status == NoticeStatus.PUBLISHED}
    new = []
    known = _Known(order, order.ends_at, places={place for place, _code in wanted}) if wanted else None
    for key, row in wanted.items():
        if known is None or key in drafts:
            continue
        if key not in told:
            new.append((key[0], row, known.filled(key[0], row["text"])))
        elif (told[key].level, told[key].ends_at) != (order.level, order.ends_at):
            text = known.again(key[0], row["text"], told[key].text)
            if text != told[key].text:
                new.append((key[0], row, text))
    if known is not None:
        for key, draft in drafts.items():
            if (draft.level, draft.ends_at) != (order.level, order.ends_at):
                draft.text = known.again(key[0], wanted[key]["text"], draft.text, rewritten=draft.text)
                draft.level, draft.ends_at = order.level, order.ends_at
        for each in told.values():
            each.ends_at = order.ends_at
    Notice.objects.bulk_update([*drafts.values(), *told.values()], ["text", "level", "ends_at"])
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
    rows_of_end = _rows(order, END)
    known = _Known(order, order.now, places=set(told)) if rows_of_end and told else None
    ending = [(place, row, known.filled(place, row["text"])) for row in rows_of_end for place in told if known]
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


class _Known:
    """What is known of the response in each place, for the blanks of its notices."""

    def __init__(self, order: ConversionOrder, ends_at: datetime, *, places: set[str]) -> None:
        activation = Activation.objects.select_related("decision").defer("preview").get(pk=order.activation_id)
        decision = f"{activation.decision.issuer}{activation.decision.number}" if activation.decision else ""
        names = dict(Area.objects.filter(code__in=places).values_list("code", "name"))
        self._values = {
            place: known_values(
                place=names.get(place, ""), level=order.level, start=activation.starts_at or order.now, end=ends_at,
                decision=decision,
            )
            for place in places
        }  # fmt: skip

    def filled(self, place: str, text: str) -> str:
        """Return the plan's words with what is known."""
        return filled(text, self._values[place])

    def again(self, place: str, text: str, written: str, *, rewritten: str = "") -> str:
        """Return the plan's words anew, with what a person had filled in; ``rewritten`` if a person wrote otherwise."""
        said = said_in(text, written)
        if said is None:
            return rewritten or self.filled(place, text)
        return filled(text, {**said, **{blank: value for blank, value in self._values[place].items() if value}})


def _draft(order: ConversionOrder, wanted: Sequence[tuple[str, Mapping[str, Any], str]], ends_at: datetime) -> int:
    rows = [
        (uuid4(), place, order.activation_id, row["code"], row["title"], text[:4000], row.get("audience", "residents"),
         NoticeStatus.DRAFT, order.level, order.now, ends_at)
        for place, row, text in wanted
    ]  # fmt: skip
    return copy_rows(Notice, COLUMNS, rows)


declare_step(
    ConversionStep(
        code="command.notices", label=_("Notices"), order=80, parts=frozenset({"notices"}), preview=preview,
        convert=convert, revert=revert, describe=describe,
    )
)  # fmt: skip
