"""Read the file on standard input and write what it says, as ``apart`` asks for it."""

from __future__ import annotations

import json
import resource
import sys

from juxing_text.documents.document import UnreadableDocument
from juxing_text.documents.reading import read_document

MEMORY_BYTES = 1536 * 2**20
CPU_SECONDS = 90


def main() -> int:
    """Bound this process, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        said = read_document(sys.stdin.buffer.read()).as_data()
    except UnreadableDocument as fault:
        said = {"unreadable": str(fault.reason)}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
