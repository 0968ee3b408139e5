"""Messages to phones: a room says what, an upper room registers who carries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from juxing.kernel.exercise import closed_for_exercise
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Message:
    """A short text to one phone; ``purpose`` names its kind, for limits and bills, never its content."""

    phone: str
    text: str
    purpose: str


Sender = Callable[[Message], None]
senders: Registry[Sender] = Registry("message sender")


def send_after_commit(message: Message) -> None:
    """Hand the message to the configured sender once the act that caused it stands; in a drill to nobody."""
    if closed_for_exercise():
        return
    sender = senders[settings.SMS_GATEWAY]
    transaction.on_commit(lambda: sender(message))


def shows_codes_on_page() -> bool:
    """Whether there is no real phone behind the gateway, so that the demo shows codes on the page itself."""
    return bool(settings.IS_DEMO) and settings.SMS_GATEWAY == "console"
