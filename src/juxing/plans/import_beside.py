"""What was read of a text beside what the draft has: what is there already, what would change, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from juxing.plans.content import PARTS
from juxing.plans.forms import LABELS
from juxing.plans.import_rows import post_named
from juxing.plans.plan_form import cells, columns
from juxing.plans.words import PlanWords

Content = Mapping[str, list[dict[str, Any]]]


def proposals_beside(content: Content, read: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows proposed, with the doubts that only the draft shows."""
    words = PlanWords(content)
    return [
        _form_row(content, one, words) if one.get("is_form") else _read_row(content, one, read)
        for one in read["proposals"]
    ]


def rows_missing(content: Content, read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of the draft that a table in the plan's own form does not have any more, with their titles."""
    found: dict[str, set[str]] = {}
    for one in read["proposals"]:
        if one.get("is_form"):
            found.setdefault(one["part"], set()).add(one["row"].get("code", ""))
    return [
        (f"{part}:{row['code']}", str(row["title"]))
        for part, codes in found.items() for row in content.get(part, ()) if row["code"] not in codes
    ]  # fmt: skip


def chapter_doubts(content: Content, title: str, read: Mapping[str, Any]) -> list[str]:
    """Return whether a chapter out of a file in the plan's own form takes the place of one the draft has."""
    is_there = any(row["title"] == title for row in content.get("sections", ()))
    return ["chapter_replaced"] if read.get("is_form") and read["text"] and is_there else []


def is_unchanged(proposal: Mapping[str, Any]) -> bool:
    """Whether a row is as the draft has it, and nothing in it was left aside."""
    return proposal.get("beside") == "unchanged" and not proposal["doubts"]


def is_as_the_draft_has_it(content: Content, title: str, read: Mapping[str, Any]) -> bool:
    """Whether a section of a file in the plan's own form brings nothing: every row and the text are in the draft."""
    if not read.get("is_form") or not title:
        return False
    chapter = next((row["text"] for row in content.get("sections", ()) if row["title"] == title), None)
    has_text = not read["text"] or (chapter is not None and chapter.split() == read["text"].split())
    rows = proposals_beside(content, read)
    return has_text and not rows_missing(content, read) and all(map(is_unchanged, rows))


def _form_row(content: Content, proposal: Mapping[str, Any], words: PlanWords) -> dict[str, Any]:
    part, row = proposal["part"], proposal["row"]
    known = next((each for each in content.get(part, ()) if each["code"] == row.get("code")), None)
    if known is None:
        return {**proposal, "beside": "new_row"}
    changed = list(_changes(part, known, row, words))
    is_offered = bool(changed)
    return {
        **proposal,
        "beside": "replaces" if is_offered else "unchanged",
        "is_offered": is_offered,
        "changed": changed,
    }


def _changes(part: str, known: Mapping[str, Any], row: Mapping[str, Any], words: PlanWords) -> Iterator[dict[str, str]]:
    """Yield each column that would change, with what it says now and then."""
    whole = {name: field.get_default() for name, field in PARTS[part].model_fields.items() if not field.is_required()}
    before, after = whole | dict(known), whole | dict(known) | dict(row)
    for name, old, new in zip(columns(part), cells(part, before, words), cells(part, after, words), strict=True):
        if " ".join(old.split()) != " ".join(new.split()):
            yield {"label": str(LABELS[name]), "old": old, "new": new}


def _read_row(content: Content, proposal: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    doubts, is_offered = list(proposal["doubts"]), proposal["is_offered"]
    if any(row["title"] == proposal["row"]["title"] for row in content.get(proposal["part"], ())):
        doubts, is_offered = [*doubts, "there_already"], False
    named = proposal["responsible"]
    beside = [{**one["row"], "code": "beside"} for one in read["proposals"] if one["part"] == "posts"]
    if named and not post_named({"posts": [*content.get("posts", []), *beside]}, named):
        doubts.append("responsible_unknown")
    return {**proposal, "doubts": doubts, "is_offered": is_offered}
