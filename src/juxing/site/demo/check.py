"""
The main job from end to end, over HTTP, as its users meet it: a resident, a desk, helpers, another system.

Each step says what it did or why it failed; the first failure ends the check.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen
from uuid import uuid4

from juxing.access import commands as access
from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.places.models import Household
from juxing.site.demo.browser import Answer, Visitor
from juxing.site.demo.load import DEMO_PASSWORD
from juxing.site.demo.simulate import invariants

SYSTEM = Actor.system("demo")
API_NEEDS = 40
RUN_TIMEOUT_S = 120
RESIDENT_PHONE = "12800009999"


class CheckFailed(Exception):
    """A step did not do what its users expect."""


def check_main_job(address: str, live_address: str) -> dict[str, Any]:
    """Return what happened, step by step; ``ok`` says whether all of it did."""
    result: dict[str, Any] = {"ok": False, "steps": {}}
    check = _Check(address, live_address)
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("resident_asks_by_phone", check.resident_asks),
        ("desk_signs_in", check.desk_signs_in),
        ("other_system_sends_twice", check.other_system_sends_twice),
        ("matching_offers", check.matching_offers),
        ("helpers_answer", check.helpers_answer),
        ("resident_confirms", check.resident_confirms),
        ("live_updates_arrive", check.live_updates_arrive),
        ("strangers_see_nothing", check.strangers_see_nothing),
        ("books_agree", check.books_agree),
    ]
    for name, step in steps:
        started = time.monotonic()
        try:
            outcome = step()
        except Exception as failure:
            result["steps"][name] = {"failed": f"{type(failure).__name__}: {failure}"[:600]}
            return result
        result["steps"][name] = {"seconds": round(time.monotonic() - started, 2), **outcome}
    result["ok"] = True
    return result


FOLLOWED_AFTER_S = 120
"""How long the journal of a district that was loaded this minute may take to be followed to its end."""


class _Check:
    def __init__(self, address: str, live_address: str) -> None:
        self.address, self.live_address = address, live_address
        self.resident, self.desk = Visitor(address), Visitor(address)
        with acting(SYSTEM):
            operator = _account_of(Role.STREET_OPERATOR)
            self.street = operator.role_assignments.get().area_code
            self.operator_name = operator.sign_in_name
            self.system = Visitor(address, token=_token(operator))
            homes = Household.objects.within(self.street).order_by("-id")
            self.homes = list(homes.values_list("area_code", flat=True)[:API_NEEDS])
            self.home = homes.select_related("building__estate", "unit")[API_NEEDS]
        self.track_path = ""
        self.needs: list[str] = []
        self.resident_need = ""

    def resident_asks(self) -> dict[str, Any]:
        page = self.resident.get("/ask/")
        page = self.resident.submit(page, page.form_with("phone"), phone=RESIDENT_PHONE)
        code = re.search(r"\b(\d{6})\b", page.text())
        if code is None:
            raise CheckFailed(f"No code is shown at {page.url} (status {page.status}).")
        page = self.resident.submit(page, page.form_with("code"), code=code.group(1))
        page = self.resident.submit(
            page, page.form_with("idempotency_key"), need_type="fresh_food", details="家里没菜了，老人行动不便",
            estate=self.home.building.estate.area_code, building=self.home.building.number, door=self.home.door,
            unit=self.home.unit.number if self.home.unit else "", for_whom="myself", other_things="鸡蛋 2板\n青菜 1份",
        )  # fmt: skip
        found = re.search(r"/n/([^/]+)/received/", page.url)
        number = re.search(r"N-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", page.text())
        if found is None or number is None:
            raise CheckFailed(f"The request was not taken: {page.status} {page.url} {page.text()[:300]}")
        self.track_path = f"/n/{found.group(1)}/"
        return {"number": number.group()}

    def desk_signs_in(self) -> dict[str, Any]:
        page = self.desk.get("/needs/")
        page = self.desk.submit(page, page.form_with("password"), username=self.operator_name, password=DEMO_PASSWORD)
        if page.status != 200 or "/needs/" not in page.url:
            raise CheckFailed(f"Signing in ended at {page.url} with {page.status}.")
        return {"as": self.operator_name}

    def other_system_sends_twice(self) -> dict[str, Any]:
        for home in self.homes:
            body = {
                "need_type": "staple_food", "household": home, "is_distinct": True,
                "lines": [{"item": "rice", "quantity": "1", "unit": "bag"}],
            }  # fmt: skip
            key = str(uuid4())
            first, second = (self.system.post_json("/api/v1/needs/", body, key=key) for _ in range(2))
            if first.status != 201 or first.json() != second.json():
                raise CheckFailed(f"Sending twice gave {first.status} and {second.status}: {first.body[:300]}")
            self.needs.append(first.json()["uuid"])
        return {"sent": 2 * len(self.homes), "recorded": len(set(self.needs))}

    def matching_offers(self) -> dict[str, Any]:
        run = self._when_free(lambda: self.system.post_json("/api/v1/matching-runs/", {"area": self.street}))
        path = f"/api/v1/matching-runs/{run['uuid']}"
        deadline = time.monotonic() + RUN_TIMEOUT_S
        while (run := self.system.get(path).json())["status"] == "running":
            if time.monotonic() > deadline:
                raise CheckFailed("The matching run did not end in two minutes; does the jobs process run?")
            time.sleep(0.5)
        if run["status"] != "offered" or not run["matched_count"]:
            raise CheckFailed(f"The run ended as {run['status']} with {run['matched_count']} offers.")
        proven = run["objective"] == run["bound"]
        return {"needs": run["need_count"], "offers": run["matched_count"], "proven_optimal": proven}

    def helpers_answer(self) -> dict[str, Any]:
        tasks = {task["need"]: task for task in self._tasks_of_area()}
        mine = self._resident_need()
        wanted = [need for need in [mine, *self.needs[:10]] if need in tasks]
        if mine not in wanted:
            raise CheckFailed("Nobody was asked to help the resident.")
        for need in wanted:
            task = tasks[need]
            helper = Visitor(self.address, token=_token(_helper_of(task["responder"])))
            for step in ("accept", "check-in", "finish"):
                answer = helper.post_json(f"/api/v1/tasks/{task['uuid']}/{step}")
                if answer.status != 200:
                    raise CheckFailed(f"{step} answered {answer.status}: {answer.body[:300]}")
        return {"delivered": len(wanted)}

    def resident_confirms(self) -> dict[str, Any]:
        page = self.resident.get(self.track_path)
        form = page.form_with("idempotency_key")
        page = self.resident.submit(page, form, score="5", comment="谢谢")
        status = self.system.get(f"/api/v1/needs/{self.resident_need}").json()["status"]
        if status != "confirmed":
            raise CheckFailed(f"After confirming, the need is {status} ({page.status} {page.text()[:200]}).")
        return {"status": status}

    def live_updates_arrive(self) -> dict[str, Any]:
        token = self.desk.get("/live-token/").json()["token"]
        address = f"{self.live_address}/live?token={quote(token)}"
        with urlopen(address, timeout=FOLLOWED_AFTER_S) as stream:  # noqa: S310 - our own address
            stream.readline()
            body = {"need_type": "water", "household": self.homes[0], "is_distinct": True}
            self.system.post_json("/api/v1/needs/", body)
            for line in stream:
                if line.startswith(b"data: "):
                    return {"topic": json.loads(line[6:])["topic"]}
        raise CheckFailed("The stream ended without a message.")

    def strangers_see_nothing(self) -> dict[str, Any]:
        stranger = Visitor(self.address)
        answers = {
            "need": stranger.get(f"/api/v1/needs/{self.resident_need}").status,
            "list": stranger.get("/needs/").url.rsplit(self.address, 1)[-1].split("?")[0],
            "link": stranger.get("/n/not-a-link/").status,
        }
        if answers["need"] != 401 or answers["list"] == "/needs/" or answers["link"] == 200:
            raise CheckFailed(f"A stranger was let in: {answers}")
        return answers

    def books_agree(self) -> dict[str, Any]:
        faults = list(invariants())
        if faults:
            raise CheckFailed("; ".join(faults))
        return {"faults": 0}

    def _resident_need(self) -> str:
        number = re.search(r"N-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", self.resident.get(self.track_path).text())
        rows = self.system.get(f"/api/v1/needs/?number={number.group() if number else ''}").json()["rows"]
        self.resident_need = rows[0]["uuid"]
        return self.resident_need

    def _tasks_of_area(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/api/v1/tasks/?area={self.street}&status=offered&size=200&cursor={quote(cursor)}"
            page = self.system.get(path).json()
            found += page["rows"]
            cursor = page["next"] or ""
            if not cursor:
                return found

    def _when_free(self, start: Callable[[], Answer]) -> Any:
        deadline = time.monotonic() + RUN_TIMEOUT_S
        while (answer := start()).status == 409 and time.monotonic() < deadline:
            time.sleep(1)
        if answer.status != 202:
            raise CheckFailed(f"The run was not begun: {answer.status} {answer.body[:300]}")
        return answer.json()


def _account_of(role: str) -> Account:
    return Account.objects.filter(role_assignments__role=role, is_demo=True).order_by("id")[0]


def _helper_of(responder_uuid: str) -> Account:
    with acting(SYSTEM):
        return Account.objects.get(responder__uuid=responder_uuid)


def _token(account: Account) -> str:
    with acting(SYSTEM):
        return access.issue_token(actor=SYSTEM, now=clock.now(), account=account, label="demo check", days=1)
