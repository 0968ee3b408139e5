"""Chains pasted into a purchase: read against its packages, looked at, taken over once, growing without doubling."""

from __future__ import annotations

import pytest

from juxing.group_purchases import commands
from juxing.group_purchases.enums import ChainLineStatus, OrderStatus
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, PurchaseChain
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.places.models import Household
from tests.group_purchases.makers import AFTER, NOW, SYSTEM, make_purchase, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
TEXT = (
    "#接龙 周六蔬菜\n例 5-301 王 A套餐1份\n"
    "1. 5-301 王阿姨 A套餐2份\n2. 5-302 李 A+B各1 13812345678\n3、5-303 b×2\n4. 5-999 赵 A1份\n5. 5-304 就要上次那个\n"
)


def ordered(purchase: GroupPurchase) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = GroupPurchaseLine.objects.filter(order__purchase=purchase, order__status=OrderStatus.PLACED)
    for line in lines.select_related("package", "order__household").order_by("package__code"):
        home = line.order.household
        if home is not None:
            found[home.door] = f"{found.get(home.door, '')}{line.package.code}{line.quantity}"
    return found


def paste(purchase: GroupPurchase, text: str = TEXT) -> PurchaseChain:
    return commands.paste_chain(actor=SYSTEM, now=NOW, purchase=purchase, text=text)


def statuses(chain: PurchaseChain) -> list[str]:
    return list(chain.lines.order_by("position").values_list("status", flat=True))


def prepared() -> tuple[GroupPurchase, list[Household]]:
    return make_purchase(doors=5)


def test_sure_lines_become_orders_and_doubtful_ones_wait_for_a_person() -> None:
    purchase, _homes = prepared()

    chain = paste(purchase)
    taken = commands.confirm_lines(actor=SYSTEM, now=NOW, chain=chain)

    assert (taken.taken, taken.refused) == (3, 0)
    assert ordered(purchase) == {"301": "A2", "302": "A1B1", "303": "B2"}
    assert statuses(chain) == ["taken", "taken", "taken", "draft", "draft"]
    doubts = dict(chain.lines.values_list("position", "doubts"))
    assert "door_unknown" in doubts[4]
    assert doubts[5]
    assert "13812345678" not in chain.text + "".join(chain.lines.values_list("written", flat=True))
    assert "¥58" not in chain.text


def test_grown_chain_pasted_again_brings_only_what_is_new() -> None:
    purchase, _homes = prepared()
    commands.confirm_lines(actor=SYSTEM, now=NOW, chain=paste(purchase))

    grown = paste(purchase, f"{TEXT}6. 5-305 孙 A1\n")
    taken = commands.confirm_lines(actor=SYSTEM, now=NOW, chain=grown)

    assert (taken.taken, taken.known) == (1, 0)
    assert statuses(grown).count(ChainLineStatus.KNOWN) == 3
    assert ordered(purchase) == {"301": "A2", "302": "A1B1", "303": "B2", "305": "A1"}


def test_cancelling_changing_and_giving_back_are_understood_once() -> None:
    purchase, _homes = prepared()
    commands.confirm_lines(actor=SYSTEM, now=NOW, chain=paste(purchase))
    later = f"{TEXT}5-301 王阿姨 改成A套餐1份\n5-302 李 不要了\n"

    chain = paste(purchase, later)
    assert commands.confirm_lines(actor=SYSTEM, now=NOW, chain=chain).taken == 0
    changed = chain.lines.get(household__door="301")
    given_back = chain.lines.get(household__door="302")
    assert "differs" in changed.doubts
    assert given_back.is_cancelled
    positions = [changed.position, given_back.position]
    assert commands.confirm_lines(actor=SYSTEM, now=NOW, chain=chain, positions=positions).taken == 2
    again = paste(purchase, later)

    assert ordered(purchase) == {"301": "A1", "303": "B2"}
    drafts = again.lines.filter(status=ChainLineStatus.DRAFT).values_list("household__door", flat=True)
    assert {door for door in drafts if door} <= {"304"}


def test_part_of_an_order_is_given_back() -> None:
    purchase, homes = prepared()
    order(purchase, homes[0], {"A": 2, "B": 1})

    chain = paste(purchase, "1. 5-301 退B套餐\n")
    commands.confirm_lines(actor=SYSTEM, now=NOW, chain=chain, positions=[1])

    assert ordered(purchase) == {"301": "A2"}


def test_person_corrects_a_line_and_takes_it_over() -> None:
    purchase, _homes = prepared()
    chain = paste(purchase)
    packages = dict(purchase.packages.values_list("code", "pk"))

    commands.correct_line(actor=SYSTEM, chain=chain, position=4, door=("5号楼", "", "304"), counts={packages["A"]: 3})
    commands.leave_out(actor=SYSTEM, chain=chain, position=5)
    commands.confirm_lines(actor=SYSTEM, now=NOW, chain=chain, positions=[4])

    assert ordered(purchase) == {"304": "A3"}
    with pytest.raises(Refusal):
        commands.correct_line(actor=SYSTEM, chain=chain, position=5, door=("5", "", "304"), counts={})


def test_what_is_no_chain_or_too_late_is_refused() -> None:
    purchase, _homes = prepared()

    with pytest.raises(InvalidInput):
        paste(purchase, "大家好")
    with pytest.raises(Refusal):
        commands.paste_chain(actor=SYSTEM, now=AFTER, purchase=purchase, text=TEXT)


def test_sheet_comes_in_row_by_row_and_twice_changes_nothing() -> None:
    purchase, _homes = prepared()
    table = (
        "楼栋,门牌,称呼,A 蔬菜包,B\n5,301,王,2,\n5号楼,302,李,1,1\n5,999,赵,1,\n5,303,孙,很多,\n5,304,周,,\n".encode(
            "gb18030"
        )
    )

    first = commands.import_sheet(actor=SYSTEM, now=NOW, purchase=purchase, content=table)
    second = commands.import_sheet(actor=SYSTEM, now=NOW, purchase=purchase, content=table)

    assert (first.read, first.added, first.rejected) == (5, 2, 3)
    assert [one.line for one in first.problems] == [4, 5, 6]
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)
    assert ordered(purchase) == {"301": "A2", "302": "A1B1"}
    for broken in (b"", b"\x89PNG\r\n", "姓名,电话\n王,1\n".encode()):
        with pytest.raises(InvalidInput):
            commands.import_sheet(actor=SYSTEM, now=NOW, purchase=purchase, content=broken)
