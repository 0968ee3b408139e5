"""Triggers by level, timed steps and duties, as the paragraphs of a chapter tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from juxing_text.documents.document import Paragraph, Table
from juxing_text.numerals import read_numeral
from juxing_text.plan_text.levels import FROM_COLOUR, colour_level_of, level_of, starts_response
from juxing_text.plan_text.marks import read_mark
from juxing_text.plan_text.outline import Chapter, Heading
from juxing_text.plan_text.personal import BRACKETS
from juxing_text.plan_text.proposals import DUTIES, DUTIES_CUT, TITLE, TITLE_CUT, Doubts, Proposal
from juxing_text.plan_text.words import ends_with_any, has_any, squeezed, words

LEVEL_MISSING, TIME_MISSING, RESPONSIBLE_MISSING = "level_missing", "time_missing", "responsible_missing"
ORGANISATION = "organisation"
TRIGGER, STEP = "trigger", "step"
LEAST_TEXT = 4
DUE_MIN = 60
LONGEST_DUE_MIN = 60 * 24 * 30
ACTING_TOPICS = ("response", "warning")


@dataclass(slots=True)
class _Standing:
    """What the headings and labels passed so far say: the level, and whether conditions or measures follow."""

    level: str = ""
    mode: str = ""
    is_colour: bool = False
    source: str = ""
    named: str = ""


def actions_in(chapter: Chapter, blocks: Sequence[Paragraph | Table]) -> Iterator[Proposal]:
    """Yield triggers and steps of a chapter on warning or response, and duties of one on command."""
    by_block = {heading.block: heading for heading in chapter.inner}
    path: list[tuple[int, _Standing]] = []
    standing = _Standing()
    for at in range(chapter.start, chapter.end):
        block = blocks[at]
        if at in by_block:
            standing = _under(by_block[at], path)
        elif isinstance(block, Paragraph):
            if chapter.topic in ACTING_TOPICS:
                yield from _act(block.text, at, standing, chapter.topic)
            elif chapter.topic == "command":
                yield from _duty(block.text, at, standing)


def step(text: str, *, at: int, level: str) -> Proposal:
    """Return a step of the playbook, its time and its responsible post as the text has them."""
    doubts = Doubts()
    title = _title(text)
    due = minutes_within(text)
    responsible = responsible_in(text)
    doubts.when(not level, LEVEL_MISSING)
    doubts.when(due is None, TIME_MISSING)
    doubts.when(not responsible, RESPONSIBLE_MISSING)
    row = {
        "title": doubts.cut(title, TITLE, TITLE_CUT), "text": text[:4000], "from_level": level or "level_4",
        "after_min": 0, "due_min": min(due or DUE_MIN, LONGEST_DUE_MIN),
    }  # fmt: skip
    return Proposal("playbook", row, at, tuple(doubts.codes), responsible)


def trigger(text: str, *, at: int, level: str, source: str = "", is_colour: bool = False) -> Proposal:
    """Return a condition for a response at a level."""
    doubts = Doubts()
    doubts.when(is_colour, FROM_COLOUR)
    condition = re.sub(words("steps")["condition_ends"], "", text.strip())
    row = {"title": doubts.cut(condition or text, TITLE, TITLE_CUT), "from_level": level, "source": source[:80]}
    return Proposal("triggers", row, at, tuple(doubts.codes))


def post(name: str, duties: str, *, at: int) -> Proposal | None:
    """Return an emergency post with its duties; an organisation is offered, but not chosen: a post is for a person."""
    doubts = Doubts()
    bodies = words("bodies")
    is_organisation = not ends_with_any(name, [*bodies["groups"], *bodies["people"]])
    doubts.when(is_organisation, ORGANISATION)
    plain = squeezed(name)
    if not plain or len(plain) > TITLE or not duties.strip():
        return None
    row = {"title": " ".join(name.split()), "duties": doubts.cut(duties, DUTIES, DUTIES_CUT), "count": 1}
    return Proposal("posts", row, at, tuple(doubts.codes), is_offered=not is_organisation)


def minutes_within(text: str) -> int | None:
    """Return within how many minutes something is to be done, None where the text does not say."""
    told = words("steps")
    match = re.search(told["within"], text)
    if match is None:
        return None
    each = int(told["minutes"][match[2]])
    if match[1] == told["half"]:
        return each // 2
    read = read_numeral(match[1])
    return int(read.low) * each or None if read is not None and read.low is not None else None


def responsible_in(text: str) -> str:
    """Return who answers for a step, in the text's words; "" where it names nobody."""
    told, bodies = words("steps"), words("bodies")
    known = [*bodies["groups"], *bodies["offices"], *bodies["people"]]
    for name in ("said", "by", "leads"):
        match = re.search(told[name], text)
        if match and ends_with_any(match[1].strip(), known):
            return match[1].strip()
    return ""


