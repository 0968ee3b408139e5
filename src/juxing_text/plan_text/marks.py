"""Numbers in front of paragraphs, whoever typed them: chapters, Han numerals, brackets, 1.2.3, circled digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from juxing_text.lexicon import HAN, alternation
from juxing_text.numerals import read_numeral
from juxing_text.plan_text.words import words

CIRCLED_ONE = 0x2460


@dataclass(frozen=True, slots=True)
class Mark:
    """A number in front: its kind, its numbers (one, or several for 1.2.3), and where the text behind it begins."""

    kind: str
    numbers: tuple[int, ...]
    end: int


def read_mark(text: str) -> Mark | None:
    """Return the number in front of a paragraph, None where there is none."""
    for kind, pattern in _patterns():
        match = pattern.match(text)
        if match is None:
            continue
        numbers = _numbers(match[1] or "")
        if numbers is not None:
            return Mark(f"{kind}{len(numbers)}" if kind == "decimal" else kind, numbers, match.end())
    return None


def without_mark(text: str) -> str:
    """Return the paragraph without its number."""
    mark = read_mark(text)
    return text[mark.end :].strip() if mark else text.strip()


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    told = words("marks")
    han, ordinal, after = told["han"], told["ordinal"], re.escape(told["after"])
    counted = rf"([{han}]{{1,4}}|\d{{1,3}})"
    listed = [
        ("chapter", rf"{ordinal}\s*{counted}\s*{alternation(told['chapter'])}[\s:：、]*"),
        ("section", rf"{ordinal}\s*{counted}\s*{alternation(told['section'])}[\s:：、]*"),
        ("article", rf"{ordinal}\s*{counted}\s*{alternation(told['article'])}[\s:：、]*"),
        ("annex", rf"{alternation(told['annex'])}\s*(?:([{han}]{{1,3}}|\d{{1,3}})[\s:：.、]*|(?:[\s:：]+|$))"),
        ("han", rf"([{han}]{{1,4}})\s*[{after}]\s*"),
        ("han_bracket", rf"[(（]\s*([{han}]{{1,4}})\s*[)）]\s*[{after}]?\s*"),
        ("decimal", rf"(\d{{1,2}}(?:[.\uff0e]\d{{1,2}}){{1,4}})[{after}]?\s*(?=[{HAN}\u2160-\u217f(（IVX])"),
        ("digit", rf"(\d{{1,2}})(?:\s*[{after})）]\s*|\s+)(?=[^\d\s])"),
        ("digit_bracket", rf"[(（]\s*(\d{{1,2}})\s*[)）]\s*[{after}]?\s*"),
        ("circled", r"([\u2460-\u2473])\s*"),
    ]  # fmt: skip
    return [(kind, re.compile(rf"\s*{pattern}")) for kind, pattern in listed]


def _numbers(written: str) -> tuple[int, ...] | None:
    if not written:
        return (0,)
    if CIRCLED_ONE <= ord(written[0]) < CIRCLED_ONE + 20:
        return (ord(written[0]) - CIRCLED_ONE + 1,)
    if written[0].isdecimal():
        return tuple(int(part) for part in re.split("[.\uff0e]", written))
    read = read_numeral(written)
    return (int(read.low),) if read is not None and read.low is not None and read.is_exact else None
