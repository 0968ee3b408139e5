"""Reading a file in a process of its own: whatever a file does to its reader, it does not do to the service."""

from __future__ import annotations

import json
import subprocess
import sys

from juxing_text.documents.document import Document, Unreadable, UnreadableDocument, from_data

SECONDS = 90


def read_apart(content: bytes, *, seconds: float = SECONDS) -> Document:
    """
    Return what a Word or PDF file says.

    Raises:
        UnreadableDocument: with why; ``TOO_HARD`` when it took more than ``seconds`` or the memory it may have.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "juxing_text.documents"], input=content, capture_output=True, timeout=seconds,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnreadableDocument(Unreadable.TOO_HARD) from None
    if done.returncode != 0:
        raise UnreadableDocument(Unreadable.TOO_HARD)
    said = json.loads(done.stdout)
    if "unreadable" in said:
        raise UnreadableDocument(Unreadable(said["unreadable"]))
    return from_data(said)
