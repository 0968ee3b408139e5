"""Maps item names as people write them to catalogue items, with candidates, a confidence and the reason for each."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from juxing_text.folding import fold
from juxing_text.lexicon import DATA, HAN, any_of
from juxing_text.quantities import UNIT_PATTERN

SURE = 0.85
"""A first candidate at or above this, and ahead of the second by `MARGIN`, needs no second look."""
MARGIN = 0.1
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One supply item; `standards` are codes without the year ("GB 19083"), `pack_sizes` as printed on goods."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    pack_sizes: tuple[str, ...]
    category: str
    standards: tuple[str, ...]
    aliases: tuple[str, ...]
    is_ppe: bool
    is_medicine: bool


class MatchReason(StrEnum):
    """Why an item is a candidate."""

    EXACT_NAME = "exact_name"
    NORMALISED_NAME = "normalised_name"
    CONTAINED_NAME = "contained_name"
    SIMILAR_NAME = "similar_name"
    STANDARD = "standard"
    NAME_AND_STANDARD = "name_and_standard"
    STANDARD_CONFLICT = "standard_conflict"
    SPECIFICATION_TEXT = "specification_text"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item the text may mean; `confidence` in [0, 1] orders candidates; `matched` is the catalogue name that
    matched.
    """

    code: str
    confidence: float
    reason: MatchReason
    matched: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """One item meant by the text: the piece of text and its candidates, best first (none when nothing is like it)."""

    text: str
    candidates: tuple[Candidate, ...]

    @property
    def is_sure(self) -> bool:
        """True when a clerk need not look: high confidence, clear lead, no conflict with the cited standard."""
        if not self.candidates:
            return False
        first = self.candidates[0]
        if first.reason is MatchReason.STANDARD_CONFLICT or first.confidence < SURE:
            return False
        return len(self.candidates) == 1 or first.confidence - self.candidates[1].confidence >= MARGIN


_ALTERNATIVE = re.compile(r"\s*[|/\\]\s*")
_LISTED = re.compile(rf"\s*(?:[,;&+]|{any_of('chain.conjunction')})\s*")
_BRACKETS = re.compile(r"[(\[<{][^)\]>}]*[)\]>}]?")
_MEASURE = re.compile(
    rf"(?<![a-z\d])\d+(?:\.\d+)?\s?{UNIT_PATTERN}(?:{any_of('chain.pack_marks')})?|(?<=\D)\d+$"
    rf"|^{any_of('names.harmless_modifiers')}+"
)
"""What may be taken off a name without changing the thing: pack sizes, model numbers, words such as "fresh"."""
_NOISE = re.compile(rf"[^{HAN}a-z\d%]+")
_STANDARD = re.compile(r"(gb|yy|ws|hj|gbz)\s?(/\s?t)?\s?(\d{3,6})")


def standards_in(text: str) -> tuple[str, ...]:
    """Standards cited in a specification, without year: "YY0469-2011" -> "YY 0469"; "YY/T" and "YY" stay different."""
    return tuple(f"{found[1].upper()}{'/T' if found[2] else ''} {found[3]}" for found in _STANDARD.finditer(fold(text)))


def normal_name(text: str) -> str:
    """Folded text without spaces, punctuation and what stands in brackets; percent signs and digits stay."""
    return _NOISE.sub("", _BRACKETS.sub("", fold(text)))


