"""Order chains through to needs: redacted, doubted, corrected, recognised when pasted again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.needs.commands.chains import (
    confirm_lines,
    correct_line,
    discard_chain,
    discard_line,
    expire_drafts,
    line_is_sure,
    paste_chain,
)
from juxing.needs.enums import IntakeChannel, OrderChainLineStatus, OrderChainStatus
from juxing.needs.models import Need, OrderChain, OrderChainLine
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_areas, make_building, make_household, make_item
from tests.needs.makers import NOW, PROCESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
CHAIN = """#接龙 湖滨团购
例 5-301 王 鸡蛋2盒
1. 5-301 王阿姨 鸡蛋2盒 大米1袋
2. 5-302 李 13812345678 鸡蛋一盒
3. 9-999 赵 鸡蛋3盒
4. 5-303 张 胰岛素2支
"""


@pytest.fixture
def estate(everywhere: None) -> str:
    """An estate of one building with three doors, and a catalogue of two items."""
    make_areas()
    make_item("rice", aliases=["米"])
    make_item("eggs", name_zh="鸡蛋", unit="盒")
    building = make_building()
    for door in ("301", "302", "303"):
        make_household(building=building, door=door)
    return str(building.estate.area_code)


def _lines(chain: OrderChain) -> dict[str, OrderChainLine]:
    return {f"{line.understood['building']}-{line.understood['door']}": line for line in chain.lines.all()}


def test_private_words_are_nowhere_in_what_is_kept(estate: str) -> None:
    chain = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)

    kept = chain.text + "".join(f"{line.written}{line.understood}" for line in chain.lines.all())
    assert "13812345678" not in kept
    assert "胰岛素" not in kept
    assert _lines(chain)["5-303"].understood["is_private"]


def test_sure_lines_become_needs_and_the_others_wait(estate: str) -> None:
    chain = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)
    lines = _lines(chain)
    assert line_is_sure(lines["5-301"])
    assert not line_is_sure(lines["9-999"])
    assert not line_is_sure(lines["5-303"])

    recorded, known = confirm_lines(actor=PROCESS, now=NOW, chain=chain)

    needs = Need.objects.filter(household=lines["5-301"].household)
    assert {(need.need_type, need.channel) for need in needs} == {
        ("fresh_food", IntakeChannel.ORDER_CHAIN), ("staple_food", IntakeChannel.ORDER_CHAIN),
    }  # fmt: skip
    assert (recorded, known) == (3, 0)
    after = _lines(chain)
    assert after["5-301"].status == OrderChainLineStatus.CONFIRMED
    assert after["9-999"].status == OrderChainLineStatus.DRAFT


def test_the_grown_chain_pasted_again_adds_only_what_is_new(estate: str) -> None:
    first = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)
    confirm_lines(actor=PROCESS, now=NOW, chain=first)

    grown = paste_chain(
        actor=PROCESS, now=NOW + timedelta(hours=1), area_code=estate, text=CHAIN + "5. 5-303 张 大米2袋\n"
    )

    statuses = {name: line.status for name, line in _lines(grown).items()}
    assert statuses["5-301"] == statuses["5-302"] == OrderChainLineStatus.DUPLICATE
    before = Need.objects.count()
    confirm_lines(actor=PROCESS, now=NOW + timedelta(hours=1), chain=grown)
    assert Need.objects.count() <= before + 1


def test_a_corrected_line_is_sure(estate: str) -> None:
    chain = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)
    position = _lines(chain)["9-999"].position

    line = correct_line(
        actor=PROCESS, chain=chain, position=position, building="5号楼", unit="", door="303", things="鸡蛋3盒"
    )

    assert line_is_sure(line)
    assert line.household is not None
    assert line.household.door == "303"


def test_a_decided_line_is_not_decided_again(estate: str) -> None:
    chain = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)
    discard_line(actor=PROCESS, chain=chain, position=1)

    with pytest.raises(Refusal):
        discard_line(actor=PROCESS, chain=chain, position=1)
    assert confirm_lines(actor=PROCESS, now=NOW, chain=chain, positions=[1]) == (0, 0)


def test_a_chain_is_closed_when_nothing_is_left(estate: str) -> None:
    chain = paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)
    discard_chain(actor=PROCESS, now=NOW, chain=chain)

    chain.refresh_from_db()
    assert chain.status == OrderChainStatus.DISCARDED
    assert not chain.lines.filter(status=OrderChainLineStatus.DRAFT).exists()


def test_drafts_end_after_two_weeks(estate: str) -> None:
    paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=CHAIN)

    assert expire_drafts(now=NOW + timedelta(days=13)) == 0
    assert expire_drafts(now=NOW + timedelta(days=15)) == 1


@pytest.mark.parametrize("text", ["", "hello", "\x00", "大家好"])
def test_what_is_no_chain_is_refused(estate: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        paste_chain(actor=PROCESS, now=NOW, area_code=estate, text=text)


def test_a_whole_street_is_no_place_for_a_chain(estate: str) -> None:
    with pytest.raises(InvalidInput):
        paste_chain(actor=PROCESS, now=NOW, area_code=estate[:9], text=CHAIN)


def test_only_the_desk_of_the_place_may_paste(estate: str) -> None:
    for actor in (make_actor(Role.GRID_WORKER, COMMUNITY), make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)):
        with pytest.raises(NotPermitted):
            paste_chain(actor=actor, now=NOW, area_code=estate, text=CHAIN)
