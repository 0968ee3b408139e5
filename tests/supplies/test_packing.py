"""A box for every building: shares that add up, whole, by households; codes of buildings are read as names."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies.commands import OutOfStock, pack_per_building, plan_loading
from juxing.supplies.commands.packing import shared
from juxing.supplies.models import Container, Vehicle
from juxing.supplies.queries.ledger import area_names
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    STREET,
    make_actor,
    make_areas,
    make_building,
    make_household,
    make_stock,
)
from tests.supplies.makers import NOW, PROCESS, client_of, make_mask

weights = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(1, 400), min_size=1, max_size=20)


@given(st.decimals(0, 10**6, places=3), weights)
def test_shares_are_whole_fair_and_add_up(total: Decimal, counted: dict[str, int]) -> None:
    shares = shared(total, counted)

    assert sum(shares.values()) == int(total)
    for code, share in shares.items():
        assert abs(share - int(total) * Decimal(counted[code]) / sum(counted.values())) < 1


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
class TestPacking:
    def homes(self) -> list[str]:
        make_areas()
        buildings = [make_building(), make_building()]
        for building, doors in zip(buildings, (1, 2), strict=True):
            for door in range(doors):
                make_household(building=building, door=f"30{door}")
        return [building.area_code for building in buildings]

    def test_all_that_is_free_is_shared_over_the_buildings_and_planned_by_stop(self) -> None:
        codes, level = self.homes(), make_stock(make_mask(), 10)

        boxes = pack_per_building(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=COMMUNITY)

        held = {box.bound_for: box.contents.get().quantity for box in boxes}
        van = Vehicle.objects.create(area_code=STREET, name="车")
        planned = plan_loading(actor=PROCESS, now=NOW, depot=level.depot, vehicles=[van])
        assert held == dict(zip(codes, (3, 7), strict=True))
        assert (planned.planned, set(Container.objects.values_list("stop", flat=True))) == (2, {1, 2})
        assert all(name != code for code, name in area_names(codes).items())

    def test_so_much_for_each_household_or_nothing(self) -> None:
        self.homes()
        level = make_stock(make_mask(), 10)

        with pytest.raises(OutOfStock):
            pack_per_building(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=COMMUNITY,
                              each=Decimal(4))  # fmt: skip
        assert not Container.objects.exists()
        boxes = pack_per_building(
            actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=COMMUNITY, each=Decimal(3)
        )
        assert [box.contents.get().quantity for box in boxes] == [3, 6]
        pack_per_building(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=COMMUNITY)
        with pytest.raises(Refusal) as refused:
            pack_per_building(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=COMMUNITY)
        assert refused.value.code == "nothing_free"

    def test_place_without_homes_and_hands_without_the_right_are_refused(self) -> None:
        self.homes()
        level = make_stock(make_mask(), 10)

        with pytest.raises(InvalidInput):
            pack_per_building(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, community=OTHER_COMMUNITY)
        with pytest.raises(NotPermitted):
            pack_per_building(actor=make_actor(Role.COMMUNITY_WORKER), now=NOW, depot=level.depot, item=level.item,
                              community=COMMUNITY)  # fmt: skip

    def test_page_packs_and_prints_labels_with_names(self) -> None:
        self.homes()
        level = make_stock(make_mask(), 10)
        keeper, address = client_of(Role.STOREKEEPER), reverse("supplies:pack_per_building")
        form = {"depot": str(level.depot.uuid), "item": "mask_n95", "community": COMMUNITY}

        wrong = keeper.post(address, {**form, "each": "-1"})
        short = keeper.post(address, {**form, "each": "100"})
        done = keeper.post(address, form)

        assert [wrong.status_code, short.status_code, done.status_code] == [422, 422, 303]
        labels = keeper.get(done["Location"]).content.decode()
        assert labels.count('supplies-label"') == 2
