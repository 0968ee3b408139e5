"""What `generate_district` returns: the places, people, organisations and goods of the fictional district."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from enum import IntFlag
from typing import Literal

from juxing_demo.tables import Flags, Floats, Ints, Ring, Table, Texts

Size = Literal["S", "M", "L"]


class CareFlag(IntFlag):
    """Synthetic circumstances of a demo resident; several may hold at once."""

    CHRONIC_DISEASE = 1
    DAILY_MEDICINE = 2
    PROXY_MEDICINE = 4
    LIVING_ALONE = 8
    DISABILITY = 16
    PREGNANT_POSTNATAL = 32
    INFANT = 64
    LIFE_CRITICAL_TREATMENT = 128
    LOW_INCOME = 256
    CHILD_IN_HARDSHIP = 512
    WITHOUT_KIN = 1024


@dataclass(frozen=True, eq=False)
class AreaTable(Table):
    """Official areas, parents before children. `level`: province, city, district, street, community."""

    code: Texts
    name: Texts
    level: Texts
    parent_code: Texts
    lon: Floats
    lat: Floats
    polygon: list[Ring]


@dataclass(frozen=True, eq=False)
class EstateTable(Table):
    """
    Estates, code ``{community}-E001``; `estate_type` is an `EstateType` value; `floors` is the usual
    height.
    """

    code: Texts
    name: Texts
    community_code: Texts
    estate_type: Texts
    floors: Ints
    has_lift: Flags
    has_property_company: Flags
    lon: Floats
    lat: Floats
    polygon: list[Ring]


@dataclass(frozen=True, eq=False)
class GridTable(Table):
    """Grids, code ``{estate}-G01``."""

    code: Texts
    name: Texts
    estate_row: Ints
    households: Ints
    lon: Floats
    lat: Floats


@dataclass(frozen=True, eq=False)
class BuildingTable(Table):
    """Buildings, code ``{grid}-B003``; `label` is what people call it and is unique within the estate."""

    code: Texts
    label: Texts
    grid_row: Ints
    estate_row: Ints
    floors: Ints
    has_lift: Flags
    lon: Floats
    lat: Floats


@dataclass(frozen=True, eq=False)
class UnitTable(Table):
    """Stairwell units, code ``{building}-U01``."""

    code: Texts
    label: Texts
    building_row: Ints


@dataclass(frozen=True, eq=False)
class HouseholdTable(Table):
    """Households, code ``{unit}-R0301`` (floor, door); `door` is unique within the building."""

    code: Texts
    door: Texts
    floor: Ints
    unit_row: Ints
    building_row: Ints
    size: Ints


@dataclass(frozen=True, eq=False)
class ResidentTable(Table):
    """
    Residents, in household order; the first of a household is its contact person.

    `age` is at `District.reference_year`. `sex`: male, female. `phone` is unique or empty. `mobility`:
    walks, stairs_hard, housebound. `care_flags` holds `CareFlag` bits. `is_local` makes the population
    lifelike and must never be loaded or used for service.
    """

    household_row: Ints
    name: Texts
    sex: Texts
    birth_year: Ints
    age: Ints
    phone: Texts
    is_local: Flags
    speaks_dialect_only: Flags
    has_smartphone: Flags
    mobility: Texts
    care_flags: Ints


@dataclass(frozen=True, eq=False)
class SpecialCareTable(Table):
    """Registered special-care persons, one main `CareCategory` value each."""

    resident_row: Ints
    category: Texts
    is_life_critical: Flags
    note: Texts


@dataclass(frozen=True, eq=False)
class OrganisationTable(Table):
    """
    Organisations, parents before children.

    `organisation_type` is an `OrganisationType` value. `branch_type` is a `BranchType`
    value for the five action branches, else empty. `is_member_unit`, `is_supplier` mark the member units
    and suppliers of the size table.
    """

    code: Texts
    name: Texts
    organisation_type: Texts
    branch_type: Texts
    area_code: Texts
    parent_row: Ints
    is_member_unit: Flags
    is_supplier: Flags
    phone: Texts
    lon: Floats
    lat: Floats


@dataclass(frozen=True, eq=False)
class VenueTable(Table):
    """Service venues; `functions` are `VenueFunction` values; a venue with `is_depot` holds stock."""

    code: Texts
    name: Texts
    area_code: Texts
    functions: list[tuple[str, ...]]
    is_depot: Flags
    capacity_people: Ints
    storage_m3: Ints
    lon: Floats
    lat: Floats


@dataclass(frozen=True, eq=False)
class SupplyItemTable(Table):
    """The supply catalogue; `names` are the words people use for the item, the proper name first."""

    code: Texts
    name: Texts
    names: list[tuple[str, ...]]
    category: Texts
    unit: Texts
    weight_kg: Floats
    volume_l: Floats
    is_ppe: Flags
    is_enabled: Flags


@dataclass(frozen=True, eq=False)
class StockTable(Table):
    """
    Opening stock lots; `expires_in_days` counts from the load, -1 for goods that keep. Below `min_quantity`, the
    same in each lot of an item, the depot orders it again.
    """

    venue_row: Ints
    item_row: Ints
    quantity: Ints
    expires_in_days: Ints
    min_quantity: Ints


@dataclass(frozen=True, eq=False)
class StaffTable(Table):
    """
    Accounts: one for every role and area; `role` is a role code, `resident_row` -1 unless the person
    lives here.
    """

    username: Texts
    role: Texts
    area_code: Texts
    name: Texts
    phone: Texts
    organisation_row: Ints
    resident_row: Ints


@dataclass(frozen=True, eq=False)
class TeamTable(Table):
    """Teams; `leader_row` is a responder. `team_type` is a `TeamType` value."""

    code: Texts
    name: Texts
    team_type: Texts
    area_code: Texts
    organisation_row: Ints
    leader_row: Ints


@dataclass(frozen=True, eq=False)
class ResponderTable(Table):
    """
    People who serve, each living in a household of the district.

    `kind` is a `ResponderKind` value. `skills` are `TalentCategory` values plus `driving`. `languages`
    are BCP 47 tags. `transport`: on_foot, bicycle, e_bike, car. `capacity` is tasks a shift.
    `availability` holds windows ``(weekday 0-6, start_min, end_min)``. `reported_in_channel` is an
    `IntakeChannel` value.

    `attendance_stage` only drives the simulation and is never loaded: 0 reported in, 1 placed, 2 checked
    in, 3 completed 3 or more shifts, 4 completed 10 or more.
    """

    resident_row: Ints
    household_row: Ints
    kind: Texts
    is_verified: Flags
    is_carer: Flags
    home_unit_row: Ints
    team_row: Ints
    skills: list[tuple[str, ...]]
    languages: list[tuple[str, ...]]
    transport: Texts
    capacity: Ints
    availability: list[tuple[tuple[int, int, int], ...]]
    max_load_kg: Ints
    reported_in_channel: Texts
    attendance_stage: Ints


@dataclass(frozen=True, eq=False)
class StoryTable(Table):
    """
    The fixed story told by screenshots and tests.

    `kind`: incident, drill, scenario. Days are relative to the day of loading, negative in the past;
    `ended_day` is 1 for what goes on. `status`: an `ActivationStatus` value; `is_exercise` marks the
    drill.
    """

    code: Texts
    kind: Texts
    title: Texts
    hazard: Texts
    warning_level: Texts
    area_codes: list[tuple[str, ...]]
    started_day: Ints
    ended_day: Ints
    status: Texts
    is_exercise: Flags
    text: Texts


@dataclass(frozen=True, eq=False)
class District:
    """The whole demo district; every person, place and number in it is invented."""

    size: Size
    seed: int
    code: str
    name: str
    reference_year: int
    areas: AreaTable
    estates: EstateTable
    grids: GridTable
    buildings: BuildingTable
    units: UnitTable
    households: HouseholdTable
    residents: ResidentTable
    special_care: SpecialCareTable
    organisations: OrganisationTable
    venues: VenueTable
    supply_items: SupplyItemTable
    stock: StockTable
    staff: StaffTable
    teams: TeamTable
    responders: ResponderTable
    story: StoryTable
    is_demo: bool = field(default=True, init=False)

    def tables(self) -> dict[str, Table]:
        """
        All tables by name, in an order in which each refers only to earlier ones (teams and responders
        aside).
        """
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Table)}

    def digest(self) -> str:
        """SHA-256 of the digests of all tables."""
        lines = (f"{name} {table.digest()}" for name, table in self.tables().items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
