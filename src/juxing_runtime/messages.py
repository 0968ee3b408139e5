"""Compiling the translation catalogues: the repository holds the sources (.po), not the compiled files (.mo)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SOURCE_ROOT = Path(__file__).resolve().parents[1]


def compile_changed(root: Path = SOURCE_ROOT) -> list[Path]:
    """Compile every catalogue under `root` that is newer than its compiled file; returns what was written.

    Each file is replaced as a whole, so two runs at the same moment do not disturb each other.
    """
    written = []
    for source in sorted(root.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    changed_at = source.stat().st_mtime_ns
    with source.open("rb") as file:
        catalogue = read_po(file, locale=target.parent.parent.name, abort_invalid=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, catalogue)
    Path(name).chmod(0o644)
    os.utime(name, ns=(changed_at, changed_at))  # a change made while compiling is then seen next time
    Path(name).replace(target)


if __name__ == "__main__":
    for path in compile_changed():
        print(f"compiled {path.relative_to(SOURCE_ROOT)}")  # noqa: T201 - a command's output
