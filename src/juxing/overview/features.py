"""The map's data as GeoJSON (RFC 7946), in words: no person, no door, helpers only as counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from juxing.overview.addresses import address
from juxing.overview.queries.goods import ShortDepot
from juxing.overview.queries.map_features import Cell, MapData
from juxing.overview.queries.picture import Part
from juxing.overview.words import ago, quantity

STRAINED, BUSY, CALM = 60.0, 30.0, 10.0
"""Waiting needs per 1,000 households from which a place is red, amber, blue; below the last it is green."""
NAMED_ITEMS = 6


def tone_of(part: Part) -> str:
    """Return the colour of a part of the map; a life-critical need nobody took makes it red whatever the rest."""
    per_thousand = part.per_thousand
    if part.needs.late_life_critical or (per_thousand is not None and per_thousand >= STRAINED):
        return "bad"
    if per_thousand is None:
        return "neutral"
    return "warn" if per_thousand >= BUSY else "info" if per_thousand >= CALM else "good"


def legend() -> list[dict[str, str]]:
    """Return what the colours of places mean."""
    return [
        {"tone": "bad", "label": _("60 or more, or a life-critical need nobody took")},
        {"tone": "warn", "label": _("30 to 60")},
        {"tone": "info", "label": _("10 to 30")},
        {"tone": "good", "label": _("under 10")},
    ]


def feature_collection(data: MapData, *, now: datetime) -> dict[str, Any]:
    """Return the map."""
    cells = map(_cell(data, now), data.cells)
    return {"type": "FeatureCollection", "features": [*_areas(data), *cells, *_depots(data)]}


def _areas(data: MapData) -> Iterator[dict[str, Any]]:
    outlined = [part for part in data.parts if part.code in data.boundaries]
    for part in outlined:
        yield _feature(_polygon(data.boundaries[part.code]), _about(part))
    around = max((code for code in data.boundaries if data.place.code.startswith(code)), key=len, default="")
    if not outlined and around:
        yield _feature(_polygon(data.boundaries[around]), {"title": data.place.name, "tone": "neutral"})


def _about(part: Part) -> dict[str, Any]:
    waiting = ngettext("%(count)d need waits", "%(count)d needs wait", part.needs.waiting) % {
        "count": part.needs.waiting
    }
    if part.per_thousand is not None:
        waiting += _(" (%(value)s per 1,000 households)") % {"value": part.per_thousand}
    helpers = _("helpers free: %(free)d, busy: %(busy)d") % {"free": part.help.available, "busy": part.help.busy}
    return {
        "title": part.name, "value": part.per_thousand, "value_label": str(part.needs.waiting), "tone": tone_of(part),
        "text": _("%(waiting)s; %(helpers)s") % {"waiting": waiting, "helpers": helpers},
        "url": address("overview:picture_of", part.code),
    }  # fmt: skip


def _cell(data: MapData, now: datetime) -> Any:
    list_url = address("needs:list")
    code = data.place.code if len(data.place.code) > 6 else ""

    def feature(cell: Cell) -> dict[str, Any]:
        oldest = _("oldest waiting %(time)s") % {"time": ago(cell.oldest_waiting_since, now)}
        if cell.life_critical:
            title = ngettext(
                "%(count)d life-critical need without a helper", "%(count)d life-critical needs without a helper",
                cell.life_critical,
            ) % {"count": cell.life_critical}  # fmt: skip
            wanted = {"area": code, "show": "waiting", "priority": "life_critical"}
        else:
            title = ngettext("%(count)d overdue need", "%(count)d overdue needs", cell.overdue) % {
                "count": cell.overdue
            }
            wanted = {"area": code, "show": "overdue"}
        text = oldest
        if cell.life_critical and cell.overdue:
            text += _("; overdue besides: %(count)d") % {"count": cell.overdue}
        properties = {
            "title": title, "text": text, "tone": "bad" if cell.life_critical else "warn",
            "priority": "life_critical" if cell.life_critical else "urgent",
            "url": f"{list_url}?{urlencode(wanted)}" if list_url else "",
        }  # fmt: skip
        return _feature({"type": "Point", "coordinates": [cell.longitude, cell.latitude]}, properties)

    return feature


def _depots(data: MapData) -> Iterator[dict[str, Any]]:
    for depot in data.depots:
        properties = {
            "title": _("%(depot)s runs short") % {"depot": depot.name}, "text": items_in_words(depot),
            "tone": "neutral", "icon": "package", "url": address("supplies:stock"),
        }  # fmt: skip
        yield _feature({"type": "Point", "coordinates": [depot.longitude, depot.latitude]}, properties)


def items_in_words(depot: ShortDepot) -> str:
    """Return what a depot lacks, with what is left of it."""
    english = get_language() == "en"
    named = [
        _("%(item)s: %(left)s left") % {"item": item.name_en if english else item.name_zh, "left": quantity(item.free)}
        for item in depot.items[:NAMED_ITEMS]
    ]
    more = len(depot.items) - len(named)
    if more:
        named.append(_("and %(count)d more") % {"count": more})
    return _("; ").join(named)


def _polygon(rings: Any) -> dict[str, Any]:
    closed = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings if ring]
    return {"type": "Polygon", "coordinates": closed}


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
