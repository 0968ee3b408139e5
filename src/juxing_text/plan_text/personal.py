"""
Telephone numbers, identity numbers and people's names, taken out of a plan before it is read.

Numbers are found by their form; names after a word that announces one, under a table header that does, and wherever a
name found so stands again. No pattern finds every name: a person looks before anything is kept, and is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from juxing_text.documents.document import Document, Paragraph, Table
from juxing_text.folding import fold
from juxing_text.lexicon import HAN, alternation
from juxing_text.plan_text.words import any_word, ends_with_any, has_any, words
from juxing_text.redaction import RedactionKind, find_numbers

NAME = "name"
BRACKETS = "\u3014\u3015"
_LISTED = re.compile(r"[\u3001,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class Aside:
    """A value taken out: what stands in its place, its kind, the value, and whether a duty office is named near it."""

    token: str
    kind: str
    value: str
    is_duty: bool


def take_out(document: Document) -> tuple[Document, tuple[Aside, ...]]:
    """Return the document with tokens where personal details stood, and these, each value once."""
    names = set(_names(document))
    taking = _Taking(names)
    blocks: list[Paragraph | Table] = []
    for block in document.blocks:
        if isinstance(block, Table):
            header = _header(block)
            blocks.append(
                Table(
                    tuple(
                        tuple(
                            taking.cell(cell, header[at] if at < len(header) else "") if number else taking.text(cell)
                            for at, cell in enumerate(row)
                        )
                        for number, row in enumerate(block.rows)
                    )
                )
            )
        else:
            blocks.append(replace(block, text=taking.text(block.text)))
    return Document(tuple(blocks), document.remarks), tuple(taking.aside.values())


def is_name(text: str) -> bool:
    """Whether a word standing alone where a name is expected looks like one: two to four Han, a surname in front."""
    told = words("persons")
    if not re.fullmatch(rf"[{HAN}]{{2,4}}", text) or text in told["not_names"]:
        return False
    compound = text.startswith(tuple(told["compound_surnames"]))
    if not compound and (text[0] not in told["surnames"] or len(text) > 3):
        return False
    bodies = words("bodies")
    return not ends_with_any(text, [*bodies["groups"], *bodies["offices"], *bodies["people"]])


class _Taking:
    """What was taken out so far; the same value gets the same token."""

    def __init__(self, names: Iterable[str]) -> None:
        self.aside: dict[tuple[str, str], Aside] = {}
        listed = sorted(names, key=len, reverse=True)
        self._names = re.compile(alternation(listed)) if listed else None

    def text(self, text: str) -> str:
        """Return a text with tokens in the place of details."""
        spans = [(one.start, one.end, str(one.kind)) for one in find_numbers(fold(text)) if not _is_public(text, one)]
        spans += [(match.start(1), match.end(1), NAME) for match in _titled().finditer(text)]
        spans += [(match.start(), match.end(), NAME) for match in (self._names.finditer(text) if self._names else ())]
        return self._replaced(text, spans)

    def cell(self, cell: str, header: str) -> str:
        """Return a cell with tokens; under a header of people each word that looks like a name goes."""
        if not has_any(header, words("tables")["person"]):
            phone = has_any(header, words("tables")["phone"])
            return self._replaced(cell, list(_all_numbers(cell))) if phone else self.text(cell)
        named = [(start, end, NAME) for start, end in _words_at(cell) if is_name(cell[start:end])]
        named += [(one.start, one.end, str(one.kind)) for one in find_numbers(fold(cell)) if not _is_public(cell, one)]
        return self._replaced(cell, named)

    def _replaced(self, text: str, spans: Sequence[tuple[int, int, str]]) -> str:
        out, position = [], 0
        for begins, end, kind in sorted(spans):
            start = begins if kind == NAME else _behind_label(text, begins, end)
            if start < position:
                continue
            out += [text[position:start], self._token(text, start, end, kind)]
            position = end
        return "".join([*out, text[position:]])

    def _token(self, text: str, start: int, end: int, kind: str) -> str:
        value = text[start:end].strip()
        key = (kind, value)
        if key not in self.aside:
            near = text[max(0, start - 16) : start]
            is_duty = kind != NAME and has_any(near, words("persons")["duty_words"])
            word = words("persons")[f"{kind}_token"]
            token = f"{BRACKETS[0]}{word}{len(self.aside) + 1}{BRACKETS[1]}"
            self.aside[key] = Aside(token, kind, value, is_duty)
        return self.aside[key].token


def _names(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from _announced(block.text)
            continue
        header = _header(block)
        for row in block.rows[1:]:
            for at, cell in enumerate(row):
                if at < len(header) and has_any(header[at], words("tables")["person"]):
                    yield from (cell[start:end] for start, end in _words_at(cell) if is_name(cell[start:end]))
                else:
                    yield from _announced(cell)


def _announced(text: str) -> Iterator[str]:
    for match in _labelled().finditer(text):
        for word in _LISTED.split(match[1]):
            plain = re.split(r"[(（]", word)[0]
            if is_name(plain):
                yield plain


@cache
def _labelled() -> re.Pattern[str]:
    return re.compile(rf"{any_word('persons', 'labels')}\s*[:：]\s*(?=([^。；;：:\n]{{2,120}}))")


@cache
def _titled() -> re.Pattern[str]:
    told = words("persons")
    safe = "".join(sorted(set(told["surnames"]) - set(told["unsafe_before_titles"])))
    return re.compile(rf"([{safe}])(?={any_word('persons', 'titles')})")


def _header(table: Table) -> tuple[str, ...]:
    return table.rows[0] if table.rows else ()


def _words_at(cell: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(rf"[{HAN}]+", cell):
        yield match.start(), match.end()


def _behind_label(text: str, start: int, end: int) -> int:
    """Return where the value itself begins: the word that announces a number is not personal."""
    match = re.search(r"[\d*(（+A-Za-z]", text[start:end])
    return start + match.start() if match else start


def _is_public(text: str, found: object) -> bool:
    start, end = found.start, found.end  # type: ignore[attr-defined]
    digits = re.sub(r"\D", "", fold(text[start:end]))
    return digits in words("persons")["public_numbers"]


def _all_numbers(cell: str) -> Iterator[tuple[int, int, str]]:
    """Yield every run of digits long enough to be called, under a header of telephones."""
    public = words("persons")["public_numbers"]
    for match in re.finditer(r"\d[\d\s\-\u2014()（）]{3,}\d", cell):
        if re.sub(r"\D", "", match[0]) not in public:
            yield match.start(), match.end(), str(RedactionKind.PHONE)
