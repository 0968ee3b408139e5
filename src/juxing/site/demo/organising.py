"""The demo district's organisation: posts with A and B, coverage, branches, pledges, programmes, staff."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.organisations import commands
from juxing.organisations.commands import Answers
from juxing.organisations.enums import CoverageKind, Office
from juxing.organisations.models import (
    ActionBranch,
    CommitteeMember,
    HouseholdCluster,
    JointCommittee,
    KeySite,
    Membership,
    Pledge,
    Post,
    PostHolding,
    StaffMember,
    StaffTraining,
)
from juxing.site.demo.ids import take_ids
from juxing.site.demo.meetings import hold_meetings
from juxing_demo import District

LOADING = Actor.system("demo")
LEFT_OPEN = 7
"""Every seventh building has nobody yet, so that the wizard has something to do."""
BRANCH_MEMBERS = 8


@dataclass(slots=True)
class _Posts:
    """Posts and holdings while they are being listed; people are account ids, A first."""

    posts: list[tuple[Any, ...]] = field(default_factory=list)
    held: list[tuple[int, int, str, int]] = field(default_factory=list)

    def add(self, owner: int, area: str, words: dict[str, str], people: list[int], title: str = "") -> None:
        """List a post and who holds it; 0 stands for nobody."""
        row = len(self.posts)
        self.posts.append(
            (area, owner, title or words["title"], words["duties"], words["role"], words["checklist"], words["note"])
        )
        self.held += [
            (row, person, "primary" if not rank else "alternate", max(1, rank))
            for rank, person in enumerate(people)
            if person
        ]


def organise(district: District, organisations: range, accounts: range, *, now: datetime) -> None:
    """Give the loaded district its posts, coverage, branches, committees, programmes and staff register."""
    words = tomllib.loads(files("juxing_demo").joinpath("data/organising.toml").read_text(encoding="utf-8"))
    people = _people(district, accounts)
    owners = _owners(district, organisations)
    since = now - timedelta(days=30)
    _write_posts(district, words["posts"], people, owners, since)
    commands.settle_all(actor=LOADING, now=since)
    _write_coverage(district, people, owners, since)
    _write_branches(district, words["branches"], organisations, accounts, since)
    _write_committees(district, words, organisations, accounts, now)
    hold_meetings(words["meetings"], people, now)
    _write_staff(words["staff"], people, owners, now)
    _begin_programmes(words["programmes"], people, now)
    commands.open_sheets(actor=LOADING, now=now, month=now.date())
    _somebody_falls_ill(words["handover"], people, now)


def _people(district: District, accounts: range) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for account_id, (role, code) in zip(accounts, district.staff.rows("role", "area_code"), strict=True):
        found[role, code].append(account_id)
    return found


def _owners(district: District, organisations: range) -> dict[str, int]:
    """Return the residents' committee of every community, and the party organisation of street and district."""
    rows = zip(organisations, district.organisations.rows("area_code", "organisation_type"), strict=True)
    found: dict[str, int] = {}
    for pk, (code, kind) in rows:
        if kind == "residents_committee" or (kind == "party_organisation" and len(code) < 12):
            found.setdefault(code, pk)
    return found


def _communities(district: District) -> Iterator[str]:
    yield from (code for code, level in district.areas.rows("code", "level") if level == "community")


