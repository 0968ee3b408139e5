"""What the demo's venues are like inside, and places added round them: sports halls, schools, empty shops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from juxing_demo.data_files import data
from juxing_demo.district_tables import District
from juxing_demo.draws import Draws


@dataclass(frozen=True, slots=True)
class VenueForm:
    """What venues of one kind of name hold; ``layouts`` names the rooms of each function."""

    suffix: str
    kind: str
    hours: str
    steady: Sequence[str]
    services: Sequence[str]
    rooms: Sequence[Mapping[str, Any]]
    layouts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class DemoVenue:
    """A venue of the demo, whole."""

    area_code: str
    name: str
    address: str
    lon: float
    lat: float
    is_idle: bool
    form: VenueForm


def demo_venues(district: District) -> list[DemoVenue]:
    """
    Every venue of the district: those of its table first, then a sports hall and a school for each street, and an
    empty shop at each estate, a candidate for a new venue. Same district, same venues.
    """
    forms = _forms()
    names = dict(district.areas.rows("code", "name"))
    spots = [*_listed(district), *_added(district, names)]
    address = data("venues")["added"]["address"]
    return [
        DemoVenue(
            area_code=code, name=name, lon=lon, lat=lat, is_idle=is_idle, form=_form_of(name, forms),
            address=address.format(area=names[code], number=8 + 4 * number),
        )
        for number, (code, name, lon, lat, is_idle) in enumerate(spots)
    ]  # fmt: skip


def demo_events() -> list[dict[str, Any]]:
    """What is booked in the first service centre: room, title, day from the load, hours, people."""
    return list(data("venues")["event"])


def _listed(district: District) -> Iterator[tuple[str, str, float, float, bool]]:
    for code, name, lon, lat in district.venues.rows("area_code", "name", "lon", "lat"):
        yield code, name, lon, lat, False


def _added(district: District, names: dict[str, str]) -> Iterator[tuple[str, str, float, float, bool]]:
    words = data("venues")["added"]
    draws = Draws(district.seed, district.size, "venues inside")
    streets = [row for row in district.areas.rows("code", "lon", "lat", "level") if row[3] == "street"]
    for code, lon, lat, _level in streets:
        for label in words["street"]:
            east, north = draws.between(2, -0.012, 0.012).tolist()
            yield code, label.format(area=names[code]), round(lon + east, 6), round(lat + north, 6), False
    for code, name, lon, lat in district.estates.rows("community_code", "name", "lon", "lat"):
        east, north = draws.between(2, -0.0015, 0.0015).tolist()
        yield code, words["estate"].format(estate=name), round(lon + east, 6), round(lat + north, 6), True


def _forms() -> list[VenueForm]:
    return [
        VenueForm(
            suffix=entry["suffix"], kind=entry["kind"], hours=entry["hours"], steady=entry["steady"],
            services=entry["services"], rooms=entry["rooms"], layouts=entry["layouts"],
        )
        for entry in data("venues")["form"]
    ]  # fmt: skip


def _form_of(name: str, forms: Sequence[VenueForm]) -> VenueForm:
    return next(form for form in forms if name.endswith(form.suffix))
