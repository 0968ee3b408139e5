"""Rows of a plan from what was confirmed of a text: codes of their own, units of the place, posts that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans.content import PARTS
from juxing.plans.enums import AreaKind
from juxing.plans.models import EmergencyPlan
from juxing_text.plan_text.personal import BRACKETS

CHANGEABLE = {"title", "from_level", "quantity", "due_min", "count"}
_TOKEN = re.compile(rf"{BRACKETS[0]}([^{BRACKETS}\d]+)\d+{BRACKETS[1]}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
ANYBODY = "responder"


@dataclass(frozen=True, slots=True)
class ChosenSection:
    """
    A section as a person confirmed it; ``values`` are the details that shall stand, by token.

    ``is_form`` says that its file has tables in the plan's own form.
    """

    import_id: int
    position: int
    topic: str
    title: str
    text: str
    proposals: Sequence[Mapping[str, Any]]
    rows: Mapping[int, Mapping[str, Any]]
    values: Mapping[str, str]
    is_form: bool = False

    @property
    def code(self) -> str:
        """The code of its section, and the beginning of the codes of its rows."""
        return f"t{self.import_id}_{self.position}"

    def plain(self, text: str) -> str:
        """Return a text with the details that are kept, and bare brackets for the others."""
        for token, value in self.values.items():
            text = text.replace(token, value)
        return _TOKEN.sub(rf"{BRACKETS[0]}\1{BRACKETS[1]}", text)


def merged(
    content: Mapping[str, Any], chosen: ChosenSection, plan: EmergencyPlan, *, drop: Collection[str] = ()
) -> dict[str, Any]:
    """
    Return a draft's content with the section and its rows in it.

    Rows in the plan's own form take the place of the row of their code, and a chapter out of such a file that of the
    chapter of its title; ``drop`` names rows ("posts:gate_lead") that the file does not have any more.
    """
    found = {part: [row for row in rows if f"{part}:{row['code']}" not in set(drop)] for part, rows in content.items()}
    if chosen.text:
        section = {"code": chosen.code, "title": chosen.plain(chosen.title)[:80], "text": chosen.plain(chosen.text)}
        same = next((row["code"] for row in found.get("sections", ()) if row["title"] == section["title"]), None)
        _put(found, "sections", section | ({"code": same} if chosen.is_form and same else {}))
    picked = [(at, proposal, chosen.rows[at]) for at, proposal in enumerate(chosen.proposals) if at in chosen.rows]
    communities = communities_in(plan)
    # posts come first: the steps of the same section may name them
    for at, proposal, changed in sorted(picked, key=lambda one: (one[1]["part"] != "posts", one[0])):
        row = {**proposal["row"], **{name: value for name, value in changed.items() if name in CHANGEABLE}}
        row = {name: chosen.plain(value) if isinstance(value, str) else value for name, value in row.items()}
        part = str(proposal["part"])
        if proposal.get("is_form"):
            _put(found, part, _whole({"code": f"{chosen.code}_{at}"} | row, part, found))
        else:
            row["code"] = f"{chosen.code}_{at}"
            _put(found, part, _fitted(row, proposal, found, kind=plan.area_kind, among=communities))
    return found


def changed_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what taking a section changed, row by row, so that it can be taken back: where each was, and what."""
    undo: list[dict[str, Any]] = []
    for part in PARTS:
        old, new = ({row["code"]: row for row in content.get(part, ())} for content in (before, after))
        undo += [
            {"part": part, "code": code, "at": at, "row": row}
            for at, (code, row) in enumerate(old.items())
            if new.get(code) != row
        ]
        undo += [{"part": part, "code": code, "at": 0, "row": None} for code in new if code not in old]
    return undo  # fmt: skip


def taken_back(content: Mapping[str, Any], undo: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a draft's content as it was but for what was changed elsewhere meanwhile."""
    found = {part: list(rows) for part, rows in content.items()}
    for one in undo:
        rows = found.setdefault(str(one["part"]), [])
        at = next((at for at, row in enumerate(rows) if row["code"] == one["code"]), None)
        if one["row"] is None:
            found[str(one["part"])] = [row for row in rows if row["code"] != one["code"]]
        elif at is None:
            rows.insert(int(one["at"]), dict(one["row"]))
        else:
            rows[at] = dict(one["row"])
    return found


def post_named(content: Mapping[str, Any], name: str) -> str:
    """Return the code of the draft's post of this name, "" where none is called so."""
    wanted = re.sub(r"\s+", "", name)
    posts = [(re.sub(r"\s+", "", str(row["title"])), str(row["code"])) for row in content.get("posts", ())]
    exact = next((code for title, code in posts if title == wanted), "")
    return exact or next((code for title, code in posts if wanted and (title in wanted or wanted in title)), "")


def communities_in(plan: EmergencyPlan) -> int:
    """Return how many communities the plan's place has; one for a community."""
    if plan.area_kind == AreaKind.COMMUNITY:
        return 1
    inside = Area.objects.filter(code__gte=plan.area_code, code__lt=f"{plan.area_code}~", level=AreaLevel.COMMUNITY)
    return max(1, inside.count())


def _put(content: dict[str, Any], part: str, row: dict[str, Any]) -> None:
    """Put a row in the place of the one of its code, or behind all."""
    rows = content.setdefault(part, [])
    at = next((at for at, known in enumerate(rows) if known["code"] == row["code"]), None)
    if at is None:
        rows.append(row)
    else:
        rows[at] = {**rows[at], **row}


def _whole(row: dict[str, Any], part: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the plan's own form with posts for the words that name some."""
    if part != "playbook":
        return row
    for name in ("responsible", "accountable"):
        if not _CODE.fullmatch(str(row.get(name, ""))):
            row[name] = post_named(content, str(row.get(name, ""))) or _chief(content)
    return row


def _fitted(
    row: dict[str, Any], proposal: Mapping[str, Any], content: Mapping[str, Any], *, kind: str, among: int
) -> dict[str, Any]:  # fmt: skip
    """Return a row with what only the plan knows: for which kind of place, for how many, who answers."""
    part = proposal["part"]
    if part in {"posts", "venues"}:
        row["per"] = kind
    if part == "posts":
        row["holder_roles"] = [ANYBODY]
    if part == "goods":
        row["quantity"] = round(max(0.01, min(10_000.0, float(row["quantity"]) / among)), 2)
    if part == "venues":
        row["count"] = ceil(row["count"])
    if part == "playbook":
        chief = _chief(content)
        row["responsible"] = post_named(content, str(proposal["responsible"])) or chief
        row["accountable"] = chief
        row["due_min"] = max(1, int(row["due_min"]))
    return row


def _chief(content: Mapping[str, Any]) -> str:
    """Return the post that answers for what nobody is named for: the plan's first."""
    return next((str(row["code"]) for row in content.get("posts", ())), "commander")