def load_catalogue(path: Path | None = None) -> tuple[CatalogueItem, ...]:
    """The seed catalogue of this package, or one of the same columns. Raises KeyError or ValueError on a malformed
    file.
    """
    with (path or DATA / "catalogue.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(_item(row) for row in csv.DictReader(stream))


def _item(row: dict[str, str]) -> CatalogueItem:
    def several(column: str) -> tuple[str, ...]:
        return tuple(filter(None, row[column].split("|")))

    return CatalogueItem(
        row["code"],
        row["name_zh"],
        row["name_en"],
        row["unit"],
        several("pack_sizes"),
        row["category"],
        several("standards"),
        several("aliases"),
        row["is_ppe"] == "1",
        row["is_medicine"] == "1",
    )


class CatalogueIndex:
    """Looks items up by name. Deterministic; not safe to share between threads (it remembers recent answers)."""

    def __init__(self, items: Iterable[CatalogueItem]) -> None:
        self.items: dict[str, CatalogueItem] = {}
        self._names: dict[str, str] = {}
        self._grams: defaultdict[str, set[str]] = defaultdict(set)
        self._by_standard: defaultdict[str, list[str]] = defaultdict(list)
        self._cache: dict[tuple[str, str], tuple[Recognition, ...]] = {}
        for item in items:
            self._add(item)
        self._by_first: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted((name for name in self._names if len(name) > 1), key=len, reverse=True):
            self._by_first[name[0]].append(name)

    def _add(self, item: CatalogueItem) -> None:
        self.items[item.code] = item
        for name in (item.name_zh, *item.aliases):
            normal = normal_name(name)
            self._names.setdefault(normal, item.code)
            for gram in _bigrams(normal):
                self._grams[gram].add(normal)
        for standard in item.standards:
            self._by_standard[standard].append(item.code)

    def recognise(self, text: str, specification: str = "") -> tuple[Recognition, ...]:
        """Every item meant by the text, in order; at least one Recognition, possibly without candidates.

        Pieces joined by a slash or bar are taken as other names of one thing where they name the same item; pieces
        joined by commas or "and" as several things. A standard cited in the specification confirms or contradicts
        the name.
        """
        key = (text[:200], specification[:200])
        if key not in self._cache:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[key] = tuple(self._recognise(*key))
        return self._cache[key]

    def best(self, text: str) -> Recognition:
        """The text taken as one item, whatever joins are in it."""
        return Recognition(text, self._candidates(text[:200]))

    def exact(self, text: str) -> str | None:
        """The code of the item whose name or alias the text is, after normalising."""
        return self._names.get(normal_name(text))

    def mentions(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Names of two or more characters standing in the text, longest first from the left: start, end, code."""
        position = 0
        while position < len(folded):
            for name in self._by_first.get(folded[position], ()):
                if folded.startswith(name, position):
                    yield position, position + len(name), self._names[name]
                    position += len(name)
                    break
            else:
                position += 1

    def _recognise(self, text: str, specification: str) -> Iterator[Recognition]:
        whole = self._names.get(normal_name(text))
        pieces = [text] if whole else [piece for piece in _LISTED.split(_cut_brackets(fold(text))) if piece] or [text]
        named = [group for piece in pieces for group in self._alternatives(piece)]
        standards = standards_in(specification)
        if len(named) == 1:
            named = [self._with_specification(named[0], specification, standards)]
        yield from _merged(named)

    def _alternatives(self, piece: str) -> list[Recognition]:
        """A piece with slashes: one item if the parts agree or most parts name nothing else, else one item a part."""
        parts = [part for part in _ALTERNATIVE.split(piece) if part.strip()] or [piece]
        if len(parts) == 1:
            return [Recognition(piece.strip(), self._candidates(piece))]
        found = [Recognition(part.strip(), self._candidates(part)) for part in parts]
        sure = {one.candidates[0].code for one in found if one.is_sure}
        if len(sure) == 1:
            agreed = next(one for one in found if one.is_sure)
            return [replace(agreed, text=piece.strip())]
        return found

    def _candidates(self, text: str) -> tuple[Candidate, ...]:
        normal = normal_name(text)
        if not normal:
            return ()
        found: dict[str, Candidate] = {}
        if normal in self._names:
            exact = fold(text).strip() == normal
            reason = MatchReason.EXACT_NAME if exact else MatchReason.NORMALISED_NAME
            _keep(found, Candidate(self._names[normal], 1.0 if exact else 0.97, reason, normal))
            return tuple(found.values())
        bare = _NOISE.sub("", _MEASURE.sub("", _BRACKETS.sub("", fold(text))))
        if bare in self._names:
            _keep(found, Candidate(self._names[bare], 0.95, MatchReason.NORMALISED_NAME, bare))
            return tuple(found.values())
        self._add_contained(bare or normal, found)
        self._add_similar(normal, found)
        return tuple(sorted(found.values(), key=lambda one: (-one.confidence, one.code))[:5])

    def _add_contained(self, normal: str, found: dict[str, Candidate]) -> None:
        """A name inside a longer text: the head of a Chinese noun phrase is last, so a name at the end counts most."""
        for start, end, code in self.mentions(normal):
            share = (end - start) / len(normal)
            confidence = 0.62 + 0.3 * share if end == len(normal) else 0.35 + 0.35 * share
            _keep(found, Candidate(code, confidence, MatchReason.CONTAINED_NAME, normal[start:end]))

    def _add_similar(self, normal: str, found: dict[str, Candidate]) -> None:
        grams = _bigrams(normal)
        shared: defaultdict[str, int] = defaultdict(int)
        for gram in grams:
            for name in self._grams.get(gram, ()):
                shared[name] += 1
        for name, count in shared.items():
            dice = 2 * count / (len(grams) + len(_bigrams(name)))
            if dice >= 0.4:
                _keep(found, Candidate(self._names[name], 0.8 * dice, MatchReason.SIMILAR_NAME, name))

    def _with_specification(self, found: Recognition, specification: str, standards: tuple[str, ...]) -> Recognition:
        """Confirms, contradicts or supplies the name by the specification."""
        cited = {code: standard for standard in standards for code in self._by_standard.get(standard, ())}
        if not found.candidates or (not cited and not found.is_sure):
            by_text = self.best(specification) if specification else found
            if by_text.candidates and by_text.candidates[0].confidence >= SURE:
                agrees = not found.candidates or by_text.candidates[0].code in {one.code for one in found.candidates}
                confidence = SURE if agrees or found.candidates[0].confidence < 0.6 else SURE - MARGIN
                best = replace(by_text.candidates[0], reason=MatchReason.SPECIFICATION_TEXT, confidence=confidence)
                return replace(found, candidates=(best, *(c for c in found.candidates if c.code != best.code)))
        if not cited:
            return found
        by_code = {one.code: self._confirmed(one, cited) for one in found.candidates}
        for code, standard in cited.items():
            by_code.setdefault(code, Candidate(code, 0.7, MatchReason.STANDARD, standard))
        ranked = sorted(by_code.values(), key=lambda one: (-one.confidence, one.code))
        return replace(found, candidates=tuple(ranked[:5]))

    def _confirmed(self, candidate: Candidate, cited: dict[str, str]) -> Candidate:
        if candidate.code in cited:
            confidence = 1 - (1 - candidate.confidence) * 0.3
            return replace(candidate, confidence=confidence, reason=MatchReason.NAME_AND_STANDARD)
        if self.items[candidate.code].standards:
            lowered = min(candidate.confidence, 0.75)
            return replace(candidate, confidence=lowered, reason=MatchReason.STANDARD_CONFLICT)
        return candidate


def _keep(found: dict[str, Candidate], candidate: Candidate) -> None:
    held = found.get(candidate.code)
    if held is None or held.confidence < candidate.confidence:
        found[candidate.code] = candidate


def _merged(named: list[Recognition]) -> Iterator[Recognition]:
    """Drops later pieces that surely mean an item already named."""
    seen: set[str] = set()
    for one in named:
        if one.is_sure and one.candidates[0].code in seen:
            continue
        if one.is_sure:
            seen.add(one.candidates[0].code)
        yield one


def _cut_brackets(folded: str) -> str:
    return _BRACKETS.sub(" ", folded) if _NOISE.sub("", _BRACKETS.sub("", folded)) else folded


def _bigrams(normal: str) -> frozenset[str]:
    return frozenset(normal[place : place + 2] for place in range(len(normal) - 1)) or frozenset({normal})
