"""The handbook of a plan as values for paper: the same rows as on the page, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from juxing.access.roles import Role
from juxing.plans.enums import VersionStatus
from juxing.plans.models import PlanAnnex, PlanVersion


def paper(
    version: PlanVersion, shown: dict[str, Any], annexes: Sequence[PlanAnnex], *, subtitle: str
) -> dict[str, Any]:
    """Return what ``plans/handbook.typ`` prints; ``shown`` is the plan as the page shows it."""
    content = shown["content"]
    roles = dict(Role.choices)
    tables = [
        _table(_("What I do first"), [_("Role"), _("Within (min)"), _("First action")],
               [[str(roles.get(each["row"].role, each["row"].role)), each["row"].within_min, each["title"]]
                for each in content["first_actions"]]),
        _table(_("Triggers"), [_("Level"), _("Read off from"), _("Condition")],
               [[each["level"], each["row"].source or "–", each["title"]] for each in content["triggers"]]),
        _table(_("Playbook"), [_("After (min)"), _("Done by (min)"), _("Responsible post"), _("What is done")],
               [[step["after"], step["due"], step["responsible"], " ".join(filter(None, [step["title"], step["text"]]))]
                for step in shown["playbook"]]),
        _table(_("Posts"), [_("Post"), _("Duties")],
               [[each["title"], each["row"].duties or "–"] for each in content["posts"]]),
        _table(_("Goods"), [_("Days"), _("Goods")],
               [[each["row"].days, each["title"]] for each in content["goods"]]),
        _table(_("Venues"), ["m²", _("Venues")],
               [[each["row"].minimum_area_m2 or "–", each["title"]] for each in content["venues"]]),
    ]  # fmt: skip
    chapters = [[each["title"], each["row"].text] for each in (*content["sections"], *content["notices"])]
    chapters += [[f"{annex.title} ({annex.area_code})", annex.text] for annex in annexes]
    return {
        "title": version.plan.title, "subtitle": subtitle, "tables": tables, "chapters": chapters,
        "draft": "" if version.status == VersionStatus.APPROVED else str(version.get_status_display()),
        "meta": [[_("Version"), f"v{version.number}"], ["SHA-256", version.digest]],
    }  # fmt: skip


def _table(title: str, heads: Sequence[str], cells: Sequence[Sequence[object]]) -> dict[str, Any]:
    return {"title": title, "heads": [str(head) for head in heads],
            "cells": [[str(cell) for cell in row] for row in cells]}  # fmt: skip
