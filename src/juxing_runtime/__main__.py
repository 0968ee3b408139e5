"""`python -m juxing_runtime demo|serve|run|throwaway|database`: what run.py hands over to."""

from __future__ import annotations

import argparse
import sys

from juxing_runtime import application
from juxing_runtime.database import run_client
from juxing_runtime.errors import StartupError
from juxing_runtime.home import home_directory


def main(arguments: list[str]) -> int:
    """Run one sub-command and return its exit status."""
    match arguments:
        case ["run", *command]:
            return application.run_command([sys.executable, *command])
        case ["throwaway", *command]:
            return application.run_throwaway([sys.executable, *command])
        case ["database", program, *rest] if not program.startswith("-"):
            return run_client(home_directory(), program, rest)
    chosen = _parser().parse_args(arguments)
    if chosen.command == "database":
        raise StartupError("Name a program: database psql, database pg_dump --help, ...")
    if chosen.command == "demo":
        options = application.DemoOptions(chosen.size, check=chosen.check, port=chosen.port, fresh=chosen.fresh)
        return application.demo(options)
    return application.serve(application.ServeOptions(chosen.host, port=chosen.port, workers=chosen.workers))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description="Run Juxing.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="load the fictional demo district and serve it on this machine")
    demo.add_argument("--size", choices=["S", "M", "L"], default="M", help="how much to load (default: M)")
    demo.add_argument("--check", action="store_true", help="drive the main job over HTTP, print JSON, and end")
    demo.add_argument("--port", type=int, help="port of the pages (default: 8000, or the next free one; 0: any)")
    demo.add_argument("--fresh", action="store_true", help="empty Juxing's own database first")
    serve = commands.add_parser("serve", help="serve an installation until stopped")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, help="port of the pages; live updates listen on the next one")
    serve.add_argument("--workers", type=int, default=0, help="web processes (default: one a processor, at most 4)")
    run = commands.add_parser("run", add_help=False, help="run Python with these arguments beside the database")
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StartupError as problem:
        sys.exit(f"juxing: {problem}")
