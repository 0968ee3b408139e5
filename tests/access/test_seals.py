"""The auditor's way: heads on paper, a look over the whole chain, and the entry that was touched named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from juxing.access.jobs import verify_seals
from juxing.access.roles import Role
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle
from juxing.kernel.models import Job, JournalEntry, JournalSeal
from juxing.kernel.scope import acting
from juxing.kernel.seal import seal_journal
from juxing.site.commandline import app
from tests.factories import STREET, make_account, make_household

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


def sealed_entry(now: datetime) -> int:
    """Write and seal some entries, and return the id of one."""
    with acting(SYSTEM):
        household = make_household()
        journal.record("access.role.give", actor=SYSTEM, subject=household, happened_at=now)
    with acting(SYSTEM):
        seal_journal(now=now)
        return JournalEntry.objects.order_by("-id")[0].pk


def edit_behind_the_back(entry_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_journalentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE kernel_journalentry SET reason = 'other' WHERE id = %s", [entry_id])
        cursor.execute("ALTER TABLE kernel_journalentry ENABLE TRIGGER USER")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def auditor() -> Client:
    client = Client()
    with acting(SYSTEM):
        client.force_login(make_account(Role.SECURITY_AUDITOR, STREET))
    return client


def test_auditor_sees_heads_and_is_told_which_entry_was_edited(now: datetime) -> None:
    entry_id, client = sealed_entry(now), auditor()
    assert JournalSeal.objects.get(number=1).head in client.get(reverse("access:seals")).content.decode()
    edit_behind_the_back(entry_id)

    address = client.post(reverse("access:verify_seals"))["Location"]
    with acting(SYSTEM):
        job = Job.objects.get()
    result = verify_seals.run(JobHandle(job))
    with acting(SYSTEM):
        Job.objects.update(status="done", result=result)
    page = client.get(address).content.decode()

    assert [(fault["seal"], fault["entry"]) for fault in result["broken"]] == [(1, entry_id)]
    assert str(entry_id) in page
    assert "封存后被改过" in page


def test_sheet_of_heads_is_a_document_to_sign(now: datetime) -> None:
    sealed_entry(now)
    answer = auditor().get(reverse("access:print_seals"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_look_over_an_intact_chain_says_so(now: datetime) -> None:
    sealed_entry(now)
    client = auditor()
    address = client.post(reverse("access:verify_seals"))["Location"]
    with acting(SYSTEM):
        Job.objects.update(status="done", result=verify_seals.run(JobHandle(Job.objects.get())))

    assert "已封存的记录全部完好" in client.get(address).content.decode()


def test_helper_may_neither_see_nor_verify(now: datetime) -> None:
    client = Client()
    with acting(SYSTEM):
        client.force_login(make_account(Role.RESPONDER, STREET))
    assert client.get(reverse("access:seals")).status_code == 403
    assert client.post(reverse("access:verify_seals")).status_code == 403


def test_command_line_seals_prints_heads_and_finds_a_chain_built_anew(now: datetime, tmp_path: Path) -> None:
    entry_id = sealed_entry(now)
    anchors = tmp_path / "heads.txt"
    anchors.write_text(run("audit", "heads").stdout, encoding="utf-8")
    assert run("audit", "verify", "--anchors", str(anchors)).exit_code == 0

    edit_behind_the_back(entry_id)
    edited = run("audit", "verify")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kernel_journalseal")
    anew, found = run("audit", "seal"), run("audit", "verify", "--anchors", str(anchors))

    assert (edited.exit_code, found.exit_code, anew.exit_code) == (1, 1, 0)
    assert f"entry {entry_id}: edited" in edited.stdout
    assert "unknown_head" in found.stdout


def test_heads_that_are_none_are_refused_by_line(tmp_path: Path) -> None:
    wrong = tmp_path / "heads.txt"
    wrong.write_text("hello\n", encoding="utf-8")
    assert run("audit", "verify", "--anchors", str(wrong)).exit_code == 2
