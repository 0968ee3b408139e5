"""
Makers of rows for tests: complete, plain, without surprises. Places are codes; two streets of one fictional district.

Call them inside ``acting``; each returns the row it made.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from juxing.access.models import Account, RoleAssignment
from juxing.access.queries import actor_of
from juxing.kernel.actors import Actor
from juxing.kernel.fields import blind_index
from juxing.kernel.search_text import pinyin_initials, pinyin_key
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from juxing.people.models import Resident
from juxing.places.enums import AreaLevel, EstateType
from juxing.places.models import Area, Building, Estate, Household
from juxing.responders.enums import ReportInStatus, ResponderKind
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import LOADS_KG, Missing, asked_by, gates
from juxing.responders.models import Clearance, Responder
from juxing.supplies.commands import receive_stock
from juxing.supplies.enums import PlaceKind, SupplyCategory
from juxing.supplies.models import Depot, StockLevel, SupplyItem

DISTRICT = "990117"
STREET = "990117001"
COMMUNITY = "990117001001"
OTHER_COMMUNITY = "990117001002"
OTHER_STREET_COMMUNITY = "990117002001"
LONGITUDE, LATITUDE = 121.22, 31.03
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"
_numbers = count(1)


def make_areas() -> None:
    """Make the district, two streets and three communities, if they are not there."""
    rows = [
        ("99", "演示省", AreaLevel.PROVINCE, ""),
        ("9901", "演示市", AreaLevel.CITY, "99"),
        (DISTRICT, "云间区", AreaLevel.DISTRICT, "9901"),
        (STREET, "望湖街道", AreaLevel.STREET, DISTRICT),
        ("990117002", "桂溪街道", AreaLevel.STREET, DISTRICT),
        (COMMUNITY, "湖滨社区", AreaLevel.COMMUNITY, STREET),
        (OTHER_COMMUNITY, "望江社区", AreaLevel.COMMUNITY, STREET),
        (OTHER_STREET_COMMUNITY, "桂苑社区", AreaLevel.COMMUNITY, "990117002"),
    ]
    Area.objects.bulk_create(
        [
            Area(code=code, name=name, level=level, parent_code=parent, source="local", is_demo=True,
                 longitude=LONGITUDE, latitude=LATITUDE)
            for code, name, level, parent in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def make_building(community: str = COMMUNITY, **values: Any) -> Building:
    """Make a building in an estate of its own."""
    number = next(_numbers)
    code = f"{community}-E{number:03}"
    estate = Estate.objects.create(
        area_code=code, name=f"湖滨{number}村", estate_type=EstateType.OLD, longitude=LONGITUDE, latitude=LATITUDE
    )
    return Building.objects.create(
        **{
            "estate": estate, "area_code": f"{code}-G01-B005", "label": "5号楼", "number": "5", "floors": 6,
            "has_lift": False, "longitude": LONGITUDE, "latitude": LATITUDE, **values,
        }
    )  # fmt: skip


def make_household(community: str = COMMUNITY, *, building: Building | None = None, door: str = "301") -> Household:
    """Make a household, in a new building unless one is given."""
    building = building or make_building(community)
    return Household.objects.create(
        area_code=f"{building.area_code}-U01-R{door:0>4}", building=building, door=door, floor=3
    )


def make_resident(household: Household | None = None, *, name: str = "王秀英", **values: Any) -> Resident:
    """Make a resident with a phone of the range kept for demos."""
    household = household or make_household()
    phone = values.pop("phone", f"1280000{next(_numbers):04}")
    return Resident.objects.create(
        **{
            "area_code": household.area_code, "household": household, "name": name, "given_name": name[1:],
            "name_tail": name[2:], "name_initials": pinyin_initials(name), "name_pinyin": pinyin_key(name),
            "phone": phone, "phone_index": blind_index(phone, purpose="phone"), "birth_year": 1950, **values,
        }
    )  # fmt: skip


def make_account(role: str, area_code: str = STREET, *, sign_in_name: str | None = None) -> Account:
    """Make an account that holds the role over the place."""
    name = sign_in_name or f"{role}-{next(_numbers)}"
    account = Account(sign_in_name=name, display_name=name, created_at=BEFORE, is_demo=True)
    account.set_password(PASSWORD)
    account.save()
    RoleAssignment.objects.create(account=account, role=role, area_code=area_code, starts_at=BEFORE)
    return account


def make_actor(role: str, area_code: str = STREET) -> Actor:
    """Make an actor with an account behind it."""
    return actor_of(make_account(role, area_code), now=datetime(2026, 3, 10, tzinfo=UTC))


def make_responder(area_code: str = COMMUNITY, *, has_shown: bool = True, **values: Any) -> Responder:
    """Make a verified volunteer beside the building, who has shown all that any task asks before unless told not to."""
    number = next(_numbers)
    phone = values.pop("phone", f"1280001{number:04}")
    responder = Responder.objects.create(
        **{
            "area_code": area_code, "name": f"志愿者{number}", "kind": ResponderKind.VOLUNTEER, "phone": phone,
            "phone_index": blind_index(phone, purpose="phone"), "status": ReportInStatus.VERIFIED, "capacity": 3,
            "reach_m": 3000, "longitude": LONGITUDE, "latitude": LATITUDE, "is_demo": True, **values,
        }
    )  # fmt: skip
    if has_shown:
        show_everything(responder)
    return responder


def show_everything(responder: Responder) -> None:
    """Let somebody have shown what every task asks."""
    asked = {one for task in gates() for one in asked_by(task) if one.kind != ClearanceKind.FITNESS}
    Clearance.objects.bulk_create(
        Clearance(
            responder=responder, area_code=responder.area_code, kind=one.kind, code=one.code, valid_from=BEFORE.date(),
            confirmed_at=BEFORE,
        )
        for one in [*asked, Missing(ClearanceKind.FITNESS, str(max(LOADS_KG)))]
    )  # fmt: skip


def make_item(code: str = "rice", **values: Any) -> SupplyItem:
    """Make a catalogue entry, or return the one of this code."""
    made, _created = SupplyItem.objects.get_or_create(
        code=code,
        defaults={
            "name_zh": "大米", "name_en": "Rice", "unit": "袋", "category": SupplyCategory.FOOD,
            "is_offered_to_residents": True, **values,
        },
    )  # fmt: skip
    return made


def make_stock(item: SupplyItem, on_hand: int, *, community: str = COMMUNITY) -> StockLevel:
    """Make a depot in the community that holds this much."""
    depot = Depot.objects.create(
        area_code=community, name=f"供应点{next(_numbers)}", longitude=LONGITUDE, latitude=LATITUDE
    )
    if not on_hand:
        return StockLevel.objects.create(area_code=community, depot=depot, item=item)
    return receive_stock(
        actor=Actor.system("test"), now=BEFORE, depot=depot, item=item, quantity=Decimal(on_hand),
        source=PlaceKind.OPENING, is_sure=True,
    )  # fmt: skip


def make_need(community: str = COMMUNITY, *, household: Household | None = None, **values: Any) -> Need:
    """Make a triaged need of a household, waiting for help since the morning of the tests."""
    household = household or make_household(community)
    morning = datetime(2026, 3, 10, tzinfo=UTC)
    return Need.objects.create(
        **{
            "area_code": household.area_code, "household": household, "need_type": NeedType.FRESH_FOOD,
            "status": NeedStatus.TRIAGED, "priority": Priority.NORMAL, "channel": IntakeChannel.WEB,
            "longitude": LONGITUDE, "latitude": LATITUDE, "happened_at": morning, "recorded_at": morning,
            "fresh_until": morning + timedelta(days=2), "waiting_since": morning, **values,
        }
    )  # fmt: skip
