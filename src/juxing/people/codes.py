"""One-time codes by which a phone proves itself: digests only, five tries, ten minutes, few per hour."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel.fields import blind_index
from juxing.kernel.refusals import Refusal
from juxing.people.messages import Message, send_after_commit
from juxing.people.models import VerificationCode
from juxing.people.phone_numbers import mobile_phone, phone_index

LASTS = timedelta(minutes=10)
ATTEMPTS = 5
PAUSE = timedelta(seconds=60)
PER_HOUR = 5
LOCK_SPACE = 0x4E46


class CodeCheck(Enum):
    """What came of a code that was typed in."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


class TooManyCodes(Refusal):
    """Codes were asked for faster than people read them."""

    status = 429


@transaction.atomic
def send_code(*, now: datetime, phone: str, address: str) -> str:
    """
    Send a new code to a mobile phone and return it (for the demo page only; nothing else may show it).

    An earlier code of the phone no longer counts.

    Raises:
        InvalidInput: if it is no mobile number.
        TooManyCodes: within a minute of the last one, or beyond the hour's number.
    """
    number = mobile_phone(phone)
    index = phone_index(number)
    asked_from = blind_index(address, purpose="network address")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, index])
    _require_patience(index, asked_from, now=now)
    code = f"{secrets.randbelow(1_000_000):06}"
    VerificationCode.objects.create(
        phone_index=index, asked_from=asked_from, digest=_digest(number, code), sent_at=now, expires_at=now + LASTS
    )
    text = _("Your Juxing code is %(code)s. It is valid for 10 minutes. Tell it to nobody.") % {"code": code}
    send_after_commit(Message(phone=number, text=text, purpose="code"))
    return code


@transaction.atomic
def check_code(*, now: datetime, phone: str, code: str) -> CodeCheck:
    """
    Say whether this is the phone's latest code; a right one counts once.

    It answers instead of raising, so that a wrong try stays counted.
    """
    latest = (
        VerificationCode.objects.select_for_update()
        .filter(phone_index=phone_index(phone))
        .order_by("-sent_at", "-pk")
        .first()
    )
    if latest is None or latest.used_at is not None or latest.expires_at <= now or latest.attempts >= ATTEMPTS:
        return CodeCheck.OVER
    latest.attempts += 1
    is_right = hmac.compare_digest(latest.digest, _digest(phone, code.strip()))
    latest.used_at = now if is_right else None
    latest.save(update_fields=["attempts", "used_at"])
    if is_right:
        return CodeCheck.RIGHT
    return CodeCheck.OVER if latest.attempts >= ATTEMPTS else CodeCheck.WRONG


@transaction.atomic
def forget_codes(*, now: datetime) -> int:
    """Delete codes older than a day, and return how many."""
    return VerificationCode.objects.filter(sent_at__lt=now - timedelta(days=1)).delete()[0]


def _require_patience(index: str, asked_from: str, *, now: datetime) -> None:
    hour = VerificationCode.objects.filter(sent_at__gt=now - timedelta(hours=1))
    sent = list(hour.filter(phone_index=index).order_by("-sent_at").values_list("sent_at", flat=True)[:PER_HOUR])
    if sent and sent[0] > now - PAUSE:
        raise TooManyCodes(
            "code_just_sent",
            gettext_lazy("A code was sent less than a minute ago. Wait for it, or try again in a minute."),
            field="phone",
        )
    if len(sent) >= PER_HOUR or hour.filter(asked_from=asked_from).count() >= settings.CODES_PER_ADDRESS:
        raise TooManyCodes(
            "too_many_codes",
            gettext_lazy("Too many codes were asked for. Try again in an hour, or ask your community by telephone."),
            field="phone",
        )


def _digest(phone: str, code: str) -> str:
    return blind_index(f"{phone} {code}", purpose="one-time code")
