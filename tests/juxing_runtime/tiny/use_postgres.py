"""Use the cluster of a directory until standard input ends: `use_postgres.py DIRECTORY`."""

import sys
from pathlib import Path

from juxing_runtime.postgres import start_postgres

with start_postgres(Path(sys.argv[1]), durable=False) as postgres:
    sys.stdout.write(f"{postgres.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
