"""Generates one emergency day on a demo district."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from juxing_demo.behaviour import draw_behaviour
from juxing_demo.data_files import data
from juxing_demo.day_needs import DayPlan, plan_day
from juxing_demo.day_tables import Day, FollowUpTable, NeedItemTable, NeedTable
from juxing_demo.day_texts import Items, NeedWriter, Voice, Words, wanted_items
from juxing_demo.district_tables import District
from juxing_demo.draws import DEMO_SEED, Draws
from juxing_demo.order_chains import Chains, write_chains
from juxing_demo.spreadsheet_rows import write_rows
from juxing_demo.staff import contacts_of_households, heads_of_households

RECORDER = {
    "phone": "community_worker",
    "paper": "community_worker",
    "venue_desk": "community_worker",
    "proxy": "building_head",
    "door_knock": "grid_worker",
    "order_chain": "grid_worker",
    "hotline": "hotline_agent",
}
"""The role that enters what comes by a channel; web and mobile entries are the resident's own."""

WITHDRAWN, NEVER_CONFIRMED, REOPENED = 0.02, 0.22, 0.035
"""Shares of needs."""


def generate_day(district: District, *, seed: int = DEMO_SEED, day: int = 1) -> Day:
    """
    One day of the emergency: needs over all channels, raw chains and sheets, and how responders behave.

    Parameters
    ----------
    day
        From 1. Intake rises to 2.2 times the first day's on day 3 and then falls by a tenth a day.

    Raises
    ------
    ValueError
        If `day` is below 1.
    """
    plan = plan_day(district, seed, day)
    words = Words.of(district)
    voice = Voice(Draws(seed, district.size, "texts", day))
    writer = NeedWriter(district, plan, words, voice, heads_of_households(district.residents.household_row))
    items = _items(plan, writer.voice)
    chains = write_chains(writer, items, Draws(seed, district.size, "chains", day))
    for row, changed in chains.outcome.items.items():
        items[row] = changed
    _repeat_wishes(plan, items)
    texts = [chains.outcome.texts.get(row) or writer.text(row, items[row]) for row in range(len(plan.channel))]
    sheet = write_rows(writer, items, texts, day, Draws(seed, district.size, "sheet", day))
    pastes, lines, line_items = chains.tables()
    needs = _needs(district, plan, texts, chains, Draws(seed, district.size, "needs table", day))
    needs.spreadsheet_row[sheet.need_row[sheet.need_row >= 0]] = np.flatnonzero(sheet.need_row >= 0)
    return Day(
        day=day,
        seed=seed,
        needs=needs,
        need_items=_item_table(items),
        follow_ups=_follow_ups(plan, chains, Draws(seed, district.size, "follow-ups", day)),
        order_chains=pastes,
        order_chain_lines=lines,
        order_chain_items=line_items,
        spreadsheet_rows=sheet,
        behaviour=draw_behaviour(district.responders, seed, day),
    )


def _items(plan: DayPlan, voice: Voice) -> list[Items]:
    """Items of each need; a repeated need asks for the same."""
    result: list[Items] = []
    for row, kind in enumerate(plan.need_type):
        original = int(plan.duplicate_of[row])
        result.append(result[original] if original >= 0 else wanted_items(kind, voice))
    return result


def _repeat_wishes(plan: DayPlan, items: list[Items]) -> None:
    """What a chain changed is asked for again unchanged when the need is repeated elsewhere."""
    for row in np.flatnonzero(plan.duplicate_of >= 0).tolist():
        items[row] = items[int(plan.duplicate_of[row])]


def _item_table(items: list[Items]) -> NeedItemTable:
    rows = [(row, slug, quantity) for row, own in enumerate(items) for slug, quantity in own]
    return NeedItemTable(
        need_row=np.array([row[0] for row in rows], dtype=np.int32),
        item=[row[1] for row in rows],
        quantity=np.array([row[2] for row in rows], dtype=float),
    )


def _needs(district: District, plan: DayPlan, texts: list[str], chains: Chains, draws: Draws) -> NeedTable:
    count = len(texts)
    contact = contacts_of_households(district.residents)[plan.household]
    people = district.residents
    line_row = np.full(count, -1, dtype=np.int32)
    for need, line in chains.line_of_need.items():
        line_row[need] = line
    is_proxy = np.array([channel == "proxy" for channel in plan.channel])
    return NeedTable(
        arrived_s=plan.arrived_s.astype(np.int32),
        channel=plan.channel,
        need_type=plan.need_type,
        priority=plan.priority,
        household_row=plan.household.astype(np.int32),
        resident_row=plan.resident.astype(np.int32),
        text=texts,
        contact_name=[people.name[row] for row in contact.tolist()],
        contact_phone=[people.phone[row] for row in contact.tolist()],
        recorded_by_row=_recorders(district, plan, draws),
        consent_given=~is_proxy | draws.chance(0.93, count),
        duplicate_of_row=plan.duplicate_of.astype(np.int32),
        spreadsheet_row=np.full(count, -1, dtype=np.int32),
        chain_line_row=line_row,
    )


def _recorders(district: District, plan: DayPlan, draws: Draws) -> NDArray[np.int32]:
    """The account that enters each need: whoever of the channel's role stands nearest above the household."""
    by_role: dict[tuple[str, str], list[int]] = {}
    for row, (role, area) in enumerate(district.staff.rows("role", "area_code")):
        by_role.setdefault((role, area), []).append(row)
    building_row = district.households.building_row[plan.household].tolist()
    pick = draws.uniform(len(plan.channel)).tolist()
    result: list[int] = []
    for channel, building, value in zip(plan.channel, building_row, pick, strict=True):
        role = RECORDER.get(channel, "")
        code = district.buildings.code[building]
        areas = (code, code[:21], code[:12], code[:6])
        found = next((by_role[role, area] for area in areas if (role, area) in by_role), [])
        if role and not found:
            found = by_role["grid_worker", code[:21]]
        result.append(found[int(value * len(found))] if found else -1)
    return np.array(result, dtype=np.int32)


def _follow_ups(plan: DayPlan, chains: Chains, draws: Draws) -> FollowUpTable:
    count = len(plan.channel)
    voice = Voice(draws)
    texts = data("needs")["text"]
    withdraw = np.where(draws.chance(WITHDRAWN, count), 20 + draws.below(count, 300), -1)
    for need, second in chains.outcome.withdrawn_s.items():
        withdraw[need] = max(1, (second - int(plan.arrived_s[need])) // 60)
    confirm = np.where(draws.chance(NEVER_CONFIRMED, count), -1, 1 + draws.below(count, 240))
    reopened = (draws.chance(REOPENED, count) & (withdraw < 0)).tolist()
    reopen_text = [voice.one(texts["reopen"]["texts"]) if each else "" for each in reopened]
    score = np.where(reopened, 1 + draws.below(count, 3), 3 + draws.choose(count, [8, 27, 65]))
    score = np.where((confirm < 0) | draws.chance(0.35, count), 0, score)
    says = [texts["feedback"]["bad" if 0 < value < 4 else "good"] if value else [""] for value in score.tolist()]
    return FollowUpTable(
        need_row=np.arange(count, dtype=np.int32),
        withdraw_after_min=withdraw.astype(np.int32),
        confirm_after_min=confirm.astype(np.int32),
        reopen_text=reopen_text,
        feedback_text=[voice.one(choices) for choices in says],
        score=score.astype(np.int32),
    )
