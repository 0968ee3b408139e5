"""Tables to take away: venues in the form in which they come in, and gaps of coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.exporting import Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.venues import policy
from juxing.venues.models import Venue
from juxing.venues.opening_hours import hours_text
from juxing.venues.queries import coverage
from juxing.venues.queries.venues import VenueFilters, all_venues
from juxing.venues.venue_table import headings, word_for


def gather_venues(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return venues as the table that the import reads; contacts are left out: nobody needs them to change the rest."""
    filters, moment = VenueFilters(**arguments.get("filters", {})), datetime.fromisoformat(arguments["at"])
    venues = all_venues(actor=actor, filters=filters, now=moment)
    return venue_table(venue for venue in venues if venue.area_code in areas)


def venue_table(venues: Iterable[Venue]) -> Table:
    """Return venues, each read with ``room_list`` and ``layout_list``, as rows of the import's table."""
    return Table(headings()[:-2], [_venue_cells(venue) for venue in venues])


def gather_gaps(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return gaps of coverage, elders first: places, no persons."""
    heads = [_("Rank"), _("Area code"), _("Elders"), _("Residents"), _("Buildings"), _("Nearest, metres"),
             _("Longitude"), _("Latitude")]  # fmt: skip
    circle = coverage.circle(actor=actor, uuid=UUID(arguments["circle"]))
    return Table(heads, [
        [gap.rank, gap.area_code, gap.elders, gap.residents, gap.buildings, gap.nearest_m or "", gap.longitude,
         gap.latitude]
        for gap in coverage.all_gaps(circle=circle) if gap.area_code in areas
    ])  # fmt: skip


def _venue_cells(venue: Venue) -> Sequence[object]:
    layouts = venue.layout_list  # type: ignore[attr-defined]
    rooms = venue.room_list  # type: ignore[attr-defined]
    largest = max(rooms, key=lambda room: room.capacity, default=None)
    steady, emergency = (
        ", ".join(word_for("function_word", layout.function) for layout in layouts if layout.is_steady is wanted)
        for wanted in (True, False)
    )
    words = {True: word_for("yes_word", "yes"), False: word_for("no_word", "no"), None: ""}
    return [
        venue.name, word_for("kind_word", venue.kind), venue.area_code, venue.address, venue.longitude,
        venue.latitude, "WGS84" if venue.longitude is not None else "", hours_text(venue.opening_hours), steady,
        emergency, largest.capacity if largest else "", largest.area_m2 if largest else "", words[venue.is_step_free],
        words[venue.is_idle],
    ]  # fmt: skip


declare_export("venues.venues", gettext_lazy("Venues"), right=policy.SEE, gather=gather_venues, file_name="venues")
declare_export(
    "venues.gaps", gettext_lazy("Gaps of coverage on foot"), right=policy.PLAN, gather=gather_gaps, file_name="gaps"
)
