"""A roster as its page shows it: cells with what is wrong in them, needs with what is short, a plan with its proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.kernel.actors import Actor
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.enums import Skill
from juxing.responders.models import Duty, Roster
from juxing.responders.pages.words import name_in_roster
from juxing.responders.queries.forecast import ShowUp, alternates_for, part_of
from juxing.responders.queries.roster_table import RosterTable
from juxing.responders.roster_enums import RosterStatus, WishKind
from juxing.responders.roster_rules import PROTECTING, Defect, Rule

TONES = {RosterStatus.DRAFT: "waiting", RosterStatus.PUBLISHED: "moving", RosterStatus.CLOSED: "ended"}


def defect_words(defect: Defect) -> str:
    """Say what is wrong with a shift."""
    words = {
        Rule.TWICE_AT_ONCE: _("Two shifts at once"),
        Rule.TWO_A_DAY: _("Two shifts on one day"),
        Rule.REST: ngettext(
            "Only %(number)s hour of rest before", "Only %(number)s hours of rest before", defect.number
        ),
        Rule.DAYS_IN_ROW: _("Day %(number)s in a row"),
        Rule.MOST_SHIFTS: _("%(number)s shifts, more than they said"),
        Rule.CANNOT: _("Cannot come then"),
        Rule.SKILL: _("Lacks the skill of the post"),
        Rule.GATE: _("Before this task: %(what)s"),
    }
    return words[defect.rule] % {"number": defect.number, "what": "; ".join(defect.what)}


def rule_words(rule: str) -> str:
    """Say a rule that leaves a demand short, as the engine names it."""
    words = {
        "qualified": _("too few can hold this post (skill or gate)"),
        "available": _("too few can come"),
        "one_shift_a_day": _("fewer people than places, each working one shift a day"),
        "rest": _("the hours of rest between shifts"),
        "days_in_row": _("the most days in a row"),
        "max_shifts": _("the most shifts of one person"),
        "locked": _("what was fixed by hand"),
    }
    return words.get(rule, rule)


def grid(table: RosterTable, *, actor: Actor, may_edit: bool) -> dict[str, Any]:
    """Return rows of people and columns of days; each cell has its shift, its wish and what is wrong."""
    wrong: defaultdict[int, list[Defect]] = defaultdict(list)
    for defect in table.defects():
        wrong[defect.key].append(defect)
    held: defaultdict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in table.held:
        held[duty.responder_id, duty.day].append(duty)
    shifts, posts = {row.pk: row for row in table.shifts}, {row.pk: row for row in table.posts}
    rows = []
    for member in table.members:
        cells = []
        for day in table.days:
            duties = held.get((member.responder_id, day), [])
            problems = [defect for duty in duties for defect in wrong.get(duty.pk, ())]
            cells.append({
                "day": day,
                "url": reverse("responders:roster_cell", args=[table.roster.uuid, member.responder_id, day.isoformat()])
                if may_edit else "",
                "duties": [
                    {"shift": shifts[duty.shift_id].name, "post": posts[duty.post_id].title,
                     "letter": "B" if duty.slot == AssignmentSlot.ALTERNATE else "A", "is_fixed": duty.is_fixed}
                    for duty in duties
                ],
                "wish": _wish(table, member.responder_id, day),
                "problems": [defect_words(defect) for defect in problems],
                "is_grave": any(defect.rule in PROTECTING for defect in problems),
            })  # fmt: skip
        count = sum(1 for cell in cells if cell["duties"])
        rows.append({"member": member, "name": name_in_roster(actor, member.responder), "cells": cells,
                     "skills": ", ".join(str(Skill(code).label) for code in member.responder.skills
                                         if code in Skill.values), "count": count})  # fmt: skip
    return {"days": [day_words(day) for day in table.days], "rows": rows, "wrong": sum(map(len, wrong.values()))}


def needs_grid(table: RosterTable) -> list[dict[str, Any]]:
    """Return a row for each shift and post: how many are there of how many needed, day by day."""
    placed: defaultdict[tuple[date, int, int, str], int] = defaultdict(int)
    for duty in table.held:
        placed[duty.day, duty.shift_id, duty.post_id, duty.slot] += 1
    rows = []
    for shift in table.shifts:
        for post in table.posts:
            cells = []
            for day in table.days:
                demand = table.demands.get((day, shift.pk, post.pk))
                needed, standby = (demand.count, demand.alternates) if demand else (0, 0)
                here = placed[day, shift.pk, post.pk, AssignmentSlot.PRIMARY]
                behind = placed[day, shift.pk, post.pk, AssignmentSlot.ALTERNATE]
                cells.append({
                    "day": day, "name": f"{day:%Y%m%d}-{shift.pk}-{post.pk}", "needed": needed, "here": here,
                    "alternates": standby, "behind": behind, "is_short": here < needed,
                    "is_thin": here >= needed and behind < standby,
                })  # fmt: skip
            rows.append({"shift": shift.name, "post": post.title, "cells": cells,
                         "skill": Skill(post.skill).label if post.skill else ""})  # fmt: skip
    return rows


def advice_words(table: RosterTable, came: Mapping[int, ShowUp]) -> list[str]:
    """Say for each shift how many came to such shifts before, and how many alternates make it safe."""
    lines = []
    for shift in table.shifts:
        past = came.get(part_of(shift.starts_minute))
        needed = max((row.count for (_day, which, _post), row in table.demands.items() if which == shift.pk), default=0)
        if past is not None and needed:
            lines.append(
                _("%(shift)s: of %(expected)s shifts at this time of day in the street, %(came)s were taken up. For "
                  "%(needed)s people, plan %(alternates)s alternates.")
                % {"shift": shift.name, "expected": past.expected, "came": past.came, "needed": needed,
                   "alternates": alternates_for(needed, past.rate)}
            )  # fmt: skip
    return lines


def proof_words(roster: Roster) -> dict[str, Any] | None:
    """Return what the last planning proved, in words."""
    proof = roster.plan
    if not proof:
        return None
    facts = {
        "objective": proof["objective"], "bound": proof["bound"], "gap": f"{100 * proof['gap']:.2f}",
        "placed": proof["placed"], "seconds": proof["seconds"].get("total", 0),
    }  # fmt: skip
    text = (
        _("%(placed)s shifts placed. No better roster exists: cost %(objective)s, proven bound %(bound)s.")
        if proof["is_optimal"]
        else _("%(placed)s shifts placed. At most %(gap)s %% could still be gained: cost %(objective)s, proven bound "
               "%(bound)s.")
    )  # fmt: skip
    return {"text": text % facts, "is_optimal": proof["is_optimal"], "seconds": facts["seconds"]}


def shortage_words(table: RosterTable) -> list[str]:
    """Say each demand the last planning could not meet: where, how many, and which rules over which days."""
    shifts, posts = {row.pk: row.name for row in table.shifts}, {row.pk: row.title for row in table.posts}
    lines = []
    for row in table.roster.plan.get("shortages", []):
        first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
        where = day_words(first) if first == last else f"{day_words(first)} – {day_words(last)}"
        facts = {
            "day": day_words(date.fromisoformat(row["day"])), "shift": shifts.get(row["shift"], ""),
            "post": posts.get(row["post"], ""), "letter": "B" if row["slot"] == AssignmentSlot.ALTERNATE else "A",
            "missing": row["missing"], "where": where,
            "rules": pgettext("list of rules", "; ").join(rule_words(rule) for rule in row["rules"]),
        }  # fmt: skip
        lines.append(
            (
                _("%(day)s, %(shift)s, %(post)s (%(letter)s): %(missing)s missing. Cannot be met on %(where)s because "
                  "of: %(rules)s.")
                if row["rules"]
                else _("%(day)s, %(shift)s, %(post)s (%(letter)s): %(missing)s missing. No proof was found in time; "
                       "plan once more with longer time.")
            )
            % facts
        )  # fmt: skip
    return lines


def day_words(day: date) -> str:
    """Return a day as "11-23 Mon"."""
    return f"{day:%m-%d} {date_format(day, 'D')}"


def roster_row(roster: Any) -> dict[str, Any]:
    """Return a row of the list."""
    status = RosterStatus(roster.status)
    return {
        "url": reverse("responders:roster", args=[roster.uuid]), "name": roster.name, "place": roster.place,
        "from": day_words(roster.starts_on), "days": roster.days, "held": roster.held,
        "state": {"label": status.label, "tone": TONES[status]},
    }  # fmt: skip


def _wish(table: RosterTable, person: int, day: date) -> str:
    kinds = {wish.kind for wish in table.wishes.get((person, day), ())}
    if WishKind.CANNOT in kinds:
        return "cannot"
    return "rather_not" if WishKind.RATHER_NOT in kinds else ""
