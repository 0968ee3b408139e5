"""The data of a response: listed at its end, reviewed by one, destroyed by another, gone in time by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.activations import commands, execution
from juxing.activations.models import Activation, DestructionCertificate, EmergencyDataSet
from juxing.command import commands as command
from juxing.command.models import LogEntry, MusterHolder, MusterPost, OrderReading
from juxing.kernel import clock
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.reviews.comparison import compared
from tests.activations.makers import SYSTEM, District, make_district, make_person, newest, start
from tests.factories import DISTRICT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
END = NOW + timedelta(days=2)


@pytest.fixture
def place() -> District:
    with acting(SYSTEM):
        return make_district(NOW, responders=6)


@pytest.fixture
def officer() -> Account:
    with acting(SYSTEM):
        return make_person(Role.PRIVACY_OFFICER, DISTRICT, "officer")


def ended(place: District, now: datetime = NOW) -> Activation:
    """Return a response that was converted, commanded and stood down."""
    running = start(place, now)
    execution.carry_out(newest(running).uuid, clock=lambda: now)
    commander = place.actor(place.commander, now)
    command.issue_order(actor=commander, now=now, activation=running, title="x", text="y")
    command.write_log(actor=commander, now=now, activation=running, text="Zhang San rang")
    commands.stand_down(
        actor=commander, now=now + timedelta(days=2), activation=running, reason="over", left_open_reason="-"
    )
    execution.carry_out(newest(running).uuid, clock=lambda: now + timedelta(days=2))
    return Activation.objects.get(pk=running.pk)


def test_data_is_listed_reviewed_by_one_and_destroyed_by_another(place: District, officer: Account) -> None:
    with acting(SYSTEM):
        over = ended(place)
        assert commands.freeze_ended(now=END) == 1
        assert commands.freeze_ended(now=END) == 0
        sets = list(EmergencyDataSet.objects.filter(activation=over))
        calls = next(row for row in sets if row.code == "command.calls")
        called = MusterHolder.objects.count()
        assert calls.count >= called > 0
        assert calls.statistics["called"] == called
        commander = place.actor(place.commander, END)
        with pytest.raises(Refusal):
            commands.destroy_data(actor=commander, now=END, activation=over)
        with pytest.raises(NotPermitted):
            commands.review_data(actor=commander, now=END, data_set=calls)
        for row in sets:
            commands.review_data(actor=place.actor(officer, END), now=END, data_set=row)
        before = compared(over)
        certificate = commands.destroy_data(actor=commander, now=END, activation=over)
        assert not MusterHolder.objects.exists()
        assert not OrderReading.objects.exists()
        assert not LogEntry.objects.exists()
        assert MusterPost.objects.exists(), "posts and orders are archived"
        assert before.posts_a > before.manned == 0
        assert compared(over) == before, "a review reads the same without the persons"
        line = next(line for line in certificate.lines if line["set"] == "command.calls")
        assert (line["count"], line["left"]) == (calls.count, 0)
        assert line["statistics"]["called"] == called
        assert len(certificate.digest) == len(line["digest"]) == 64
        with pytest.raises(Refusal):
            commands.destroy_data(actor=commander, now=END, activation=over)


def test_what_must_be_kept_is_kept_for_a_written_reason_and_goes_at_its_end(place: District, officer: Account) -> None:
    with acting(SYSTEM):
        over = ended(place)
        commands.freeze_ended(now=END)
        calls = EmergencyDataSet.objects.get(activation=over, code="command.calls")
        actor = place.actor(officer, END)
        until = END + timedelta(days=60)
        with pytest.raises(InvalidInput):
            commands.review_data(actor=actor, now=END, data_set=calls, keep_until=until)
        with pytest.raises(InvalidInput):
            commands.review_data(
                actor=actor, now=END, data_set=calls, keep_until=END + timedelta(days=181), assessment="x"
            )
        commands.review_data(actor=actor, now=END, data_set=calls, keep_until=until, assessment="复盘尚未结束")
        assert commands.destroy_overdue(now=END + timedelta(days=31)) == 1, "what nobody reviewed goes by itself"
        assert MusterHolder.objects.exists()
        assert commands.destroy_overdue(now=until) == 1
        assert not MusterHolder.objects.exists()
        assert DestructionCertificate.objects.filter(activation=over, destroyed_by=None).count() == 2


def test_vault_is_reviewed_and_emptied_on_pages(place: District, officer: Account) -> None:
    def as_(account: Account) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    with acting(SYSTEM):
        over = ended(place, clock.now() - timedelta(days=3))
        commands.freeze_ended(now=clock.now())
        sets = list(EmergencyDataSet.objects.filter(activation=over))
    page = f"/activations/{over.uuid}/data/"
    privacy, commander = as_(officer), as_(place.commander)
    assert b"waits for review" in privacy.get(page).content
    for row in sets:
        assert privacy.get(f"/activations/data/{row.uuid}/review/").status_code == 200
        assert privacy.post(f"/activations/data/{row.uuid}/review/", {}).status_code == 303
    assert commander.post(f"/activations/data/{sets[0].uuid}/review/", {}).status_code == 403
    assert commander.post(f"{page}destroy/").status_code == 303
    shown = commander.get(page).content.decode()
    assert "Certificate 1 (PDF)" in shown
    with acting(SYSTEM):
        certificate = DestructionCertificate.objects.get()
    paper = commander.get(f"/activations/certificates/{certificate.uuid}.pdf")
    assert paper.content.startswith(b"%PDF")
