"""
Every page, as every role that may open it: it answers, is accessible (WCAG 2.2 A and AA) and fits, desk and phone.

Pages come from the URL configuration, so that a new one is looked at or fails here. Those that show one thing are
reached by the links of the lists; where the demo has no such thing, another story makes one and judges its page. A
role is shown a page again in the browser when it holds parts that no page of the room has shown before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Browser, Page

from tests.architecture.test_addresses import nobodys
from tests.stories.addresses import VISITOR, Address, Answer, ask, parts_of, rooms
from tests.stories.conftest import Open, signed_in_state
from tests.stories.judging import WIDTHS, faults_of
from tests.stories.serving import Served
from tests.stories.telling import FIRST_COMMUNITY, STREET, quiet_home

pytestmark = pytest.mark.browser
ACCOUNTS = {
    "street_operator": f"street_operator-{STREET}",
    "community_worker": f"community_worker-{STREET}001",
    "responder": "responder-00003",
    "district_commander": "district_commander-990117",
    "system_admin": "system_admin-990117",
    "security_auditor": "security_auditor-990117",
    "privacy_officer": "privacy_officer-990117",
    "grid_worker": f"grid_worker-{STREET}001-E001-G01",
    "building_head": f"building_head-{STREET}001-E001-G01-B001",
    "team_leader": f"team_leader-{STREET}001",
    "storekeeper": f"storekeeper-{STREET}001",
    "hotline_agent": "hotline_agent-990117",
    "counsellor": "counsellor-990117",
    "organisation_manager": f"organisation_manager-{STREET}001",
}
"""The accounts the demo prints; those who see most come first, so that few pages need a second look."""
ADDRESSES_IN_PAGE = re.compile(r'(?:href|src|hx-get|data-[a-z-]+)="(/[^"#?]*)')
NOT_BY_GET = 405
CONVERSION = "test_village_is_converted_before_ones_eyes_and_comes_back"
VAULT = "test_data_of_a_response_is_destroyed_with_a_certificate"
DRILL = "test_plan_is_drilled_looked_back_on_and_mended"
COMMAND = "test_order_goes_straight_to_a_post_and_comes_back_carried_out"
NOTICES = "test_street_is_told_asked_at_every_door_and_pauses_what_can_wait"
REPORT_IN = "test_volunteer_reports_in_is_verified_and_leaves_again"
RECRUITED = "test_street_calls_for_people_they_answer_three_ways_and_are_placed"
ROSTERED = "test_one_does_not_come_the_alternate_steps_in_and_hours_become_a_certificate"
ROUND = "test_round_is_planned_printed_and_walked"
SHARING = "test_scarce_goods_are_shared_evenly_and_signed_for"
TURNED = "test_service_centre_is_turned_into_a_testing_site_overnight_and_back"
COVERAGE = "test_coverage_is_measured_a_table_comes_in_and_a_function_is_added"
DONATION = "test_donor_and_auditor_agree_to_the_piece"
ASKING = "test_resident_asks_follows_gets_help_and_confirms_with_stars"
EXPORT = "test_list_of_many_leaves_only_with_two_persons_and_once"
OWN_DATA = "test_resident_sees_who_looked_objects_and_takes_a_copy"
SECOND_STEP = "test_sign_in_needs_the_app_and_ends_elsewhere"
THREE_HUNDRED = "test_three_hundred_report_in_serve_and_are_proven"
TALENTS = "test_paper_is_handed_in_verified_by_the_desk_and_opens_its_skill"
BUYING = "test_neighbours_buy_together_short_delivery_is_shared_and_money_comes_out_even"
BODIES = "test_group_is_formed_joined_and_dissolved"
WORK = "test_work_is_evaluated_and_the_person_may_object"
TRAINED = "test_training_is_announced_attended_understood_and_opens_the_gate"
WRONG_CODES = "test_wrong_codes_end_after_five_and_a_missing_door_keeps_what_was_typed"
PAGES_OF_STORIES = {
    CONVERSION: (
        "activations:incident", "activations:activation", "activations:preview", "activations:edit",
        "activations:change", "activations:stand_down", "activations:new_measure", "activations:measure",
        "activations:board", "responders:called", "responders:kept_out", "plans:plan", "plans:part",
        "plans:handbook", "plans:annex",
    ),
    VAULT: ("activations:data", "activations:review_data"),
    DRILL: (
        "drills:drill", "reviews:look_back", "reviews:review", "reviews:timeline", "reviews:action", "reviews:drop",
    ),
    COMMAND: (
        "command:overview", "command:muster", "command:new_order", "command:order", "command:shifts",
        "command:hand_over", "command:accept", "command:take_over", "command:log", "command:reports",
        "command:report", "command:report_rows", "command:my_order",
    ),
    NOTICES: ("command:notices", "command:notice", "needs:round"),
    ROUND: ("dispatch:my_round", "dispatch:round", "dispatch:round_plan", "dispatch:round_print"),
    WRONG_CODES: ("needs:ask_code", "needs:ask_need"),
    ASKING: ("needs:asked", "needs:track"),
    BUYING: (
        "group_purchases:add_package", "group_purchases:add_slot", "group_purchases:arrival",
        "group_purchases:bearers", "group_purchases:buildings", "group_purchases:cancel", "group_purchases:chain",
        "group_purchases:chains", "group_purchases:change", "group_purchases:change_own", "group_purchases:enter",
        "group_purchases:export_orders", "group_purchases:export_totals", "group_purchases:hand_out",
        "group_purchases:import", "group_purchases:mine", "group_purchases:money", "group_purchases:order",
        "group_purchases:order_here", "group_purchases:orders", "group_purchases:own", "group_purchases:package",
        "group_purchases:packing", "group_purchases:packing_print", "group_purchases:prove_code",
        "group_purchases:purchase", "group_purchases:reopen", "group_purchases:sign",
        "group_purchases:supplier_sheet",
    ),
    EXPORT: ("access:export", "access:export_asked"),
    OWN_DATA: ("people:own_copy", "people:request"),
    SECOND_STEP: ("access:confirm_app",),
    BODIES: ("organisations:body", "organisations:join"),
    WORK: ("organisations:evaluate", "organisations:objection"),
    "test_posts_come_in_and_bad_rows_are_named": ("organisations:table_job",),
    "test_wrong_old_and_foreign_links_look_the_same_and_say_where_to_go": ("needs:find",),
    "test_resident_withdraws_and_can_ask_again": ("needs:correct_by_link",),
    "test_chain_is_read_doubted_corrected_confirmed_and_grows": ("needs:chain",),
    "test_good_rows_come_in_bad_rows_are_named_and_twice_adds_nothing": ("needs:import_one",),
    "test_organisations_come_in_and_bad_rows_are_named": ("organisations:import_job",),
    "test_responders_come_in_without_doubling_and_bad_rows_are_named": ("responders:list_report",),
    "test_households_come_in_and_twice_changes_nothing": ("people:import_job",),
    "test_auditor_verifies_the_seals_of_the_journal": ("access:verification",),
    "test_plan_text_is_confirmed_section_by_section": ("plans:import", "plans:import_into", "plans:import_section"),
    "test_place_is_opened_with_a_reason_closed_and_judged_by_another": ("access:review_break_glass",),
    REPORT_IN: (
        "responders:give_account", "responders:public_code", "responders:public_form",
        "responders:public_report_in_at", "responders:service_done", "responders:service_home",
        "responders:service_me_change",
    ),
    THREE_HUNDRED: ("responders:call_here",),
    TRAINED: ("responders:public_training", "responders:service_trainings_own"),
    TALENTS: ("responders:talent", "responders:service_own_talents"),
    RECRUITED: (
        "responders:call", "responders:change_call", "responders:call_poster", "responders:enter_answer",
        "responders:placement", "responders:public_call", "responders:start_answer",
    ),
    ROSTERED: (
        "responders:check_in", "responders:check_in_code", "responders:check_in_go", "responders:correct_hours",
        "responders:code_sheet", "responders:roster_board", "responders:screen",
        "responders:roster_import",
        "responders:service_shifts", "responders:service_hours", "responders:service_lessons",
        "responders:service_lesson",
    ),
    "test_storekeeper_takes_a_messy_list_over_once": ("supplies:stock_sheet",),
    SHARING: ("supplies:allocation", "supplies:list", "supplies:offer", "supplies:request"),
    DONATION: (
        "supplies:community_sharing", "supplies:container", "supplies:donation", "supplies:published",
        "supplies:stocktake", "supplies:trace", "supplies:transfer",
    ),
    COVERAGE: (
        "venues:add_layout", "venues:book", "venues:change_layout", "venues:circle", "venues:import_job",
    ),
    TURNED: (
        "venues:card_book", "venues:conversion", "venues:my_booking", "venues:my_bookings", "venues:prove_code",
    ),
}  # fmt: skip
"""Pages the demo's morning has no content for, and the story that makes one and judges its page."""
PARTS = {"activations:certificate", "plans:handbook_pdf", "command:report_pdf", "command:report_sheet",
         "dispatch:run_progress", "dispatch:round_plan_progress", "dispatch:task_photo",
         "needs:import_progress", "needs:import_rejected", "organisations:meeting_calendar", "organisations:minutes",
         "responders:list_progress",
         "responders:list_problems", "responders:plan_progress", "responders:roster_calendar",
         "responders:service_calendar", "responders:start_sign_up", "responders:training_calendar",
         "supplies:list_progress", "supplies:published_table", "supplies:receipt",
         "supplies:allocation_progress", "supplies:community_sharing_progress", "venues:circle_file",
         "venues:circle_map", "venues:circle_progress", "venues:my_calendar"}  # fmt: skip
