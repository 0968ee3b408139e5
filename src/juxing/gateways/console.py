"""A sender for trying out: writes messages to standard output instead of to a phone."""

from __future__ import annotations

import sys

from juxing.kernel.masking import masked_phone
from juxing.people.messages import Message


def write_to_console(message: Message) -> None:
    """Print the message with the phone masked: output of a service ends up in logs."""
    sys.stdout.write(f"[message {message.purpose}] to {masked_phone(message.phone)}: {message.text}\n")
    sys.stdout.flush()
