"""
Codes at the venue, by which people say that they are here (签到码).

A code belongs to one roster and one span of time, and is an HMAC of both: it changes every minute on the screen and
every day on paper. An old code is told from a forged one, so that the answer can say which it was. It proves that
somebody stood before the screen; nothing is measured, no place of a phone is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.utils import timezone

STEP_S = 60
GRACE_STEPS = 2
LOOK_BACK_STEPS, LOOK_BACK_DAYS = 24 * 60, 30
LENGTH = 8
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CodeState(StrEnum):
    """What a code is."""

    VALID = "valid"
    OLD = "old"
    FORGED = "forged"


def screen_code(roster: UUID, *, now: datetime) -> str:
    """Return the code that the screen shows this minute."""
    return _code(roster, f"screen:{_step(now)}")


def sheet_code(roster: UUID, *, now: datetime) -> str:
    """Return the code for a sheet of paper, good for today."""
    return _code(roster, f"sheet:{timezone.localdate(now).toordinal()}")


def state_of(code: str, roster: UUID, *, now: datetime) -> CodeState:
    """Say whether a code is good now, was good before, or never was ours."""
    written = "".join(letter for letter in code.upper() if letter in LETTERS)[: LENGTH + 1]
    if len(written) != LENGTH:
        return CodeState.FORGED
    step, today = _step(now), timezone.localdate(now).toordinal()
    good = [f"screen:{step - back}" for back in range(GRACE_STEPS + 1)] + [f"sheet:{today}"]
    if _is_one_of(written, roster, good):
        return CodeState.VALID
    old = [f"screen:{step - back}" for back in range(GRACE_STEPS + 1, LOOK_BACK_STEPS)]
    old += [f"sheet:{today - back}" for back in range(1, LOOK_BACK_DAYS)]
    return CodeState.OLD if _is_one_of(written, roster, old) else CodeState.FORGED


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def _is_one_of(written: str, roster: UUID, spans: list[str]) -> bool:
    return any(hmac.compare_digest(written, _code(roster, span)) for span in spans)


def _code(roster: UUID, span: str) -> str:
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"juxing.check-in\x00{roster}\x00{span}".encode(), hashlib.sha256
    ).digest()
    number = int.from_bytes(digest[:5], "big")
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(LENGTH))