"""Parts of pages and files that come with a page named above or below."""
WHERE_A_PROVIDER_IS_SET = {
    "access:begin_identity",
    "access:begin_tying",
    "access:identity_callback",
    "access:tie_identity",
}
"""They answer only where a provider of identities is set, and are tested with one of their own (`tests/access`)."""
JUDGED_ELSEWHERE = {page for pages in PAGES_OF_STORIES.values() for page in pages}
ELSEWHERE = {*JUDGED_ELSEWHERE, *PARTS, *WHERE_A_PROVIDER_IS_SET}
ROOMS = rooms()
Example = tuple[str, str]
"""An address, and whose it is; "" where a role suffices."""


@pytest.fixture
def examples(books: Callable[..., Any]) -> dict[str, Example]:
    """Things of the demo no list links to before somebody searches or signs in as the one they belong to."""
    from juxing.dispatch.models import Task
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.needs.commands import NeedInput, record_need
    from juxing.organisations.models import Team
    from juxing.people.models import Resident

    with books():
        given = NeedInput(need_type="pet_care", channel="phone", household_id=quiet_home(FIRST_COMMUNITY).id)
        need = record_need(actor=Actor.system("story"), now=clock.now(), given=given).need
        task = Task.objects.within(STREET).filter(status="accepted").select_related("responder__account")[0]
        resident = Resident.objects.within(task.need.area_code[:12]).select_related("household")[0]
        account = task.responder.account
        assert account is not None
        mine, whose = f"/my/tasks/{task.uuid}/", account.sign_in_name
        return {
            "dispatch:my_tasks": ("/my/tasks/", whose),
            "dispatch:my_map": ("/my/tasks/map/", whose),
            "dispatch:my_task": (mine, whose),
            "dispatch:my_task_block": (f"{mine}block/", whose),
            "dispatch:my_task_finish": (f"{mine}finish/", whose),
            "kit_sheet": ("/kit/kit_phone/", ""),
            "needs:correct": (f"/needs/{need.uuid}/correct/", ""),
            "organisations:team": (f"/organisations/teams/{Team.objects.within(STREET)[0].uuid}/", ""),
            "supplies:change_agreement": (agreed("draft", "change/"), ""),
            "supplies:change_purchase": (bought("draft", "change/"), ""),
            "supplies:receive_purchase": (bought("ordered", "receive/"), ""),
            "supplies:purchase_paper": (bought("ordered", "paper/"), ""),
            "supplies:load_sheet": (f"/supplies/rounds/{van_in_use()}/sheet/", ""),
            "people:resident": (f"/residents/{resident.uuid}/", ""),
            "people:household": (f"/households/{resident.household.uuid}/", ""),
            "places:change_household": (f"/places/doors/{resident.household.uuid}/change/", ""),
        }


