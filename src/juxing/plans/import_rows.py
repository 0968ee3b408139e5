"""Rows of a plan from what was confirmed of a text: codes of their own, units of the place, posts that exist."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
ANYBODY = "responder"


@dataclass(frozen=True, slots=True)
class ChosenSection:
    """A section as a person confirmed it; ``values`` are the details that shall stand, by token."""

    import_id: int
    position: int
    topic: str
    title: str
    text: str
    proposals: Sequence[Mapping[str, Any]]
    rows: Mapping[int, Mapping[str, Any]]
    values: Mapping[str, str]

    @property
    def code(self) -> str:
        """The code of its section, and the beginning of the codes of its rows."""
        return f"t{self.import_id}_{self.position}"

    def plain(self, text: str) -> str:
        """Return a text with the details that are kept, and bare brackets for the others."""
        for token, value in self.values.items():
            text = text.replace(token, value)
        return _TOKEN.sub(rf"{BRACKETS[0]}\1{BRACKETS[1]}", text)


def merged(content: Mapping[str, Any], chosen: ChosenSection, plan: EmergencyPlan) -> dict[str, Any]:
    """Return a draft's content with the section and its rows in it; what it brought before is replaced."""
    found = without(content, chosen.import_id, chosen.position)
    if chosen.text:
        section = {"code": chosen.code, "title": chosen.plain(chosen.title)[:80], "text": chosen.plain(chosen.text)}
        found["sections"] = [*found.get("sections", []), section]
    picked = [(at, proposal, chosen.rows[at]) for at, proposal in enumerate(chosen.proposals) if at in chosen.rows]
    communities = communities_in(plan)
    # posts come first: the steps of the same section may name them
    for at, proposal, changed in sorted(picked, key=lambda one: (one[1]["part"] != "posts", one[0])):
        row = {**proposal["row"], **{name: value for name, value in changed.items() if name in CHANGEABLE}}
        row = {name: chosen.plain(value) if isinstance(value, str) else value for name, value in row.items()}
        row["code"] = f"{chosen.code}_{at}"
        part = str(proposal["part"])
        found[part] = [*found.get(part, []), _fitted(row, proposal, found, kind=plan.area_kind, among=communities)]
    return found


def without(content: Mapping[str, Any], import_id: int, position: int) -> dict[str, Any]:
    """Return a draft's content without what a section brought."""
    own = f"t{import_id}_{position}"
    return {
        part: [row for row in rows if row["code"] != own and not row["code"].startswith(f"{own}_")]
        if part in PARTS else rows
        for part, rows in content.items()
    }  # fmt: skip


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
