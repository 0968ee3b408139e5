"""Generates the whole demo district."""

from __future__ import annotations

import numpy as np

from juxing_demo.data_files import data
from juxing_demo.district_tables import AreaTable, District, Size, StoryTable
from juxing_demo.draws import DEMO_SEED
from juxing_demo.estate_plan import DISTRICT_CODE
from juxing_demo.organisations import build_organisations, build_stock, build_supply_items, build_venues
from juxing_demo.people import REFERENCE_YEAR, build_population, register_special_care
from juxing_demo.places import build_places
from juxing_demo.responders import build_responders
from juxing_demo.staff import build_staff, resident_phones, with_resident_phones


def generate_district(size: Size, *, seed: int = DEMO_SEED) -> District:
    """
    The fictional district in one of three sizes; same arguments, same rows.

    S (10,440 residents) is for tests, M (69,600) for the demo, L (278,400) for load.
    """
    places = build_places(size, seed)
    population = build_population(places, seed)
    special_care = register_special_care(population, seed)
    organisations = build_organisations(size, places, seed)
    venues = build_venues(size, places, seed)
    serving = build_responders(size, places, population, organisations, seed)
    staff = build_staff(
        size, places, population, organisations=organisations, venues=venues, serving=serving, seed=seed
    )
    phones = resident_phones(population, special_care, staff, serving.responders, seed)
    return District(
        size=size,
        seed=seed,
        code=DISTRICT_CODE,
        name=data("places")["district"]["district"],
        reference_year=REFERENCE_YEAR,
        areas=places.areas,
        estates=places.estates,
        grids=places.grids,
        buildings=places.buildings,
        units=places.units,
        households=places.households,
        residents=population.with_phones(phones),
        special_care=special_care,
        organisations=organisations,
        venues=venues,
        supply_items=build_supply_items(),
        stock=build_stock(places, venues, seed),
        staff=with_resident_phones(staff, phones),
        teams=serving.teams,
        responders=serving.responders,
        story=_story(places.areas),
    )


def _story(areas: AreaTable) -> StoryTable:
    """The fixed story; a size with fewer streets tells it in those it has."""
    streets = [code for code, level in areas.rows("code", "level") if level == "street"]
    rows = data("organisations")["story"]
    return StoryTable(
        code=[row["code"] for row in rows],
        kind=[row["kind"] for row in rows],
        title=[row["title"] for row in rows],
        hazard=[row["hazard"] for row in rows],
        warning_level=[row["warning_level"] for row in rows],
        area_codes=[tuple(streets[index % len(streets)] for index in row["streets"]) for row in rows],
        started_day=np.array([row["started_day"] for row in rows], dtype=np.int32),
        ended_day=np.array([row["ended_day"] for row in rows], dtype=np.int32),
        status=[row["status"] for row in rows],
        is_exercise=np.array([row["exercise"] for row in rows]),
        text=[row["text"] for row in rows],
    )
