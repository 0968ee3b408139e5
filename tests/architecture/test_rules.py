"""The rules of the house that no linter knows, each with its reason in the assertion's words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PRODUCT = SOURCE / "juxing"
HAN = re.compile(r"[\u3400-\u9fff]")
TEMPLATE_COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
FORBIDDEN_FILE_NAMES = {"utils", "helpers", "services", "manager", "handler", "misc", "common"}
LINES_AT_MOST = 400
TEST_LINES_AT_MOST = 700
FUNCTION_LINES_AT_MOST = 60
COMPILED_LINES_AT_MOST = 150
"""A compiled search is one loop over shared arrays; cut in pieces it would pass twenty of them about."""
CLOCK_EDGES = {
    "pages", "pages.py", "api", "api.py", "jobs.py", "jobs", "subscribers.py", "middleware.py", "management", "demo",
    "commandline.py", "commandline", "kernel", "context.py", "kit.py",
}  # fmt: skip
WITH_LIFECYCLE = ("NeedStatus", "TaskStatus", "ReportInStatus", "SupplyRequestStatus")
UNSCOPED = {
    "kernel.journalcursor": "says how far a process has read; no place, no person",
    "kernel.journalseal": "digests of entries; no place, no person",
    "kernel.idempotencykey": "belongs to a sender, is found only by the sender's key",
    "access.account": "accounts have no place, their roles do",
    "access.roleassignment": "is what scope is made from",
    "access.breakglassaccess": "opens a place, so it is read before there is a scope",
    "access.authenticatorapp": "belongs to an account, is asked for before there is a scope",
    "access.recoverycode": "belongs to an account, is asked for before there is a scope",
    "access.codefailure": "belongs to an account, is counted before there is a scope",
    "access.passkey": "belongs to an account, is asked for before there is a scope",
    "access.signinsession": "belongs to an account, not to a place",
    "access.governmentidentity": "is found by what the provider says, before there is a scope",
    "access.identityrequest": "is found only by the digest of its state, before there is a scope",
    "access.reminder": "belongs to an account and is read only by it, not by a place",
    "access.apitoken": "is found only by its digest, before there is a scope",
    "places.area": "names and codes of places are public",
    "activations.activationarea": "that a place is in emergency state is announced to everyone; no person in it",
    "places.areaboundary": "outlines of places are public",
    "supplies.supplyitem": "the catalogue is the same for everyone",
    "supplies.itempack": "how an item is packed is the same for everyone",
    "supplies.stocklot": "a lot lies in many places; it names goods, no person",
    "people.verificationcode": "is found only by the phone's digest, before there is a scope",
}


def python_files(*, tests: bool = False) -> list[Path]:
    roots = [ROOT / "tests"] if tests else [SOURCE, ROOT / "benchmarks"]
    found = [path for root in roots for path in root.rglob("*.py") if "migrations" not in path.parts]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def templates() -> list[Path]:
    return sorted(PRODUCT.rglob("templates/**/*.html"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_small() -> None:
    too_long = [
        f"{shown(path)}: {count}"
        for tests, limit in ((False, LINES_AT_MOST), (True, TEST_LINES_AT_MOST))
        for path in python_files(tests=tests)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > limit
    ]
    assert too_long == [], "split by topic"


def test_files_are_named_for_what_they_hold() -> None:
    vague = [shown(path) for path in python_files() if path.stem in FORBIDDEN_FILE_NAMES]
    assert vague == [], "a drawer for everything finds nothing"


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name} ({lines_of(node)})"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines_of(node) > (COMPILED_LINES_AT_MOST if is_compiled(node) else FUNCTION_LINES_AT_MOST)
    ]
    assert long == []


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def is_compiled(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)


def code_strings(tree: ast.Module) -> Iterator[Any]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    attribute_docs = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings | attribute_docs
        ):
            yield node


def test_words_for_people_stand_in_translations_not_in_python() -> None:
    found = [
        f"{shown(path)}:{node.lineno} {node.value[:30]!r}"
        for path in python_files()
        if PRODUCT in path.parents and "demo" not in path.parts
        for node in code_strings(ast.parse(path.read_text(encoding="utf-8")))
        if HAN.search(node.value)
    ]
    assert found == [], "source strings are English; Chinese goes into locale/zh_Hans or into a data file"


def test_words_for_people_stand_in_translations_not_in_templates() -> None:
    both_languages_by_design = {"errors", "language_switch.html", "brand.html", "mark.html"}
    found = [
        shown(path)
        for path in templates()
        if not both_languages_by_design & {*path.parts, path.name}
        and HAN.search(TEMPLATE_COMMENT.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_only_edges_ask_the_clock() -> None:
    callers = [
        f"{shown(path)}:{number}"
        for path in python_files()
        if PRODUCT in path.parents and not CLOCK_EDGES & {*path.parts} and not path.stem.endswith("_pages")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\bclock\.now\(|timezone\.now\(|datetime\.now\(|date\.today\(", line)
    ]
    assert callers == [], "domain code is told the time"


def test_states_with_a_lifecycle_change_only_through_it() -> None:
    states = "|".join(WITH_LIFECYCLE)
    written = re.compile(rf"(?:\.status\s*=|update\(\s*status=)\s*(?:{states})\.")
    found = [
        f"{shown(path)}:{number} {line.strip()[:80]}"
        for path in python_files()
        if PRODUCT in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if written.search(line)
    ]
    assert found == [], "use the room's lifecycle, so that permission, guard and journal go with it"


def product_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("juxing.")]


def test_every_table_is_scoped_or_says_why_not() -> None:
    for model in product_models():
        secured = any(isinstance(rule, RowSecurity) for rule in model._meta.constraints)
        if model._meta.label_lower in UNSCOPED:
            assert not secured, f"{model._meta.label_lower} is scoped after all"
        else:
            assert issubclass(model, AreaScoped), f"{model._meta.label_lower} has no area code"
            assert secured, f"{model._meta.label_lower} lacks row security: name it in Meta.constraints"


@pytest.mark.django_db
def test_row_security_binds_every_scoped_table_in_the_database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        bound = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,), "tests must run as a role that row security binds"
    expected = {model._meta.db_table for model in product_models() if issubclass(model, AreaScoped)}
    assert expected <= bound


def test_models_override_no_save_and_send_no_signals() -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in python_files()
        if PRODUCT in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"def save\(self|post_save|pre_save\.|@receiver", line)
    ]
    assert found == [], "commands are the only writers"


def test_templates_carry_no_inline_code() -> None:
    found = []
    for path in templates():
        text = TEMPLATE_COMMENT.sub("", path.read_text(encoding="utf-8"))
        if re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>\s*\S", text):
            found.append(f"{shown(path)}: inline script")
        if re.search(r"\sstyle=\"|\son\w+=\"", text):
            found.append(f"{shown(path)}: inline style or handler")
        if re.search(r"(?:src|href)=\"(?:https?:)?//", text):
            found.append(f"{shown(path)}: another house's file")
    assert found == [], "the content policy would block it"


def test_nothing_names_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"/work/(?:main|shared)|/root/|localhost:\d{4}/simple|pypi-more|\.library")
    found = [
        shown(path)
        for path in [*python_files(), *python_files(tests=True), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"),
                     ROOT / "pyproject.toml", ROOT / "requirements.lock"]
        if path.exists() and path != Path(__file__).resolve() and machine.search(path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert found == []


def test_no_domain_word_is_one_we_refuse() -> None:
    refused = {
        "score", "credit", "blacklist", "risk", "track", "contacts", "ethnicity", "religion", "political", "hukou",
        "rating",
    }  # fmt: skip
    about_people = {"people", "responders"}
    found = [
        f"{model._meta.label}.{field.name}"
        for model in product_models()
        if model._meta.app_label in about_people
        for field in model._meta.get_fields()
        if refused & set(field.name.split("_"))
    ]
    assert found == [], "no score, list or profile of a person"
