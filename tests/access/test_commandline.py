"""The command line as its users type it: what it hands on, what it refuses, and keys that are really turned."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from typer.testing import CliRunner

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.fields import UnreadableField
from juxing.kernel.models import JournalEntry
from juxing.people.models import Resident
from juxing.places.models import Household
from juxing.site.commandline import app, main
from tests.factories import COMMUNITY, make_areas, make_household, make_resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PHONE = "12800990001"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def sealed_phone() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_resident")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "command", ["areas", "init", "households", "accounts", "access", "keys", "demo", "check", "manage"]
)
def test_help_names_every_command(command: str) -> None:
    assert command in run("--help").stdout


@pytest.mark.parametrize("command", [["areas", "import"], ["init"], ["households", "import"], ["demo", "day"]])
def test_help_teaches_by_example(command: list[str]) -> None:
    assert f"juxing {' '.join(command)}" in run(*command, "--help").stdout


@pytest.mark.parametrize("arguments", [["migrate", "--help"], ["manage", "migrate", "--help"]])
def test_djangos_commands_are_handed_on(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 0
    assert "--fake-initial" in capsys.readouterr().out


def test_unknown_command_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nonsense"])

    assert ended.value.code == 2
    assert "nonsense" in capsys.readouterr().err


def test_day_is_not_played_over_a_district_in_use() -> None:
    make_areas()
    make_household()

    refused = run("demo", "day", "--size", "S")

    assert refused.exit_code == 2
    assert Household.objects.count() == 1


def test_account_is_created_with_its_role() -> None:
    make_areas()

    made = run("accounts", "create", "zhang.wei", "--role", "community_worker", "--area", COMMUNITY,
               "--password", "long enough words")  # fmt: skip
    again = run("accounts", "create", "zhang.wei", "--role", "community_worker", "--password", "long enough words")

    assert (made.exit_code, again.exit_code) == (0, 1)
    account = Account.objects.get(sign_in_name="zhang.wei")
    assert account.check_password("long enough words")
    assert account.role_assignments.get().role == Role.COMMUNITY_WORKER


@pytest.mark.django_db(transaction=True)
def test_rotated_keys_seal_anew_and_phones_are_still_found(settings: Settings) -> None:
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.people.finding import find_people

    system = Actor.system("test")
    make_areas()
    make_resident(phone=PHONE)
    old, ring = sealed_phone(), dict(settings.FIELD_KEYS)
    settings.FIELD_KEYS = {"new": base64.b64encode(b"n" * 32).decode(), **ring}

    rotated = run("keys", "rotate")

    assert rotated.exit_code == 0, rotated.output
    assert "people_resident.phone: 1 values" in rotated.stdout
    assert sealed_phone() != old
    assert sealed_phone().startswith("new:")
    with acting(system):
        assert [person.phone for person in find_people(system, PHONE).people] == [PHONE]
        assert JournalEntry.objects.filter(action="access.keys.rotate").get().changes == {"values": 1}
        settings.FIELD_KEYS = ring
        with pytest.raises(UnreadableField):
            Resident.objects.get()
        settings.FIELD_KEYS = {"new": base64.b64encode(b"n" * 32).decode(), **ring}
    assert "people_resident.phone: 0 values" in run("keys", "rotate").stdout


def test_a_file_that_is_no_list_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "areas.csv"
    broken.write_bytes(bytes(range(256)))

    status = main(["areas", "import", str(broken)])

    assert status == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
