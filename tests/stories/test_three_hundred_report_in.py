"""
A district calls, three hundred report in by four ways, serve in twelve communities, and everything is proven after.

They are verified, show what gate duty asks, are placed nearest first and rostered. On the day a fifth do not come: the
alternates step in by themselves and the board shows it; hours and certificates come out right. A nosy clerk and a
volunteer who left see nothing; the auditor proves the whole of it on the command line.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import DEMO_PASSWORD, Open
from tests.stories.judging import judge
from tests.stories.serving import Served
from tests.stories.telling import main_button, new_phone, prove_phone, see_success, until

pytestmark = pytest.mark.browser
Books = Callable[[], Any]
DISTRICT, STREET = "990117", f"990117{900 + secrets.randbelow(99)}"
PLACES, WANTED, ALTERNATES = 12, 25, 5
"""In each community twenty are on duty and five stand by; a fifth of all, five in each, do not come."""
BY_PHONE, BY_LIST, ON_PAPER = 100, 144, 30
SERVED_MINUTES, WAY_MINUTES = 120, 10


@dataclass(slots=True)
class Told:
    """What the story knows as it goes on."""

    places: list[str]
    title: str
    call: Any = None
    first: Any = None
    link: str = ""
    rosters: list[Any] = field(default_factory=list)


def test_three_hundred_report_in_serve_and_are_proven(visit: Open, books: Books, served: Served) -> None:
    told = Told(_twelve_communities(books), f"门岗守护{new_phone()[-5:]}")
    desk = visit(role="district_commander")
    _a_call_goes_out(desk, books, told)
    _they_report_in_by_four_ways(desk, visit(phone=True), books, told)
    _they_are_verified_and_show_what_is_asked(desk, books, told)
    _they_are_placed(desk, books, told)
    _twelve_rosters_are_out(books, told)
    clerk = visit(account=f"desk-{told.places[0]}")
    _on_the_day_a_fifth_do_not_come(clerk, visit(phone=True), books, told)
    _the_board_shows_who_stepped_in(clerk, told)
    _hours_and_certificates_come_out_right(visit("/certificates/verify/", phone=True), books, told)
    _a_nosy_clerk_and_who_left_see_nothing(
        visit(account=f"desk-{told.places[-1]}", expected=(404,)), visit(phone=True, expected=(404,)),
        books, told,
    )  # fmt: skip
    auditor = visit("/journal/?action=responders.recruitment.sign", role="security_auditor")
    _the_auditor_proves_it(auditor, books, served, told)


def _twelve_communities(books: Books) -> list[str]:
    """Add a street of twelve communities, far from the others, each with a desk of its own."""
    from django.contrib.auth.hashers import make_password

    from juxing.access import commands
    from juxing.access.models import Account
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.places.models import Area, Estate

    places, story = [f"{STREET}{number:03}" for number in range(1, PLACES + 1)], Actor.system("story")
    with books():
        Area.objects.bulk_create([
            Area(code=code, name=name, level=level, parent_code=parent, source="local", is_demo=True,
                 longitude=121.6 + number % 4 / 50, latitude=31.2 + number // 4 / 50)
            for number, (code, name, level, parent) in enumerate([
                (STREET, "守护街道", "street", DISTRICT),
                *((place, f"守护{place[-3:]}社区", "community", STREET) for place in places),
            ])
        ])  # fmt: skip
        Estate.objects.bulk_create(
            Estate(area_code=f"{place}-E001", name=f"守护苑{place[-3:]}", estate_type="old", longitude=121.6,
                   latitude=31.2)
            for place in places
        )  # fmt: skip
        for place in places:
            account = commands.create_account(
                actor=story, now=clock.now(), sign_in_name=f"desk-{place}", display_name="社区值班",
                password=DEMO_PASSWORD,
            )  # fmt: skip
            commands.give_role(
                actor=story, now=clock.now(), account=account, role="community_worker", area_code=place
            )  # fmt: skip
        kept = make_password(DEMO_PASSWORD, hasher="argon2")
        Account.objects.filter(sign_in_name__startswith=f"desk-{STREET}").update(password=kept)
    return places


def _a_call_goes_out(desk: Page, books: Books, told: Told) -> None:
    """Write a call for twelve communities, and publish it at the desk."""
    from juxing.kernel import clock
    from juxing.responders import commands
    from juxing.responders.recruitment_inputs import CallInput, NeedInput

    with _as_account(books, f"district_commander-{DISTRICT}") as actor:
        now = clock.now()
        given = CallInput(
            area_code=DISTRICT, title=told.title, work="小区门岗值守，帮人通行", risks="夜间寒冷，需长时间站立",
            place="各社区居委会", enquiries="区指挥部 021-0000000", provided="意外保险、口罩、热水",
            starts_at=now + timedelta(hours=1), ends_at=now + timedelta(days=3), answer_by=now + timedelta(hours=12),
            needs=[NeedInput(0, "门岗值守", place, WANTED) for place in told.places],
        )  # fmt: skip
        told.call = commands.write_call(actor=actor, now=now, given=given)
        told.call.refresh_from_db()
    desk.goto(f"/recruitment/{told.call.uuid}/")
    desk.locator("form[action$='/publish/'] button").click()
    see_success(desk)
    with books():
        told.call.refresh_from_db()


def _they_report_in_by_four_ways(desk: Page, phone: Page, books: Books, told: Told) -> None:
    phone.goto(f"/calls/{told.call.code}/")
    expect(phone.locator("main")).to_contain_text("夜间寒冷")
    phone.locator("a.btn-primary", has_text="我服从安排").click()
    own = new_phone()
    prove_phone(phone, own, start=phone.url, then="**/report-in/form/")
    phone.fill("#id_name", "守护第一人")
    phone.select_option("#id_area_code", told.places[0])
    main_button(phone).click()
    phone.wait_for_url("**/received/")
    see_success(phone)
    told.link = phone.url.removesuffix("received/")

    lines = [f"守护名单{number:03},{new_phone()},{told.places[number % PLACES]}" for number in range(BY_LIST)]
    desk.goto(f"/recruitment/{told.call.uuid}/")
    desk.locator("a[href*='/responders/lists/?call=']").first.click()
    table = "\n".join(["姓名,手机号,社区", *lines, ""]).encode()
    desk.set_input_files("#id_file", {"name": "单位名单.csv", "mimeType": "text/csv", "buffer": table})
    desk.select_option("#id_area_code", DISTRICT)
    main_button(desk).click()
    desk.wait_for_url("**/responders/lists/*/")
    _the_others_report_in(books, told)

    from juxing.responders.models import RecruitmentAnswer

    def all_in() -> bool:
        with books():
            return RecruitmentAnswer.objects.filter(call=told.call).count() == PLACES * WANTED

    until(all_in, otherwise="Not all three hundred are in.")
    with books():
        told.first = RecruitmentAnswer.objects.get(call=told.call, responder__name="守护第一人").responder
        assert RecruitmentAnswer.objects.filter(call=told.call).values("channel").distinct().count() == 4


def _the_others_report_in(books: Books, told: Told) -> None:
    """By their own phones, on paper, and through somebody else: as the pages do it, without the pages."""
    from django.db import transaction

    from juxing.kernel import clock
    from juxing.responders import commands
    from juxing.responders.enums import ReportInChannel
    from juxing.responders.inputs import ResponderInput

    through_others = PLACES * WANTED - BY_PHONE - BY_LIST - ON_PAPER
    ways = [ReportInChannel.MOBILE] * (BY_PHONE - 1) + [ReportInChannel.PAPER] * ON_PAPER
    ways += [ReportInChannel.PROXY] * through_others
    with books(), transaction.atomic():
        now = clock.now()
        for number, way in enumerate(ways, start=BY_LIST + 1):
            given = ResponderInput(
                area_code=told.places[number % PLACES], name=f"守护{number:03}", kind="volunteer", phone=new_phone(),
                channel=way,
            )  # fmt: skip
            person = commands.report_in_by_phone(now=now, given=given).responder
            commands.answer_call(
                actor=commands.ONESELF, now=now, call=told.call, responder=person, channel=way
            )  # fmt: skip


def _they_are_verified_and_show_what_is_asked(desk: Page, books: Books, told: Told) -> None:
    """Verify the first page by hand and the others at once; note what all have shown at one go."""
    from juxing.kernel import clock
    from juxing.responders import commands
    from juxing.responders.models import Responder

    desk.goto(f"/recruitment/{told.call.uuid}/?only=submitted")
    for box in desk.locator("input[name=responder]").all():
        box.check()
    desk.locator("#verify-answers button").click()
    see_success(desk)
    with _as_account(books, f"district_commander-{DISTRICT}") as actor:
        waiting = Responder.objects.filter(recruitment_answers__call=told.call, status="submitted")
        left = list(waiting.values_list("uuid", flat=True))
        assert 0 < len(left) < PLACES * WANTED
        commands.verify_many(actor=actor, now=clock.now(), uuids=left)
    desk.goto(f"/recruitment/{told.call.uuid}/")
    desk.locator("a[href*='/responders/before-tasks/?call=']").click()
    expect(desk.locator("section", has=desk.locator("#lack"))).to_contain_text("人身意外保险")
    expect(desk.locator("section", has=desk.locator("#lack"))).to_contain_text(str(PLACES * WANTED))
    judge(desk)
    for shown in ("adult:", "insurance:", "training:gate", "equipment:mask"):
        desk.check(f"input[name=what][value='{shown}']")
    main_button(desk).click()
    see_success(desk)
    expect(desk.locator("section", has=desk.locator("#lack"))).not_to_contain_text("人身意外保险")


def _they_are_placed(desk: Page, books: Books, told: Told) -> None:
    from juxing.responders.models import RecruitmentAnswer

    desk.goto(f"/recruitment/{told.call.uuid}/placement/")
    expect(desk.locator("main")).to_contain_text("已证明")
    desk.locator("main form button.btn-primary").first.click()
    see_success(desk)
    with books():
        placed = RecruitmentAnswer.objects.filter(call=told.call, need__isnull=False)
        by_place = [placed.filter(need__area_code=place).count() for place in told.places]
        assert by_place == [WANTED] * PLACES


def _twelve_rosters_are_out(books: Books, told: Told) -> None:
    """Each community plans and publishes its own, by the engine."""
    from django.utils.timezone import localdate

    from juxing.kernel import clock
    from juxing.responders import commands
    from juxing.responders.models import RecruitmentAnswer, Roster
    from juxing.responders.problems.rosters import plan
    from juxing.responders.queries.roster_table import roster_table
    from juxing.responders.roster_inputs import PATTERNS, PostInput, RosterInput

    for place in told.places:
        with books():
            answers = RecruitmentAnswer.objects.filter(call=told.call, need__area_code=place)
            people = list(answers.values_list("responder_id", flat=True))
        with _as_account(books, f"desk-{place}") as actor:
            now = clock.now()
            given = RosterInput(
                area_code=place, name=f"{told.title}·{place[-4:]}", starts_on=localdate(now) + timedelta(days=1),
                days=1, shifts=PATTERNS["day"], place="小区大门",
                posts=[PostInput("门岗", task_type="gate_duty", count=WANTED - ALTERNATES, alternates=ALTERNATES)],
            )  # fmt: skip
            roster = commands.make_roster(actor=actor, now=now, given=given)
            assert commands.set_members(actor=actor, now=now, roster=roster, add=people) == (WANTED, 0)
            commands.write_plan(actor=actor, now=now, roster=roster, planned=plan(roster_table(roster)))
            roster = commands.publish_roster(actor=actor, now=now, roster=Roster.objects.get(pk=roster.pk))
            assert roster.duties.count() == WANTED
            told.rosters.append(roster)


def _on_the_day_a_fifth_do_not_come(clerk: Page, comer: Page, books: Books, told: Told) -> None:
    """One reads the code at the gate, the others are noted there; five in each community stay away."""
    from django.db import transaction

    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.models import Duty

    with books():
        now = clock.now()
        duties = Duty.objects.filter(roster__in=told.rosters)
        duties.update(starts_at=now + timedelta(minutes=30), ends_at=now + timedelta(hours=2))
        _on_primary_duty(duties, told.first)
        expected = duties.filter(roster=told.rosters[0], slot="primary").exclude(responder=told.first)
        someone = expected.select_related("responder").order_by("id")[0].responder
    clerk.goto("/recruitment/")
    clerk.get_by_role("link", name=told.title).click()
    expect(clerk.locator("section", has=clerk.locator("#coming")).locator("li")).to_have_count(WANTED)
    judge(clerk)
    clerk.goto(f"/rosters/{told.rosters[0].uuid}/code/")
    code = clerk.locator(".roster-code__letters").inner_text()
    comer.goto(f"/check-in/{told.rosters[0].uuid}/{code}/")
    prove_phone(comer, someone.phone, start=comer.url, then=f"**/check-in/{told.rosters[0].uuid}/**")
    main_button(comer).click()
    expect(comer.locator(".kit-panel", has_text="已到岗")).to_be_visible()
    with books(), transaction.atomic():
        now = clock.now()
        duties.update(starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(hours=2))
        for roster in told.rosters:
            expected = Duty.objects.filter(roster=roster, slot="primary").exclude(responder=someone)
            rows = sorted(expected.select_related("roster", "responder"), key=lambda row: row.responder != told.first)
            for duty in rows[: WANTED - 2 * ALTERNATES - (roster is told.rosters[0])]:
                commands.mark_here(actor=Actor.system("story"), now=now, duty=duty)
    with books():
        commands.look_at_the_clock(now=clock.now())
        missing = Duty.objects.filter(roster__in=told.rosters, status="no_show")
        stepped_in = Duty.objects.filter(stands_in_for__in=missing)
        assert (missing.count(), stepped_in.count()) == (PLACES * ALTERNATES, PLACES * ALTERNATES)
        assert not stepped_in.exclude(slot="primary").exists()


def _the_board_shows_who_stepped_in(clerk: Page, told: Told) -> None:
    clerk.goto(f"/rosters/{told.rosters[0].uuid}/now/")
    expect(clerk.get_by_text("B角已顶岗")).to_have_count(ALTERNATES)
    expect(clerk.get_by_text("守护第一人")).to_be_visible()
    judge(clerk)


def _hours_and_certificates_come_out_right(anyone: Page, books: Books, told: Told) -> None:
    from django.db import transaction
    from django.db.models import Count

    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.responders import commands
    from juxing.responders.models import Duty, ReportBack, ServiceRecord

    with books(), transaction.atomic():
        now = clock.now()
        served = Duty.objects.filter(roster__in=told.rosters).select_related("roster", "responder")
        for duty in served.filter(stands_in_for__isnull=False):
            commands.mark_here(actor=Actor.system("story"), now=now + timedelta(minutes=WAY_MINUTES), duty=duty)
        for duty in served.filter(status="checked_in"):
            began = now if duty.stands_in_for_id else duty.checked_in_at or now
            commands.check_out(actor=Actor.system("story"), now=began + timedelta(minutes=SERVED_MINUTES), duty=duty)
        records = ServiceRecord.objects.filter(duty__roster__in=told.rosters)
        on_duty, stepped_in = SERVED_MINUTES, SERVED_MINUTES - WAY_MINUTES
        counted = dict(records.values_list("minutes").annotate(count=Count("id")).order_by("minutes"))
        assert counted == {stepped_in: PLACES * ALTERNATES, on_duty: PLACES * (WANTED - 2 * ALTERNATES)}
        for roster in told.rosters:
            commands.close_roster(actor=Actor.system("story"), now=now, roster=roster)
        assert ReportBack.objects.filter(roster__in=told.rosters).count() == records.count()
        printed = ""
        of_first = records.filter(duty__roster=told.rosters[0]).select_related("responder")
        for record in of_first:
            made, code = commands.issue_certificate(
                actor=Actor.system("story"), now=now, responder=record.responder, served_from=record.served_on,
                served_until=record.served_on, issuer="云间区",
            )  # fmt: skip
            assert (made.shifts, made.minutes) == (1, record.minutes)
            printed = code if record.responder == told.first else printed
    anyone.fill("#id_code", printed)
    main_button(anyone).click()
    expect(anyone.locator("dd").first).to_have_text("守护第一人")
    judge(anyone)


def _a_nosy_clerk_and_who_left_see_nothing(clerk: Page, own: Page, books: Books, told: Told) -> None:
    """A clerk of another community finds nothing; who leaves takes name, place, proofs and link along."""
    from juxing.responders.models import Clearance, Responder, ServiceCertificate

    for path in (f"/responders/{told.first.uuid}/", f"/responders/{told.first.uuid}/service/",
                 f"/rosters/{told.rosters[0].uuid}/", f"/recruitment/{told.call.uuid}/"):  # fmt: skip
        clerk.goto(path)
        expect(clerk.locator("main")).not_to_contain_text("守护第一人")
        expect(clerk.locator("main")).not_to_contain_text(told.title)
    clerk.goto("/responders/?q=守护第一人")
    expect(clerk.locator("tbody tr")).to_have_count(0)

    own.goto(told.link)
    expect(own.locator("main")).to_contain_text("门岗值守")
    own.locator("[data-open-dialog=leave]").click()
    own.locator("#leave .btn-danger").click()
    own.wait_for_url("**/report-in/left/")
    own.goto(told.link)
    expect(own.locator("main")).not_to_contain_text("守护第一人")
    with books():
        gone = Responder.objects.get(pk=told.first.pk)
        assert (gone.name, gone.phone, gone.status) == ("", "", "withdrawn")
        for model in (Clearance, ServiceCertificate):
            assert not model._default_manager.filter(responder=gone).exists()


def _the_auditor_proves_it(auditor: Page, books: Books, served: Served, told: Told) -> None:
    """Every step stands in the journal; the command line compares the whole with its seals and with kept heads."""
    from juxing.kernel import clock
    from juxing.kernel.models import JournalEntry, JournalSeal
    from juxing.kernel.seal import seal_journal

    expect(auditor.locator("main table")).to_contain_text("安置")
    with books():
        mine = JournalEntry.objects.filter(changes__call=str(told.call.uuid))
        answered, placed = (
            mine.filter(action=f"responders.recruitment.{what}").count() for what in ("answer", "place")
        )
        signed = JournalEntry.objects.get(action="responders.recruitment.sign", subject_uuid=told.call.uuid)
    assert answered == placed == PLACES * WANTED
    assert signed.changes["placed"] == PLACES * WANTED
    heads = Path(served.directory) / f"heads-{told.call.code}.txt"
    with books():
        seal_journal(now=clock.now())
        rows = JournalSeal.objects.order_by("number").values_list("number", "sealed_at", "head")
        kept = [f"{number} {sealed_at.isoformat()} {head}" for number, sealed_at, head in rows]
    heads.write_text("\n".join(kept), encoding="utf-8")
    assert "intact" in _juxing(served, "audit", "verify", "--anchors", str(heads))


def _juxing(served: Served, *words: str) -> str:
    environment = os.environ | {"DATABASE_URL": served.database_url}
    done = subprocess.run(
        [sys.executable, "-m", "juxing.site.commandline", *words], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _as_account(books: Books, name: str) -> Iterator[Any]:
    """Act as an account of the demo, with its rights and no others."""
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.kernel import clock
    from juxing.kernel.scope import acting

    with books():
        actor = actor_of(Account.objects.get(sign_in_name=name), now=clock.now())
    with acting(actor):
        yield actor


def _on_primary_duty(duties: Any, person: Any) -> None:
    """Let this person be expected: where the plan lets them stand by, another of their roster does."""
    own = duties.get(responder=person)
    if own.slot != "primary":
        other = duties.filter(roster=own.roster, slot="primary").first()
        type(own).objects.filter(pk=own.pk).update(slot="primary")
        type(own).objects.filter(pk=other.pk).update(slot="alternate")