def _title(text: str) -> str:
    """Return the first clause that says what is done, not only within what time or by whom."""
    told = words("steps")
    clauses = [clause.strip() for clause in re.split(r"[，。；：,;:]", text)]
    for clause in clauses:
        said = re.sub(told["within"], "", re.sub(told["by_only"], "", clause)).strip()
        if len(said) >= LEAST_TEXT:
            return clause
    return text


def _under(heading: Heading, path: list[tuple[int, _Standing]]) -> _Standing:
    while path and path[-1][0] >= heading.depth:
        path.pop()
    above = path[-1][1] if path else _Standing()
    level, colour = level_of(heading.title), colour_level_of(heading.title)
    found = _Standing(
        level or colour or above.level, _mode(heading.title) or above.mode,
        is_colour=not level and (bool(colour) or above.is_colour), source=above.source, named=heading.title,
    )  # fmt: skip
    if colour:
        found.source = heading.title[:80]
    path.append((heading.depth, found))
    return found


def _act(text: str, at: int, standing: _Standing, topic: str) -> Iterator[Proposal]:
    mark = read_mark(text)
    plain = text[mark.end :].strip() if mark else text.strip()
    label, rest = _label(plain)
    if label and not rest:
        _note_label(label, standing)
        return
    colour = colour_level_of(label)
    own = level_of(label) or colour
    if own and rest and standing.mode != STEP:
        is_step = _mode(label) == STEP
        yield (
            step(rest, at=at, level=own)
            if is_step
            else trigger(rest, at=at, level=own, source=label if colour else "", is_colour=bool(colour))
        )
        return
    started = starts_response(plain)
    sentence_level = level_of(plain)
    if started and sentence_level and started.start() >= LEAST_TEXT and standing.mode != STEP:
        yield trigger(plain[: started.start()], at=at, level=sentence_level)
        return
    if len(plain) < LEAST_TEXT:
        return
    level = own or standing.level
    if standing.mode == TRIGGER and level:
        yield trigger(plain, at=at, level=level, source=standing.source, is_colour=standing.is_colour)
    elif standing.mode == STEP or (topic == "response" and mark is not None and standing.level):
        yield step(plain, at=at, level=level)


def _note_label(label: str, standing: _Standing) -> None:
    """Keep what a line that ends in a colon says of the lines after it."""
    level, colour = level_of(label), colour_level_of(label)
    standing.level = level or colour or standing.level
    standing.is_colour = bool(colour) if level or colour else standing.is_colour
    standing.mode = _mode(label) or (TRIGGER if starts_response(label) and level else standing.mode)


def _label(text: str) -> tuple[str, str]:
    """Return what stands before an early colon and what stands behind it."""
    match = re.match(r"([^：:。；]{2,60})[：:]", text)
    return (match[1].strip(), text[match.end() :].strip()) if match else ("", text)


def _mode(title: str) -> str:
    if has_any(title, words("levels")["trigger"]):
        return TRIGGER
    return STEP if has_any(title, words("levels")["steps"]) else ""


def _duty(text: str, at: int, standing: _Standing) -> Iterator[Proposal]:
    mark = read_mark(text)
    plain = text[mark.end :].strip() if mark else text.strip()
    name, duties = _label(plain)
    is_roll = f"{BRACKETS[0]}{words('persons')['name_token']}" in duties[:10]
    if name and duties and _is_body(name) and not is_roll and not ends_with_any(name, _duty_words()):
        found = post(name, duties, at=at)
    elif _is_body(standing.named) and plain.startswith(_duty_words()):
        found = post(standing.named, plain, at=at)
    else:
        found = None
    if found is not None:
        yield found


def _is_body(name: str) -> bool:
    bodies: Mapping[str, Sequence[str]] = words("bodies")
    plain = squeezed(name)
    return 0 < len(plain) <= 30 and ends_with_any(plain, [word for each in bodies.values() for word in each])


@cache
def _duty_words() -> tuple[str, ...]:
    return tuple(words("steps")["duty_starts"])
