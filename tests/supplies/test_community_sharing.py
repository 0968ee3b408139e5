"""Stock shared over communities: fair, with reasons, signed into transfers, restricted goods where they are meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.jobs import JobHandle, job_kinds
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies.commands import (
    Asked,
    StockMovement,
    receive_stock,
    reserve_stock,
    share_over_communities,
    sign_community_sharing,
)
from juxing.supplies.commands.community_sharing import free_stock
from juxing.supplies.enums import DepotKind, PlaceKind
from juxing.supplies.models import CommunitySharing, Depot, StockLevel, SupplyItem, Transfer
from juxing.supplies.problems import Receiver, SharedStock, share_stock
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_account, make_actor, make_areas, make_item
from tests.supplies.makers import NOW, PROCESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def station(quantity: int = 100) -> tuple[Depot, SupplyItem]:
    make_areas()
    item = make_item("mask", name_zh="口罩", unit="single")
    depot = Depot.objects.create(area_code=STREET, name="望湖中转站", kind=DepotKind.TRANSFER_STATION)
    depot.refresh_from_db()
    receive_stock(actor=PROCESS, now=NOW, depot=depot, item=item, quantity=Decimal(quantity), is_sure=True,
                  source=PlaceKind.OPENING)  # fmt: skip
    return depot, item


def points() -> list[Depot]:
    made = [Depot.objects.create(area_code=code, name=name)
            for code, name in ((COMMUNITY, "湖滨供应点"), (OTHER_COMMUNITY, "望江供应点"))]  # fmt: skip
    return list(Depot.objects.filter(pk__in=[one.pk for one in made]).order_by("area_code"))


def test_too_little_is_shared_alike_over_days_and_signed_into_transfers() -> None:
    depot, item = station()
    one, other = points()
    asked = Asked(sources=[depot], people={one: 100, other: 50}, per_hundred={item: Decimal(50)}, days=2)

    sharing = share_over_communities(actor=make_actor(Role.STREET_OPERATOR), now=NOW, area_code=STREET, asked=asked)
    transfers = sign_community_sharing(actor=PROCESS, now=NOW, sharing=sharing)

    shares = {(share["day"], share["target"]): share for share in sharing.result["shares"]}
    assert {key: share["asked"] for key, share in shares.items()} == {
        (0, one.pk): 50, (0, other.pk): 25, (1, one.pk): 50, (1, other.pk): 25,
    }  # fmt: skip
    assert sum(share["given"] for share in shares.values()) == 100
    assert all(share["reason"] == "stock_shared" and share["sharers"] == 2 for share in shares.values())
    assert sharing.result["proof"]["is_leximin"]
    assert sum(line.planned for transfer in transfers for line in transfer.lines.all()) == 100
    level = StockLevel.objects.get(depot=depot)
    assert (level.on_hand, level.reserved) == (100, 100)
    with pytest.raises(Refusal):
        sign_community_sharing(actor=PROCESS, now=NOW, sharing=sharing)


def test_what_was_taken_meanwhile_makes_the_signature_fail_whole() -> None:
    depot, item = station()
    one, other = points()
    asked = Asked(sources=[depot], people={one: 100, other: 100}, per_hundred={item: Decimal(50)})
    sharing = share_over_communities(actor=PROCESS, now=NOW, area_code=STREET, asked=asked)
    reserve_stock([StockMovement(depot.pk, item.pk, Decimal(1))])

    with pytest.raises(Refusal):
        sign_community_sharing(actor=PROCESS, now=NOW, sharing=sharing)

    assert not Transfer.objects.exists()
    assert CommunitySharing.objects.get().signed_at is None


def test_promised_goods_are_not_shared_and_nonsense_is_refused() -> None:
    depot, item = station()
    one, _other = points()
    reserve_stock([StockMovement(depot.pk, item.pk, Decimal(100))])
    people = {one: 100}

    with pytest.raises(Refusal) as nothing:
        share_over_communities(actor=PROCESS, now=NOW, area_code=STREET,
                               asked=Asked([depot], people, {item: Decimal(1)}))  # fmt: skip
    for wrong in (Asked([], people, {item: Decimal(1)}), Asked([depot], {one: 0}, {item: Decimal(1)}),
                  Asked([depot], people, {item: Decimal(1)}, days=15)):  # fmt: skip
        with pytest.raises(InvalidInput):
            share_over_communities(actor=PROCESS, now=NOW, area_code=STREET, asked=wrong)
    with pytest.raises(NotPermitted):
        share_over_communities(actor=make_actor(Role.STOREKEEPER), now=NOW, area_code=STREET,
                               asked=Asked([depot], people, {item: Decimal(1)}))  # fmt: skip

    assert nothing.value.code == "nothing_free"
    assert free_stock([depot], [item], today=NOW.date(), days=1)[0].quantities == {item.pk: 0}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    free=st.integers(0, 60), kept=st.integers(0, 60), needs=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    days=st.integers(1, 3),
)  # fmt: skip
def test_nobody_gets_more_than_needed_nor_goods_meant_for_others(
    free: int, kept: int, needs: list[int], days: int
) -> None:
    stocks = [SharedStock(1, {7: free}), SharedStock(1, {7: kept}, restricted_area="a0")]
    receivers = [Receiver(number, f"a{number}", {7: need}) for number, need in enumerate(needs)]

    problem, plan = share_stock(stocks, receivers, items=[7], days=days)

    assert (plan.received <= problem.demand).all()
    assert plan.boxes == min(free + min(kept, needs[0] * days), sum(needs) * days)
    others = plan.received[:, 1:, :].sum()
    assert others <= free


def test_pages_share_show_and_sign() -> None:
    depot, item = station()
    one, other = points()
    client = Client()
    operator = make_account(Role.STREET_OPERATOR)
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    form = {"sources": str(depot.uuid), "days": "1", f"need_{item.code}": "50", f"people_{one.uuid}": "100",
            f"people_{other.uuid}": "300"}  # fmt: skip

    computed = client.post(reverse("supplies:share_over_communities"), form)
    nothing = client.post(reverse("supplies:share_over_communities"), {**form, f"need_{item.code}": ""})
    waiting = client.get(computed["Location"]).content.decode()
    listed = client.get(reverse("supplies:community_sharings")).content.decode()
    job = Job.objects.get()
    results = [job_kinds[job.kind].run(JobHandle(job)) for _twice in range(2)]
    page = client.get(computed["Location"]).content.decode()
    signed = client.post(f"{computed['Location']}sign/")
    again = client.post(f"{computed['Location']}sign/")

    assert [answer.status_code for answer in (computed, nothing, signed, again)] == [303, 422, 303, 303]
    progress = reverse("supplies:community_sharing_progress", args=[job.uuid])
    assert all(progress in shown for shown in (waiting, listed))
    assert results[0] == results[1]
    assert CommunitySharing.objects.count() == 1
    assert client.get(progress).status_code == 200
    assert "望江供应点" in page
    assert "50%" in page
    assert Transfer.objects.count() == 2
    assert client.get(reverse("supplies:community_sharings")).status_code == 200
