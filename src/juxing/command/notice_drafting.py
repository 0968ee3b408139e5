"""Drafts of notices from the words of a plan: which blanks are known already, and which are left to a person."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

BLANK = re.compile("\u3010([^\u3010\u3011]{1,40})\u3011")
LONGEST_SAID = 200
"""Characters of what may stand in the place of one blank."""
DATA = Path(__file__).parent / "data" / "notice_blanks.toml"


@cache
def _known() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def blanks_of(text: str) -> list[str]:
    """Return what still has to be filled in, each once, in the order of the text."""
    return list(dict.fromkeys(BLANK.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with these blanks filled; those without a value stay."""
    return BLANK.sub(lambda found: values.get(found[1], "") or found[0], text)


def said_in(text: str, written: str) -> dict[str, str] | None:
    """
    Return by blank of the text what stands there in words filled in from it; None if a person wrote otherwise.

    A blank that is still blank is left out.
    """
    parts = BLANK.split(text)  # words and names of blanks take turns
    pattern = "".join(
        f"(.{{1,{LONGEST_SAID}}}?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, written, re.DOTALL)
    if found is None:
        return None
    return {blank: value for blank, value in zip(parts[1::2], found.groups(), strict=True)
            if not BLANK.fullmatch(value)}  # fmt: skip


def known_values(*, place: str, level: str, start: datetime, end: datetime, decision: str) -> dict[str, str]:
    """Return by blank what is known of a response in one place, in the words of the plan."""
    known = _known()
    said = {
        "place": place, "level": known["levels"].get(level, ""), "decision": decision,
        "start": timezone.localtime(start).strftime(known["moment"]),
        "end": timezone.localtime(end).strftime(known["moment"]),
    }  # fmt: skip
    return {blank: said[meaning] for blank, meaning in known["blanks"].items()}