def agreed(status: str, step: str) -> str:
    """Return the address of a step of one of the demo's agreements."""
    from juxing.supplies.models import SupplyAgreement

    return f"/supplies/agreements/{SupplyAgreement.objects.filter(status=status)[0].uuid}/{step}"


def bought(status: str, step: str) -> str:
    """Return the address of a step of one of the demo's purchases."""
    from juxing.supplies.models import PurchaseOrder

    return f"/supplies/purchases/{PurchaseOrder.objects.filter(status=status)[0].uuid}/{step}"


def van_in_use() -> UUID:
    """Return the van of the demo that has boxes on board."""
    from juxing.supplies.models import Container

    box = Container.objects.exclude(vehicle=None).select_related("vehicle")[0]
    assert box.vehicle is not None
    return box.vehicle.uuid


class Walk:
    """Walks through the addresses of one room as everybody, and keeps what was wrong."""

    def __init__(
        self, visit: Open, browser: Browser, served: Served, room: list[Address], examples: dict[str, Example]
    ) -> None:
        self.faults: list[str] = []
        self._visit, self._browser, self._served = visit, browser, served
        self._addresses = {address.name: address for address in room}
        self._to_open = {address.name: reverse(address.name) for address in room if not address.converters}
        self._to_open |= {name: path for name, (path, _account) in examples.items() if name in self._addresses}
        self._whose = {name: account for name, (_path, account) in examples.items() if account}
        self._pages: dict[int, Page] = {}
        self._parts: set[tuple[str, ...]] = set()
        self._asked: set[str] = set()
        self._opened: set[str] = set()

    def walk(self) -> None:
        """Open what is known, and what the opened pages link to, until nothing new is found."""
        while self._to_open:
            name, path = self._to_open.popitem()
            if name not in self._asked:
                self._asked.add(name)
                self._open(self._addresses[name], path)

    def never_seen(self) -> Iterator[str]:
        """Yield the addresses that showed nothing to anybody, but for those that only take what is sent."""
        for name, address in self._addresses.items():
            if name not in self._opened:
                path = reverse(name, kwargs={each: nobodys(each, one) for each, one in address.converters.items()})
                if any(answer.status != NOT_BY_GET for _account, answer in self._answers(address, path)):
                    yield name

    def _open(self, address: Address, path: str) -> None:
        looked = False
        answers = list(self._answers(address, path))
        opens = any(answer.status < 400 or answer.status == NOT_BY_GET for _account, answer in answers)
        if not opens and address.name not in ELSEWHERE:
            self.faults.append(f"{path}: opens for nobody: {[answer.status for _account, answer in answers]}")
        for account, answer in answers:
            for link in (answer.location, *ADDRESSES_IN_PAGE.findall(answer.text)):
                self._note(link)
            if answer.status == 200 or self._leads_on(answer):
                self._opened.add(address.name)
            if answer.status == NOT_BY_GET or 300 <= answer.status < 400:
                continue
            may_be_anothers = address.converters or address.right is None
            if answer.status != 200 and not (may_be_anothers and answer.status in {403, 404}):
                self.faults.append(f"{answer.status} {path} as {account or 'a visitor'}")
            if answer.status == 200 and answer.is_page and (not looked or parts_of(answer.text) - self._parts):
                looked = True
                self._parts |= parts_of(answer.text)
                self._look(account, path)

    def _answers(self, address: Address, path: str) -> Iterator[tuple[str, Answer]]:
        if address.is_open:
            yield VISITOR, ask(self._served.web, path, [])
        accounts = [
            account for role, account in ACCOUNTS.items() if address.right is None or role in address.right.roles
        ]
        for account in filter(None, (self._whose.get(address.name), *accounts)):
            yield account, ask(self._served.web, path, self._cookies(account))

    def _cookies(self, account: str) -> list[Any]:
        held = signed_in_state(self._browser, self._served.web, account) if account else {"cookies": []}
        return list(held["cookies"])

    def _look(self, account: str, path: str) -> None:
        """Look at a desk and on a phone; everybody shares two browsers, which keep scripts and styles between pages."""
        for width in WIDTHS:
            page = self._pages[width] = self._pages.get(width) or self._visit(phone=width < 500)
            page.context.clear_cookies()
            page.context.add_cookies(self._cookies(account))
            page.goto(path)
            self.faults += faults_of(page)

    def _leads_on(self, answer: Answer) -> bool:
        """Whether the address only sends one to a page of the room, as a short form of it does."""
        return 300 <= answer.status < 400 and name_of(answer.location) in self._addresses

    def _note(self, path: str) -> None:
        name = name_of(path)
        if name in self._addresses:
            self._to_open.setdefault(name, path)


def name_of(path: str) -> str:
    """Return the name of the address, empty if it is none of the product's."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_pages_of_a_room_open_are_accessible_and_fit_for_everybody(
    visit: Open, browser: Browser, served: Served, examples: dict[str, Example], room: str
) -> None:
    walk = Walk(visit, browser, served, ROOMS[room], examples)

    walk.walk()

    assert walk.faults == [], "\n".join(walk.faults)
    never_seen = sorted(name for name in walk.never_seen() if name not in ELSEWHERE)
    assert never_seen == [], f"nothing links to {never_seen}: let a story make one and judge its page"


def test_address_that_leads_nowhere_is_told_so_to_everybody(visit: Open) -> None:
    for phone in (False, True):
        page = visit("/nothing-here/", phone=phone, expected=(404,))

        assert faults_of(page) == []


def test_every_page_left_to_a_story_exists_and_so_does_the_story() -> None:
    told = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    known = {address.name for room in ROOMS.values() for address in room}

    assert [story for story in PAGES_OF_STORIES if f"def {story}(" not in told] == []
    assert sorted(ELSEWHERE - known) == []
