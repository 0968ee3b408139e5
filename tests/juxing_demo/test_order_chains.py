"""Order chains carry their truth line by line."""

from __future__ import annotations

from collections import Counter, defaultdict

from juxing_demo import Day, District
from juxing_demo.wording import chinese_digits, chinese_number, full_width, number_of, surname_of


def test_every_chain_need_is_first_stated_once(day: Day) -> None:
    stated = Counter(row for row in day.order_chain_lines.need_row.tolist() if row >= 0)
    chained = {row for row, channel in enumerate(day.needs.channel) if channel == "order_chain"}

    assert set(stated) == chained
    assert max(stated.values()) == 1
    for row in chained:
        line = int(day.needs.chain_line_row[row])
        assert day.order_chain_lines.need_row[line] == row
        assert day.needs.text[row] in day.order_chain_lines.raw[line]


def test_lines_make_up_the_pasted_text(day: Day) -> None:
    lines: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for paste, number, raw in day.order_chain_lines.rows("paste_row", "line_number", "raw"):
        lines[paste].append((number, raw))

    for paste, text in enumerate(day.order_chains.text):
        assert [number for number, _ in lines[paste]] == list(range(1, len(lines[paste]) + 1))
        assert "\n".join(raw for _, raw in lines[paste]) == text


def test_later_paste_holds_the_earlier_one(day: Day) -> None:
    chains = day.order_chains
    grown = [(row, before) for row, before in enumerate(chains.grown_from_row.tolist()) if before >= 0]

    assert grown
    for row, before in grown:
        assert chains.chain[row] == chains.chain[before]
        assert chains.text[row].startswith(chains.text[before])
        assert chains.pasted_s[row] >= chains.pasted_s[before]


def test_truth_names_the_household(medium: District, day: Day) -> None:
    lines = day.order_chain_lines
    for household, building, door, kind in lines.rows("household_row", "building", "door", "kind"):
        if kind in {"entry", "change", "cancellation"}:
            row = medium.households.building_row[household]
            assert number_of(medium.buildings.label[row]) == building
            assert door in {"", medium.households.door[household]}


def test_references_point_to_an_earlier_line_of_the_paste(day: Day) -> None:
    lines = day.order_chain_lines
    kinds = {(paste, number): kind for paste, number, kind in lines.rows("paste_row", "line_number", "kind")}

    for paste, number, kind, refers in lines.rows("paste_row", "line_number", "kind", "refers_to_line"):
        if kind in {"change", "cancellation"}:
            assert refers >= 1
        if refers >= 1:
            assert refers < number
            assert kinds[paste, refers] == "entry"


def test_cancelled_entries_are_withdrawn(day: Day) -> None:
    lines = day.order_chain_lines
    needs = {(paste, number): need for paste, number, need in lines.rows("paste_row", "line_number", "need_row")}
    found = 0

    for paste, kind, refers, is_new in lines.rows("paste_row", "kind", "refers_to_line", "first_seen"):
        need = needs.get((paste, refers), -1)
        if kind == "cancellation" and is_new and need >= 0:
            found += 1
            assert day.follow_ups.withdraw_after_min[need] >= 1

    assert found > 5


def test_chains_show_the_mess_of_groups(day: Day) -> None:
    lines, text = day.order_chain_lines, "\n".join(day.order_chains.text)
    kinds = Counter(lines.kind)

    assert set(kinds) == {
        "title",
        "instruction",
        "example",
        "entry",
        "plus_one",
        "change",
        "cancellation",
        "chatter",
        "blank",
    }
    assert set(day.order_chains.style) == {"dot", "chain", "comma", "chat", "plain"}
    for sign in ("号楼", "栋", "#", "－", "两", "俩", "半", "×", "+1", "取消", "🙏", "元", "接龙"):
        assert sign in text, sign
    assert bool(lines.holds_private_detail.any())
    assert 0.0 in day.order_chain_items.quantity.tolist()
    assert any(not door for door, kind in lines.rows("door", "kind") if kind == "entry")


def test_stated_items_are_those_of_the_need(day: Day) -> None:
    wanted: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for need, item, quantity in day.need_items.rows():
        wanted[need][item] = quantity
    changed = {
        day.order_chain_lines.household_row[row]
        for row, kind in enumerate(day.order_chain_lines.kind)
        if kind == "change"
    }

    for line, item, quantity in day.order_chain_items.rows():
        need = int(day.order_chain_lines.need_row[line])
        if need < 0:
            continue
        assert item in wanted[need]
        is_changed = day.order_chain_lines.household_row[line] in changed
        is_plus_one = day.order_chain_lines.kind[line] == "plus_one"
        assert quantity in {0.0, wanted[need][item]} or is_changed or is_plus_one


def test_numbers_are_written_as_people_write_them() -> None:
    assert [chinese_number(number) for number in (2, 10, 11, 20, 35, 100, 103, 110, 121)] == [
        "二", "十", "十一", "二十", "三十五", "一百", "一百零三", "一百一十", "一百二十一",
    ]  # fmt: skip
    assert chinese_number(2, measured=True) == "两"
    assert chinese_digits("301") == "三零一"
    assert full_width("5.5") == "\uff15\uff0e\uff15"
    assert (surname_of("欧阳明"), surname_of("王明")) == ("欧阳", "王")
