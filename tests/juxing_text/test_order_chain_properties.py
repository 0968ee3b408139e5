"""Invariants of the parser on any text and on generated chains."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_text import CatalogueIndex, ChainLine, ParsedChain, Span, load_catalogue, parse_order_chain

from .chain_labels import CHAINS

_CATALOGUE = CatalogueIndex(load_catalogue())
_PIECES = st.sampled_from(
    [
        "1.",
        "2、",
        "①",
        "5-301",
        "5号楼",
        "301室",
        "五号楼三零一",
        "鸡蛋",
        "牛奶",
        "米",
        "2盒",
        "半箱",
        "两",
        "俩",
        "+1",
        "各1",
        "同上",
        "取消",
        "不要了",
        "改成",
        "再加",
        "A套餐",
        "B",
        "35元",
        "￥20",
        "张三",
        "王阿姨",
        "12800005678",
        "尾号1234",
        "糖尿病",
        "布洛芬",
        "例",
        "#接龙",
        "，",
        "、",
        " ",
        "\n",
        "\n",
        "(",
        "）",
        "：",
        "🍎",
        "谢谢",
        "10-12斤",
        "\u200b",
        "x3",
        "1",
    ]
)
_CHAINY = st.lists(_PIECES, max_size=40).map("".join)
_ANY = st.one_of(st.text(max_size=300), _CHAINY)


def _spans(parsed: ParsedChain) -> list[Span]:
    out = [*parsed.ignored, *parsed.instructions, *(offer.span for offer in parsed.offers)]
    out += [problem.span for problem in parsed.problems]
    for line in parsed.lines:
        out += [line.span, *line.seen_at, *(doubt.span for doubt in line.uncertainties)]
        out += [item.span for item in (*line.items, *line.before)]
    return out


@settings(max_examples=150, deadline=None)
@given(_ANY)
def test_parse_never_raises_and_points_into_the_text(text: str) -> None:
    parsed = parse_order_chain(text, catalogue=_CATALOGUE)

    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:place])) for place in range(len(lines))]
    for span in _spans(parsed):
        assert 0 <= span.start <= span.end <= len(text)
        if span.end > span.start:
            assert starts[span.line - 1] <= span.start
            assert span.end <= starts[span.line - 1] + len(lines[span.line - 1])
    for redaction in parsed.redactions:
        assert 0 <= redaction.start < redaction.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(_ANY)
def test_parse_gives_no_phone_back(text: str) -> None:
    parsed = parse_order_chain(text, catalogue=_CATALOGUE)

    shown = [parsed.redacted_text, parsed.title, *(line.text for line in parsed.lines)]
    shown += [item.raw_name for line in parsed.lines for item in line.items]
    shown += [line.contact_name or "" for line in parsed.lines]
    shown += [item.quantity.written for line in parsed.lines for item in line.items if item.quantity]
    shown += [offer.name for offer in parsed.offers]
    for piece in shown:
        assert re.search(r"\d{11}", piece) is None
        assert "糖尿病" not in piece
        assert "布洛芬" not in piece


@settings(max_examples=100, deadline=None)
@given(_ANY)
def test_written_words_are_those_of_the_text(text: str) -> None:
    parsed = parse_order_chain(text, catalogue=_CATALOGUE)

    for line in parsed.lines:
        for item in line.items:
            assert item.raw_name in text
            if item.quantity is not None and item.quantity.written:
                assert text[item.quantity.start : item.quantity.end].strip() == item.quantity.written


_NAMES = st.sampled_from(["张三", "李阿姨", "momo", "王建国", "小周", ""])
_THINGS = st.sampled_from(["鸡蛋2盒", "牛奶1箱 大米1袋", "两份蔬菜包", "猪肉3斤半，排骨1斤", "抽纸", "取消", "苹果+1"])
_ENTRIES = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6), _NAMES, _THINGS), min_size=1, max_size=12)
_HEADS = st.sampled_from(["#接龙\n今日代购\n\n", "代购登记（写清楼号）\n", ""])


def _chain(head: str, entries: list[tuple[int, int, str, str]]) -> str:
    lines = [
        f"{place}. {building}-{floor}01 {name} {things}"
        for place, (building, floor, name, things) in enumerate(entries, 1)
    ]
    return head + "\n".join(lines) + "\n"


def _content(line: ChainLine) -> tuple[object, ...]:
    items = [(item.key, item.quantity and (item.quantity.amount, item.quantity.unit)) for item in line.items]
    codes = {doubt.code for doubt in line.uncertainties}
    door = line.door and replace(line.door, confidence=0)
    return (line.number, door, line.contact_name, items, line.state, codes)


@settings(max_examples=60, deadline=None)
@given(_HEADS, _ENTRIES)
def test_pasting_the_same_chain_again_changes_nothing(head: str, entries: list[tuple[int, int, str, str]]) -> None:
    chain = _chain(head, entries)

    once = parse_order_chain(chain, catalogue=_CATALOGUE)
    twice = parse_order_chain(chain + chain, catalogue=_CATALOGUE)

    assert [_content(line) for line in twice.lines] == [_content(line) for line in once.lines]


@settings(max_examples=60, deadline=None)
@given(_HEADS, _ENTRIES, st.data())
def test_pasting_the_chain_as_it_grows_gives_its_last_state(
    head: str, entries: list[tuple[int, int, str, str]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(entries)))

    grown = parse_order_chain(_chain(head, entries[:cut]) + _chain(head, entries), catalogue=_CATALOGUE)
    whole = parse_order_chain(_chain(head, entries), catalogue=_CATALOGUE)

    assert [_content(line) for line in grown.lines] == [_content(line) for line in whole.lines]


def test_pasting_labelled_chains_again_changes_nothing() -> None:
    for path in sorted(CHAINS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        once = parse_order_chain(text, catalogue=_CATALOGUE)
        twice = parse_order_chain(text + "\n" + text, catalogue=_CATALOGUE)
        assert [_content(line) for line in twice.lines] == [_content(line) for line in once.lines], path.name