def _write_posts(
    district: District, words: dict[str, Any], people: dict[tuple[str, str], list[int]], owners: dict[str, int],
    since: datetime,
) -> None:  # fmt: skip
    listed = _Posts()
    for code in _communities(district):
        owner, workers = owners[code], people["community_worker", code]
        secretary, second = people["community_secretary", code], people["second_secretary", code]
        listed.add(owner, code, words["secretary"], [*secretary[:1], *second[:1], *workers[:1]])
        listed.add(owner, code, words["second_secretary"], [*second[:1], *workers[:1]])
        for number, worker in enumerate(workers):
            following = workers[number + 1 : number + 2] or [*workers[:1], *second[:1]]
            behind = [person for person in following if person != worker]
            listed.add(
                owner, code, words["worker"], [worker, *behind], words["worker"]["title"].format(number=number + 1)
            )
        for number, keeper in enumerate(people["storekeeper", code][:1]):
            listed.add(owner, code, words["storekeeper"], [keeper, *workers[number : number + 1]])
        listed.add(owner, code, words["mediator"], [0, *workers[:1]] if code.endswith("1") else [])
    for code in district.grids.code:
        grid, behind = people["grid_worker", code], people["community_worker", code[:12]]
        title = words["grid_worker"]["title"].format(code=code[13:])
        listed.add(owners[code[:12]], code, words["grid_worker"], [*grid[:1], *behind[:1]], title)
    ids = take_ids(Post, len(listed.posts))
    names = ("area_code", "organisation", "title", "duties", "carries_role", "checklist", "standing_note")
    copy_rows(Post, ("id", *names), [(pk, *row) for pk, row in zip(ids, listed.posts, strict=True)])
    copy_rows(
        PostHolding, ("area_code", "post", "account", "slot", "rank", "starts_at"),
        [(listed.posts[row][0], ids[row], person, slot, rank, since) for row, person, slot, rank in listed.held],
    )  # fmt: skip


