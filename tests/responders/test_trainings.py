"""Trainings: places and the waiting list, saying no, being there, understanding, and the gates that open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.commands import enter_staff
from juxing.organisations.models import Organisation, StaffTraining
from juxing.people.messages import Message, senders
from juxing.responders import commands
from juxing.responders.check_in_codes import screen_code
from juxing.responders.commands.placing import place_by_hand
from juxing.responders.commands.training_words import remind_of_trainings, tell_of_trainings
from juxing.responders.commands.trainings import look_at_trainings
from juxing.responders.gates import missing_for
from juxing.responders.lifecycle import SIGN_UP, TRAINING
from juxing.responders.models import Clearance, Responder, TrainingSignUp
from juxing.responders.problems.rosters import plan
from juxing.responders.queries import trainings as queries
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.training_enums import TAKES_A_PLACE, SignUpStatus, TrainingStatus
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_areas, make_responder
from tests.responders.makers import actor_with
from tests.responders.roster_makers import MORNING, SYSTEM, a_roster, published
from tests.responders.training_makers import BRIEFING, COURSE, OWN, a_training, announced, answered, holder, signed_up

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BEGINS = NOW + timedelta(days=1)
S = SignUpStatus


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


@pytest.mark.parametrize(("field", "values"), [
    ("title", {"title": " "}), ("ends_at", {"ends_at": BEGINS}), ("starts_at", {"starts_at": NOW - timedelta(1)}),
    ("places", {"places": 501}), ("gives", {"gives": []}), ("gives", {"gives": ["training:flying"]}),
    ("understanding", {"gives": [BRIEFING]}), ("sign_up_by", {"sign_up_by": BEGINS + timedelta(hours=1)}),
    ("valid_days", {"valid_days": 0}), ("understanding", {"understanding": "by_ear"}),
])  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(field: str, values: dict[str, object]) -> None:
    with acting(SYSTEM), pytest.raises(InvalidInput) as refused:
        commands.write_training(actor=holder(), now=NOW, given=a_training(NOW, **values))

    assert refused.value.field == field


@pytest.mark.parametrize(("lifecycle", "states"), [(TRAINING, TrainingStatus), (SIGN_UP, SignUpStatus)])
def test_nothing_moves_but_along_the_table(lifecycle: object, states: object) -> None:
    with acting(SYSTEM):
        session = announced(NOW)
        row = signed_up(session, make_responder(), NOW)
        thing = session if lifecycle is TRAINING else row
        for state in states.values:  # type: ignore[attr-defined]
            for step in lifecycle.transitions:  # type: ignore[attr-defined]
                come = {"checked_in_at": NOW, "understood_at": NOW} if lifecycle is SIGN_UP else {}
                type(thing).objects.filter(pk=thing.pk).update(status=state, **come)
                if state in step.source:
                    moved = lifecycle.move(thing, step.name, actor=SYSTEM, now=NOW)  # type: ignore[attr-defined]
                    assert moved.status == step.target
                else:
                    with pytest.raises(WrongState):
                        lifecycle.move(thing, step.name, actor=SYSTEM, now=NOW)  # type: ignore[attr-defined]


def test_places_run_out_others_wait_and_move_up_told(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    sent: list[Message] = []
    monkeypatch.setitem(senders._entries, "console", sent.append)
    with acting(SYSTEM):
        session = announced(NOW)
        people = [make_responder(name=f"学员{number}") for number in range(4)]
        first, second, third, fourth = [signed_up(session, one, NOW + timedelta(minutes=at))
                                        for at, one in enumerate(people)]  # fmt: skip
        assert [row.status for row in (first, second, third, fourth)] == [
            S.SIGNED_UP,
            S.SIGNED_UP,
            S.WAITING,
            S.WAITING,
        ]
        assert [queries.turn_of(third), queries.turn_of(fourth)] == [1, 2]
        assert signed_up(session, people[0], NOW).pk == first.pk

        commands.take_back_sign_up(actor=OWN, now=NOW, sign_up=first)
        third.refresh_from_db()
        assert (third.status, third.to_tell) == (S.SIGNED_UP, "seated")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            assert tell_of_trainings(now=NOW) == 1
            assert tell_of_trainings(now=NOW) == 0
        assert [message.phone for message in sent] == [people[2].phone]
        assert "个人防护培训" in sent[0].text

        again = signed_up(session, people[0], NOW + timedelta(hours=1))
        assert (again.pk, again.status) == (first.pk, S.WAITING)
        assert [queries.turn_of(fourth), queries.turn_of(again)] == [1, 2]
        commands.write_training(actor=holder(), now=NOW, given=a_training(NOW, places=4), session=session)
        assert set(session.sign_ups.values_list("status", flat=True)) == {S.SIGNED_UP}
        with pytest.raises(InvalidInput) as refused:
            commands.write_training(actor=holder(), now=NOW, given=a_training(NOW, places=3), session=session)
        assert refused.value.field == "places"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["in", "out", "excuse", "here"])), max_size=14))
def test_never_more_than_the_places_and_nobody_waits_while_one_is_free(steps: list[tuple[int, str]]) -> None:
    with acting(SYSTEM):
        session = announced(NOW)
        people = [make_responder() for _number in range(5)]
        for at, (number, step) in enumerate(steps):
            now, row = NOW + timedelta(minutes=at), session.sign_ups.filter(responder=people[number]).first()
            try:
                if step == "in":
                    signed_up(session, people[number], now)
                elif row is not None and step == "out":
                    commands.take_back_sign_up(actor=OWN, now=now, sign_up=row)
                elif row is not None and step == "excuse":
                    commands.excuse_from_training(actor=OWN, now=now, sign_up=row, kind="ill")
                elif row is not None:
                    code = screen_code(session.uuid, now=BEGINS)
                    commands.check_in_to_training(
                        actor=OWN, now=BEGINS, session=session, responder=people[number], code=code
                    )
            except Refusal:
                pass
            statuses = list(session.sign_ups.values_list("status", flat=True))
            taken = sum(status in TAKES_A_PLACE for status in statuses)
            assert taken <= session.places
            assert taken == session.places or S.WAITING not in statuses


def test_no_is_free_and_changes_nothing() -> None:
    """Who said no, was excused or did not come is asked, planned and trained like everybody else."""
    with acting(SYSTEM):
        session = announced(NOW, places=10)
        people = [make_responder(name=f"学员{number}") for number in range(4)]
        before = [(one.status, one.is_available, one.capacity) for one in people]
        rows = [signed_up(session, one, NOW) for one in people]
        commands.take_back_sign_up(actor=OWN, now=NOW, sign_up=rows[0])
        commands.excuse_from_training(actor=OWN, now=NOW, sign_up=rows[1], kind="care")
        commands.close_training(actor=holder(), now=BEGINS + timedelta(hours=1), session=session)
        rows[2].refresh_from_db()
        assert rows[2].status == S.MISSED

        for one, was in zip(people, before, strict=True):
            one.refresh_from_db()
            assert (one.status, one.is_available, one.capacity) == was
        other = announced(NOW + timedelta(days=3), title="另一场", places=4)
        assert {signed_up(other, one, NOW + timedelta(days=3)).status for one in people} == {S.SIGNED_UP}
        assert look_at_trainings(now=BEGINS + timedelta(days=40)) == 1
        assert not TrainingSignUp.objects.exclude(status__in=["present", "completed"]).exists()


def test_code_checks_in_late_is_said_and_a_free_place_takes_who_did_not_sign_up() -> None:
    late = BEGINS + timedelta(minutes=20)
    with acting(SYSTEM):
        session = announced(NOW)
        person, walker, third = (make_responder() for _number in range(3))
        row = signed_up(session, person, NOW)
        code = screen_code(session.uuid, now=late)

        def check_in(one: Responder, code: str, now: datetime = late) -> TrainingSignUp:
            return commands.check_in_to_training(
                actor=OWN,
                now=now,
                session=session,
                responder=one,
                code=code,
            )

        with pytest.raises(InvalidInput, match="code_forged"):
            check_in(person, "AAAA2222")
        with pytest.raises(InvalidInput, match="code_old"):
            check_in(person, screen_code(session.uuid, now=late - timedelta(minutes=9)))
        with pytest.raises(Refusal, match="too_early"):
            check_in(person, screen_code(session.uuid, now=NOW), NOW)
        assert (check_in(person, code).status, check_in(person, code).pk) == (S.PRESENT, row.pk)
        row.refresh_from_db()
        assert (row.checked_in_at, row.minutes) == (late, 100)
        assert check_in(walker, code).status == S.PRESENT
        with pytest.raises(Refusal, match="training_full"):
            check_in(third, code)
        stranger = actor_with(Role.RESPONDER, COMMUNITY, account_id=77)
        with pytest.raises(NotPermitted):
            commands.check_in_to_training(actor=stranger, now=late, session=session, responder=third, code=code)


def test_answers_after_it_complete_it_and_open_the_gate_for_its_days() -> None:
    with acting(SYSTEM):
        session = announced(NOW, gives=[COURSE, BRIEFING], valid_days=100)
        person, absent = make_responder(has_shown=False), make_responder(has_shown=False)
        rows = [signed_up(session, one, NOW) for one in (person, absent)]
        answered(person, NOW)
        commands.note_here(actor=holder(), now=BEGINS, session=session, sign_ups=rows[:1])
        rows[0].refresh_from_db()
        assert rows[0].status == S.PRESENT, "answers from before the training do not count for it"

        assert answered(person, BEGINS + timedelta(days=2)) == []
        assert answered(absent, BEGINS + timedelta(days=2)) == []

        rows[0].refresh_from_db()
        assert (rows[0].status, rows[0].minutes) == (S.COMPLETED, 120)
        until = localdate(BEGINS) + timedelta(days=100)
        assert Clearance.objects.get(responder=person, kind="briefing").valid_until == until
        lesson = Clearance.objects.get(responder=person, kind="training")
        assert lesson.valid_until is not None
        assert lesson.valid_until > until, "what holds longer already is not shortened"
        assert not Clearance.objects.filter(responder=absent, kind="briefing").exists()
        asked = {one.kind for one in missing_for([person.pk], ["disinfection"], on=until)[person.pk, "disinfection"]}
        assert asked == {"adult", "insurance", "equipment", "fitness"}
        after = missing_for([person.pk], ["disinfection"], on=until + timedelta(days=1))
        assert "briefing" in {one.kind for one in after[person.pk, "disinfection"]}


def test_shown_on_the_spot_is_confirmed_by_another_and_stands_in_the_staff_register() -> None:
    with acting(SYSTEM):
        account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
        centre = Organisation.objects.create(
            area_code=COMMUNITY, name="居委会", organisation_type="residents_committee"
        )
        member = enter_staff(actor=SYSTEM, now=NOW, organisation=centre, account=account, line="worker", grade=5)
        session = announced(NOW, understanding="on_spot", gives=["equipment:gown"])
        worker, other = make_responder(account=account, has_shown=False), make_responder(has_shown=False)
        rows = [signed_up(session, one, NOW) for one in (worker, other)]
        oneself = actor_with(Role.COMMUNITY_WORKER, COMMUNITY, account_id=account.pk)

        assert commands.note_understood(actor=holder(), now=BEGINS, session=session, sign_ups=rows) == 0
        assert commands.note_here(actor=oneself, now=BEGINS, session=session, sign_ups=rows) == 2
        assert commands.note_understood(actor=oneself, now=BEGINS, session=session, sign_ups=rows) == 1
        assert not Clearance.objects.filter(responder=worker).exists()
        assert commands.note_understood(actor=holder(), now=BEGINS, session=session, sign_ups=rows) == 1
        assert commands.note_understood(actor=holder(), now=BEGINS, session=session, sign_ups=rows) == 0
        assert commands.undo_here(actor=holder(), now=BEGINS, session=session, sign_ups=rows) == 0

        written = StaffTraining.objects.get(member=member)
        assert (written.course, float(written.hours)) == ("个人防护培训", 2.0)
        assert written.valid_until == localdate(BEGINS) + timedelta(days=365)
        assert Clearance.objects.filter(kind="equipment", code="gown").count() == 2


def test_moved_and_cancelled_is_told_to_who_would_come_and_by_voice_without_a_phone() -> None:
    with acting(SYSTEM):
        session = announced(NOW)
        person, gone = make_responder(), make_responder()
        without = make_responder(phone="", phone_index="")
        rows = [signed_up(session, one, NOW) for one in (person, without, gone)]
        commands.take_back_sign_up(actor=OWN, now=NOW, sign_up=rows[2])
        moved = a_training(NOW, starts_at=BEGINS + timedelta(hours=3), gives=[BRIEFING], understanding="on_spot")
        changed = commands.write_training(actor=holder(), now=NOW, given=moved, session=session)

        assert (changed.sequence, changed.gives) == (1, [COURSE])
        told = dict(TrainingSignUp.objects.values_list("responder_id", "to_tell"))
        assert told == {person.pk: "moved", without.pk: "moved", gone.pk: ""}
        tell_of_trainings(now=NOW)
        assert queries.standings([session])[session.pk].to_call == 1
        commands.note_told(actor=holder(), now=NOW, sign_up=rows[1])
        assert queries.standings([session])[session.pk].to_call == 0
        with pytest.raises(InvalidInput) as refused:
            commands.cancel_training(actor=holder(), now=NOW, session=session)
        assert refused.value.field == "why"
        off = commands.cancel_training(actor=holder(), now=NOW, session=session, why="大雨")
        assert (off.status, off.sequence) == (TrainingStatus.CANCELLED, 2)
        assert set(TrainingSignUp.objects.exclude(to_tell="").values_list("to_tell", flat=True)) == {"cancelled"}


def test_reminder_comes_once_the_day_before() -> None:
    with acting(SYSTEM):
        session = announced(NOW, starts_at=NOW + timedelta(days=3))
        row = signed_up(session, make_responder(), NOW)

        assert remind_of_trainings(now=NOW) == 0
        assert remind_of_trainings(now=NOW + timedelta(days=2, hours=1)) == 1
        assert remind_of_trainings(now=NOW + timedelta(days=2, hours=2)) == 0
        row.refresh_from_db()
        assert row.to_tell == "reminded"


def test_shift_and_training_keep_clear_of_each_other() -> None:
    with acting(SYSTEM):
        table = a_roster(people=2)
        busy = table.members[0].responder
        session = announced(NOW, starts_at=MORNING + timedelta(hours=2))
        signed_up(session, busy, NOW)

        planned = plan(roster_table(table.roster))
        first_day = {one.person for one in planned.placements if one.day == table.days[0]}
        assert first_day == {table.members[1].responder_id}
        with pytest.raises(Refusal, match="training_at_that_time"):
            place_by_hand(
                actor=SYSTEM, now=NOW, roster=table.roster, person=busy.pk, day=table.days[0],
                choice=(table.shifts[0].pk, table.posts[0].pk, "primary"),
            )  # fmt: skip
        commands.take_back_sign_up(actor=OWN, now=NOW, sign_up=session.sign_ups.get())
        duties = published(roster_table(table.roster))
        on_duty = next(duty.responder for duty in duties if duty.day == table.days[0])
        with pytest.raises(Refusal, match="shift_at_that_time"):
            signed_up(session, on_duty, NOW)


def test_who_holds_no_training_there_does_nothing_and_sees_nothing() -> None:
    with acting(SYSTEM):
        session = announced(NOW)
        row = signed_up(session, make_responder(), NOW)
        here, there = holder(), holder(OTHER_STREET_COMMUNITY)
        responder = actor_with(Role.RESPONDER, COMMUNITY)
        assert [queries.trainings_page(actor=one).rows for one in (here, there, responder)] == [[session], [], []]
        other = make_responder()
        acts: list[Callable[[Actor], object]] = [
            lambda who: commands.write_training(actor=who, now=NOW, given=a_training(NOW)),
            lambda who: commands.cancel_training(actor=who, now=NOW, session=session, why="x"),
            lambda who: commands.close_training(actor=who, now=BEGINS, session=session),
            lambda who: commands.note_here(actor=who, now=BEGINS, session=session, sign_ups=[row]),
            lambda who: commands.note_understood(actor=who, now=BEGINS, session=session, sign_ups=[row]),
            lambda who: commands.take_back_sign_up(actor=who, now=NOW, sign_up=row),
            lambda who: commands.note_told(actor=who, now=NOW, sign_up=row),
            lambda who: signed_up(session, other, NOW, actor=who),
        ]
        for actor, act in product((there, responder), acts):
            with pytest.raises(NotPermitted):
                act(actor)
        with pytest.raises(NotPermitted):
            commands.excuse_from_training(actor=OWN, now=NOW, sign_up=row, kind="released")


def test_leaving_frees_the_place_and_takes_the_name_with_it() -> None:
    with acting(SYSTEM):
        session = announced(NOW, places=1)
        leaver, next_one = make_responder(), make_responder()
        signed_up(session, leaver, NOW)
        waiting = signed_up(session, next_one, NOW)
        commands.withdraw_responder(actor=OWN, now=NOW, responder=leaver)

        waiting.refresh_from_db()
        assert waiting.status == S.SIGNED_UP
        assert not TrainingSignUp.objects.filter(responder=leaver).exists()
        assert JournalEntry.objects.filter(action="responders.training_sign_up.seat").count() == 1


def test_list_takes_as_many_queries_for_one_as_for_three() -> None:
    with acting(SYSTEM):
        for number in range(3):
            signed_up(announced(NOW, title=f"第{number}场"), make_responder(), NOW)
        rows = queries.trainings_page(actor=holder()).rows
        counted = []
        for some in (rows[:1], rows):
            with CaptureQueriesContext(connection) as asked:
                assert [standing.taken for standing in queries.standings(some).values()] == [1] * len(some)
            counted.append(len(asked))

        assert counted[0] == counted[1]
