"""Organisations, venues, the supply catalogue and the opening stock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.district_tables import OrganisationTable, Size, StockTable, SupplyItemTable, VenueTable
from juxing_demo.draws import Draws
from juxing_demo.estate_plan import DISTRICT_CODE, Places, is_village

COUNTS: dict[Size, tuple[int, int, int]] = {"S": (6, 4, 10), "M": (24, 15, 60), "L": (80, 40, 200)}
"""Venues, suppliers, member units of each size."""

FIRST_OFFICE_PHONE, LAST_OFFICE_PHONE = 0, 1999
"""Numbers of the demo range kept for organisations and staff."""
LAST_PHONE = 9_999_999


ORDER_AGAIN_AT = 0.2
"""Share of the opening stock below which a depot orders again."""


def phone(number: int) -> str:
    """A demo phone; `number` is 0-9999999. No network uses numbers that begin with 128."""
    if not 0 <= number <= LAST_PHONE:
        raise ValueError(f"Expected a number in 0..{LAST_PHONE}, got {number}.")
    return f"1280{number:07d}"


@dataclass
class _Rows:
    """Organisations while they are being listed."""

    rows: list[tuple[str, str, str, str, int, bool, bool, float, float]] = field(default_factory=list)

    def add(self, kind: str, name: str, area: tuple[str, float, float], parent: int = -1, branch: str = "") -> int:
        code, lon, lat = area
        self.rows.append((name, kind, branch, code, parent, False, False, lon, lat))
        return len(self.rows) - 1

    def mark(self, row: int, *, member: bool = False, supplier: bool = False) -> None:
        name, kind, branch, code, parent, _, _, lon, lat = self.rows[row]
        self.rows[row] = (name, kind, branch, code, parent, member, supplier, lon, lat)


def build_organisations(size: Size, places: Places, seed: int) -> OrganisationTable:
    """
    Party, government, committees, property companies, the five action branches, member units and
    suppliers.
    """
    words = data("organisations")
    draws = Draws(seed, size, "organisations")
    listed = _Rows()
    areas = places.areas
    spots = {row[0]: (row[0], row[1], row[2]) for row in areas.rows("code", "lon", "lat")}
    district = spots[DISTRICT_CODE]
    root = listed.add("party_organisation", words["party"]["district"], district)
    for name in words["government"]["departments"]:
        listed.add("agency", name, district)
    for name in words["government"]["groups"]:
        listed.add("group_organisation", name, district)
    for branch in words["branch"]:
        home = listed.add("social_organisation", branch["home"], district, root)
        listed.add("social_organisation", branch["name"], district, home, branch["branch_type"])
    _add_area_organisations(listed, places, root)
    _add_property(listed, places, draws)
    communities = [spots[code] for code, level in areas.rows("code", "level") if level == "community"]
    _, suppliers, members = COUNTS[size]
    _add_units(listed, communities, words, (suppliers, members), draws)
    columns = list(zip(*listed.rows, strict=True))
    count = len(listed.rows)
    return OrganisationTable(
        code=[f"ORG-{number:04d}" for number in range(1, count + 1)],
        name=list(columns[0]),
        organisation_type=list(columns[1]),
        branch_type=list(columns[2]),
        area_code=list(columns[3]),
        parent_row=np.array(columns[4], dtype=np.int32),
        is_member_unit=np.array(columns[5]),
        is_supplier=np.array(columns[6]),
        phone=[phone(FIRST_OFFICE_PHONE + number) for number in range(count)],
        lon=np.array(columns[7]),
        lat=np.array(columns[8]),
    )


def _add_area_organisations(listed: _Rows, places: Places, root: int) -> None:
    words = data("organisations")["party"]
    of_street: dict[str, int] = {}
    for code, name, level, lon, lat in places.areas.rows("code", "name", "level", "lon", "lat"):
        spot = (code, lon, lat)
        if level == "street":
            of_street[code] = listed.add("party_organisation", words["street"].format(area=name), spot, root)
        elif level == "community":
            rural = is_village(code)
            parent = listed.add("party_organisation", words["community"].format(area=name), spot, of_street[code[:9]])
            label = words["committee"]["village" if rural else "community"].format(area=name)
            listed.add("residents_committee", label, spot, parent)


def _add_property(listed: _Rows, places: Places, draws: Draws) -> None:
    words = data("organisations")["property"]
    estates = places.estates
    companies: dict[str, int] = {}
    drawn = draws.pick(len(estates), words["names"])
    columns = estates.rows("code", "name", "estate_type", "has_property_company", "lon", "lat")
    for (code, name, kind, has_company, lon, lat), company in zip(columns, drawn, strict=True):
        if has_company and company not in companies:
            companies[company] = listed.add("property_company", company + words["suffix"], (code, lon, lat))
        if kind in {"commercial", "large_resettlement", "urban_renewal"}:
            listed.add("owners_committee", words["owners_committee"].format(estate=name), (code, lon, lat))


def _add_units(
    listed: _Rows,
    communities: list[tuple[str, float, float]],
    words: dict[str, Any],
    counts: tuple[int, int],
    draws: Draws,
) -> None:
    suppliers, members = counts
    plans = (
        [
            (stem, kind["name"], kind["type"])
            for kind in words["member_unit"]["kinds"]
            for stem in words["member_unit"]["stems"]
        ],
        [(stem, kind, "supplier") for kind in words["supplier"]["kinds"] for stem in words["supplier"]["stems"]],
    )
    for plan, wanted, is_supplier in ((plans[0], members, False), (plans[1], suppliers, True)):
        for number, index in enumerate(draws.order(len(plan))[:wanted].tolist()):
            stem, kind, organisation_type = plan[index]
            code, lon, lat = communities[number % len(communities)]
            east, north = draws.between(2, -0.004, 0.004).tolist()
            spot = (code, round(lon + east, 6), round(lat + north, 6))
            row = listed.add(organisation_type, stem + kind, spot)
            listed.mark(row, member=not is_supplier, supplier=is_supplier)


def build_venues(size: Size, places: Places, seed: int) -> VenueTable:
    """
    A centre for every street, a station for every community, others round the communities up to the
    count.
    """
    words = data("organisations")["venue"]
    draws = Draws(seed, size, "venues")
    areas = list(places.areas.rows("code", "name", "level", "lon", "lat"))
    communities = [row for row in areas if row[2] == "community"]
    chosen = [(row, words[row[2]]) for row in areas if row[2] in {"street", "community"}]
    if size != "S":
        chosen = [(row, words["district"]) for row in areas if row[2] == "district"] + chosen
    for number in range(COUNTS[size][0] - len(chosen)):
        other = words["other"][number % len(words["other"])]
        chosen.append((communities[(number * 5) % len(communities)], other))
    shift = draws.between(2 * len(chosen), -0.0018, 0.0018).reshape(-1, 2)
    is_depot = np.array(["supply_point" in kind["functions"] for _, kind in chosen])
    return VenueTable(
        code=[f"VEN-{number:03d}" for number in range(1, len(chosen) + 1)],
        name=[kind["name"].format(area=row[1]) for row, kind in chosen],
        area_code=[row[0] for row, _ in chosen],
        functions=[tuple(kind["functions"]) for _, kind in chosen],
        is_depot=is_depot,
        capacity_people=(50 + 10 * draws.below(len(chosen), 30)).astype(np.int32),
        storage_m3=np.where(is_depot, 40 + 10 * draws.below(len(chosen), 20), 0).astype(np.int32),
        lon=np.round(np.array([row[3] for row, _ in chosen]) + shift[:, 0], 6),
        lat=np.round(np.array([row[4] for row, _ in chosen]) + shift[:, 1], 6),
    )


def build_supply_items() -> SupplyItemTable:
    """The catalogue."""
    items = data("supplies")["item"]
    return SupplyItemTable(
        code=[item["code"] for item in items],
        name=[item["name"] for item in items],
        names=[(item["name"], *item["also"]) for item in items],
        category=[item["category"] for item in items],
        unit=[item["unit"] for item in items],
        weight_kg=np.array([item["kg"] for item in items]),
        volume_l=np.array([item["litre"] for item in items]),
        is_ppe=np.array([item.get("ppe", False) for item in items]),
        is_enabled=np.array([item.get("enabled", True) for item in items]),
    )


def build_stock(places: Places, venues: VenueTable, seed: int) -> StockTable:
    """
    Opening stock of every depot: community depots by their households, street depots three times an
    average one.

    Goods that expire lie in two lots, so that the earlier one must go first.
    """
    items = data("supplies")["item"]
    depots = np.flatnonzero(venues.is_depot)
    draws = Draws(seed, len(places.households), "stock")
    households = _households_by_area(places)
    average = float(np.mean([value for code, value in households.items() if len(code) == 12]))
    rows: list[tuple[int, int, int, int]] = []
    least: list[int] = []
    for depot in depots.tolist():
        code = venues.area_code[depot]
        reach = households[code] if len(code) == 12 else 3 * average
        for index, item in enumerate(items):
            amount = float(item["per_100"]) * reach / 100 * float(draws.between(1, 0.5, 1.3)[0])
            if amount >= 0.5:
                lots = _lots(depot, index, round(amount), item["shelf_days"], draws)
                rows += lots
                least += [round(amount * ORDER_AGAIN_AT)] * len(lots)
    table = np.array(rows, dtype=np.int32)
    return StockTable(table[:, 0], table[:, 1], table[:, 2], table[:, 3], np.array(least, dtype=np.int32))


def _lots(depot: int, item: int, amount: int, shelf_days: int, draws: Draws) -> list[tuple[int, int, int, int]]:
    if shelf_days == 0 or amount < 2:
        return [(depot, item, amount, shelf_days or -1)]
    early = max(1, amount // 3)
    soon = max(1, round(shelf_days * float(draws.between(1, 0.15, 0.5)[0])))
    return [(depot, item, early, soon), (depot, item, amount - early, shelf_days)]


def _households_by_area(places: Places) -> dict[str, int]:
    per_estate = np.bincount(places.estate_of_household, minlength=len(places.estates))
    result: dict[str, int] = {}
    for code, count in zip(places.estates.community_code, per_estate.tolist(), strict=True):
        for prefix in (code, code[:9], code[:6]):
            result[prefix] = result.get(prefix, 0) + count
    return result


def households_of_community(places: Places) -> dict[str, int]:
    """Number of households by community code."""
    return {code: count for code, count in _households_by_area(places).items() if len(code) == 12}


def community_of_household(places: Places) -> NDArray[np.int64]:
    """For each household the row of its community among all communities, in area order."""
    codes = [code for code, level in places.areas.rows("code", "level") if level == "community"]
    position = {code: row for row, code in enumerate(codes)}
    of_estate = np.array([position[code] for code in places.estates.community_code])
    return np.asarray(of_estate[places.estate_of_household])