def _write_coverage(
    district: District, people: dict[tuple[str, str], list[int]], owners: dict[str, int], since: datetime
) -> None:
    heads = {code: ids[0] for (role, code), ids in people.items() if role == "building_head"}
    households: dict[str, int] = defaultdict(int)
    for code in district.households.code:
        households[code.partition("-U")[0].partition("-R")[0]] += 1
    clusters = [(f"{code}-C01", "全楼", households[code]) for code in heads]
    copy_rows(HouseholdCluster, ("area_code", "name", "households"), clusters)
    buildings: dict[str, Answers] = {}
    sizes = Counter(code[:12] for code in district.buildings.code)
    seen: Counter[str] = Counter()
    for code in district.buildings.code:
        community = code[:12]
        workers, number = people["community_worker", community], seen[community]
        seen[community] += 1
        if workers and number % LEFT_OPEN:
            busy = max(1, len(workers) * 3 // 4)  # a quarter of them have none yet, so the others have too many
            buildings[code] = Answers(account_id=workers[number * busy // sizes[community]])
    estates = {
        code: Answers(second[0], first[0] if (first := people["community_secretary", code[:12]]) else None)
        for code in district.estates.code
        if (second := people["second_secretary", code[:12]])
    }
    sites, answers = _sites(district, owners)
    copy_rows(KeySite, ("area_code", "name", "site_type", "longitude", "latitude"), sites)
    kinds: dict[str, dict[str, Answers]] = {
        CoverageKind.BUILDING: buildings, CoverageKind.ESTATE: estates, CoverageKind.SITE: answers,
        CoverageKind.HOUSEHOLD_CLUSTER: {f"{code}-C01": Answers(account_id=head) for code, head in heads.items()},
    }  # fmt: skip
    for kind, given in kinds.items():
        for block in _blocks(given):
            commands.cover_places(actor=LOADING, now=since, kind=kind, answers=block)


def _blocks(given: dict[str, Answers]) -> Iterator[dict[str, Answers]]:
    rows = list(given.items())
    for start in range(0, len(rows), 20_000):
        yield dict(rows[start : start + 20_000])


def _sites(district: District, owners: dict[str, int]) -> tuple[list[tuple[Any, ...]], dict[str, Answers]]:
    rows: list[tuple[Any, ...]] = []
    answers: dict[str, Answers] = {}
    for code, name, level, lon, lat in district.areas.rows("code", "name", "level", "lon", "lat"):
        if level != "community":
            continue
        rows.append((f"{code}-S001", f"{name}北门", "gate", round(lon + 0.0012, 6), round(lat + 0.0011, 6)))
        rows.append((f"{code}-S002", f"{name}物资点", "supply_point", round(lon - 0.001, 6), lat))
        answers[f"{code}-S001"] = Answers(organisation_id=owners[code])
    return rows, answers


def _write_branches(
    district: District, words: list[dict[str, str]], organisations: range, accounts: range, since: datetime
) -> None:
    staff, parents = district.staff, district.organisations.plain("parent_row")
    leader_of = {
        row: account for account, row in zip(accounts, staff.plain("organisation_row"), strict=True) if row >= 0
    }
    managers = [
        (account, row)
        for account, (role, row) in zip(accounts, staff.rows("role", "organisation_row"), strict=True)
        if role == "organisation_manager"
    ]
    names = district.organisations.name
    heads = [account for account, role in zip(accounts, staff.role, strict=True) if role == "building_head"]
    said = {row["branch_type"]: row for row in words}
    members: list[tuple[Any, ...]] = []
    branches = list(ActionBranch.objects.filter(organisation_id__in=list(organisations)).order_by("id"))
    for number, branch in enumerate(branches):
        purpose = said.get(branch.branch_type, {})
        branch.objective, branch.lever = purpose.get("objective", ""), purpose.get("lever", "")
        branch.vehicle, branch.target_group = purpose.get("vehicle", ""), purpose.get("target_group", "")
        home = branch.organisation_id - organisations.start if branch.organisation_id else -1
        deputies = managers[2 * number : 2 * number + 2]
        offices = [(leader_of.get(home, 0), parents[home], Office.SECRETARY)]
        offices += [(account, row, Office.DEPUTY_SECRETARY) for account, row in deputies]
        offices += [(account, -1, Office.MEMBER) for account in heads[number::7][:BRANCH_MEMBERS]]
        members += [
            (branch.area_code, branch.pk, account, organisations[row] if row >= 0 else None,
             names[row] if row >= 0 else "",
             district.organisations.area_code[row] if row >= 0 else staff.area_code[account - accounts.start],
             office, since)
            for account, row, office in offices
            if account
        ]  # fmt: skip
    ActionBranch.objects.bulk_update(branches, ["objective", "lever", "vehicle", "target_group"])
    columns = ("area_code", "branch", "account", "organisation", "organisation_name", "home_area_code", "office",
               "starts_at")  # fmt: skip
    copy_rows(Membership, columns, members)


def _write_committees(
    district: District, words: dict[str, Any], organisations: range, accounts: range, now: datetime
) -> None:
    rows = list(district.organisations.rows("area_code", "organisation_type", "is_member_unit"))
    conveners: dict[str, int] = {}
    for pk, (code, kind, _is_member) in zip(organisations, rows, strict=True):
        if kind == "party_organisation":
            conveners.setdefault(code, pk)
    places = [(code, name) for code, name, level in district.areas.rows("code", "name", "level")
              if level in {"street", "community"}]  # fmt: skip
    ids = dict(zip((code for code, _name in places), take_ids(JointCommittee, len(places)), strict=True))
    copy_rows(
        JointCommittee, ("id", "area_code", "name", "level", "convener"),
        [(ids[code], code, name + words["committees"]["street" if len(code) == 9 else "community"],
          "street" if len(code) == 9 else "community", conveners.get(code)) for code, name in places],
    )  # fmt: skip
    speaks = {row: account for account, row in zip(accounts, district.staff.plain("organisation_row"), strict=True)}
    seats = [
        (row, pk, place)
        for row, (pk, (code, kind, is_member)) in enumerate(zip(organisations, rows, strict=True))
        if is_member or kind == "property_company"
        for place in {code[:12], code[:9]} & set(ids)
    ]
    seat_ids = take_ids(CommitteeMember, len(seats))
    copy_rows(
        CommitteeMember, ("id", "area_code", "committee", "organisation", "liaison", "joined_on"),
        [(seat, place, ids[place], pk, speaks.get(row), (now - timedelta(days=200)).date())
         for seat, (row, pk, place) in zip(seat_ids, seats, strict=True)],
    )  # fmt: skip
    offers, steps = words["pledges"], ["accepted", "accepted", "called", "fulfilled", "offered"]
    pledges: list[tuple[Any, ...]] = []
    for number, (seat, (_row, _pk, place)) in enumerate(zip(seat_ids, seats, strict=True)):
        for offer in (offers[number % len(offers)], offers[(3 * number + 1) % len(offers)]):
            step = steps[len(pledges) % len(steps)]
            came = {"fulfilled": offer["quantity"], "called": offer["quantity"] // 2}.get(step, 0)
            pledges.append(
                (place, seat, offer["kind"], offer["subject"], offer["quantity"], offer["unit"], came, step,
                 words["committees"]["called_for"] if came else "", now - timedelta(days=60))
            )  # fmt: skip
    names = ("area_code", "member", "kind", "subject", "quantity", "unit", "delivered", "status", "called_for",
             "created_at")  # fmt: skip
    copy_rows(Pledge, names, pledges)


def _write_staff(
    words: dict[str, Any], people: dict[tuple[str, str], list[int]], owners: dict[str, int], now: datetime
) -> None:
    lines = {
        "community_secretary": ("secretary", 12),
        "second_secretary": ("deputy", 9),
        "community_worker": ("worker", 4),
    }
    rows = [
        (account, owners[code], code, *lines[role])
        for (role, code), ids in sorted(people.items())
        if role in lines and code in owners
        for account in ids
    ]
    ids = take_ids(StaffMember, len(rows))
    copy_rows(
        StaffMember, ("id", "account", "organisation", "area_code", "line", "grade", "grade_since"),
        [(pk, account, owner, code, line, grade + pk % 3, (now - timedelta(days=400)).date())
         for pk, (account, owner, code, line, grade) in zip(ids, rows, strict=True)],
    )  # fmt: skip
    courses = words["courses"]
    copy_rows(
        StaffTraining, ("area_code", "member", "course", "hours", "completed_on", "valid_until"),
        [(row[2], pk, courses[pk % len(courses)], 4, (now - timedelta(days=90 + pk % 60)).date(),
          (now + timedelta(days=275 - pk % 300)).date()) for pk, row in zip(ids, rows, strict=True)],
    )  # fmt: skip
    first = StaffMember.objects.filter(line="worker").order_by("id").first()
    if first is not None:
        objective = commands.agree_objective(
            actor=LOADING, now=now, member=first, year=now.year, work=words["objective"]
        )
        for side in ("organisation", "residents"):
            commands.evaluate_work(
                actor=LOADING, now=now, objective=objective, side=side, result="met", evidence=words[side]
            )


def _begin_programmes(words: dict[str, Any], people: dict[tuple[str, str], list[int]], now: datetime) -> None:
    communities = sorted({code for role, code in people if role == "community_secretary"})[:3]
    for number, code in enumerate(communities):
        template = ("five_hundreds", "one_two_five", "winter_care")[number]
        programme = commands.begin_programme(
            actor=LOADING, now=now, area_code=code, template=template, name=words[template],
            starts_on=(now - timedelta(days=60)).date(), ends_on=(now + timedelta(days=120)).date(),
        )  # fmt: skip
        for place, target in enumerate(programme.targets.order_by("id")):
            for day in (40, 20, 3):
                commands.count_work(
                    actor=LOADING, now=now, programme=programme, item=target.item,
                    on=(now - timedelta(days=day)).date(), count=max(1, target.target * (9 - place) // 50),
                )  # fmt: skip


def _somebody_falls_ill(note: str, people: dict[tuple[str, str], list[int]], now: datetime) -> None:
    """In the second community A of the secretary's post is away since yesterday, and B works in it."""
    from juxing.access.models import Account
    from juxing.organisations.commands import AwayInput

    code = sorted({code for role, code in people if role == "community_secretary"})[1]
    account = Account.objects.get(pk=people["community_secretary", code][0])
    commands.declare_absence(
        actor=LOADING, now=now - timedelta(hours=20), account=account, given=AwayInput("sudden", handover_note=note)
    )
