"""
What the codes in a plan's fields are called, and which code a word means.

Codes of skills, functions and items belong to rooms above and come through ``kernel.vocabularies``; posts and groups
are the plan's own. A word is understood in either language of the house.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override, pgettext_lazy

from juxing.access.roles import Role
from juxing.kernel.refusals import Words
from juxing.kernel.task_kinds import task_kinds
from juxing.kernel.vocabularies import vocabularies
from juxing.organisations.enums import FunctionalGroupType
from juxing.plans.enums import NoticeAudience, ResponseLevel

LANGUAGES = ("zh-hans", "en")
UNITS: dict[str, Words] = {
    "grid": gettext_lazy("grid"), "community": gettext_lazy("community"), "street": gettext_lazy("street"),
    "district": gettext_lazy("district"), "household": gettext_lazy("household"),
    "resident": gettext_lazy("resident"), "responder": gettext_lazy("responder"),
}  # fmt: skip
PLACES = ("grid", "community", "street", "district")
FIXED: dict[str, Mapping[str, Words]] = {
    "from_level": dict(ResponseLevel.choices),
    "per": {code: UNITS[code] for code in PLACES},
    "for_each": {code: UNITS[code] for code in ("household", "resident", "responder", "community")},
    "kind": {
        "command_post": pgettext_lazy("unit of a plan", "Command post"),
        "temporary_branch": pgettext_lazy("unit of a plan", "Temporary branch"),
        "functional_group": pgettext_lazy("unit of a plan", "Functional group"),
    },
    "group_type": dict(FunctionalGroupType.choices),
    "audience": dict(NoticeAudience.choices),
    "moment": {
        "start": pgettext_lazy("moment of a notice", "At the start"),
        "end": pgettext_lazy("moment of a notice", "At the end"),
    },
    "at": {
        "own": pgettext_lazy("place of a right", "the own place"),
        "community": pgettext_lazy("place of a right", "the own community"),
        "street": pgettext_lazy("place of a right", "the own street"),
    },
    "short_form": {"true": pgettext_lazy("plan", "yes"), "false": pgettext_lazy("plan", "no")},
    **{name: dict(Role.choices) for name in ("role", "holder_role", "carries_role", "holder_roles")},
}
ELSEWHERE = {"skill": "skill", "function": "venue_function", "item": "supply_item"}
OF_THE_PLAN = {"responsible": "posts", "accountable": "posts", "group": "units"}
_CODE = re.compile(r"[a-z][a-z0-9_]*")


class PlanWords:
    """The words of one plan's fields; what other rooms are asked for is asked once."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def choices(self, name: str) -> dict[str, str]:
        """Return every code a field can hold with its word in this language; {} for free text and numbers."""
        key = (name, get_language() or "")
        if key not in self._known:
            self._known[key] = {code: str(word) for code, word in self._words(name).items()}
        return self._known[key]

    def word(self, name: str, code: str) -> str:
        """Return what a code is called; the code itself where nobody knows it."""
        return self.choices(name).get(code, code)

    def code(self, name: str, text: str) -> str | None:
        """Return the code that a word, or the code itself, means in a field; None where it means none."""
        wanted = _plain(text)
        for language in LANGUAGES:
            with override(language):
                found = next((code for code, word in self.choices(name).items() if _plain(word) == wanted), None)
            if found is not None:
                return found
        known = self.choices(name)
        return text if text in known or (not known and _CODE.fullmatch(text)) else None

    def _words(self, name: str) -> Mapping[str, Words]:
        if name in FIXED:
            return FIXED[name]
        if name == "task_type":
            return dict(task_kinds)
        if name in ELSEWHERE:
            return dict(vocabularies[ELSEWHERE[name]]()) if ELSEWHERE[name] in vocabularies else {}
        is_chinese = (get_language() or "").startswith("zh")
        rows = self._content.get(OF_THE_PLAN.get(name, ""), ())
        return {row["code"]: row["title"] if is_chinese else row.get("title_en") or row["title"] for row in rows}


def is_coded(name: str) -> bool:
    """Whether a field holds codes, not words or numbers."""
    return name in FIXED or name in ELSEWHERE or name in OF_THE_PLAN or name == "task_type"


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
