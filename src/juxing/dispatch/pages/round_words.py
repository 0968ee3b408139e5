"""Rounds in words: what the order costs, how good it is known to be, and what it was counted by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.dispatch import delivery_terms as terms
from juxing.dispatch.enums import HELD, RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, RoundPlan
from juxing.dispatch.pages import words
from juxing.dispatch.pages.sketch import Mark, sketch
from juxing.dispatch.queries import HelperTask, LeftGroup, PlanDetail
from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.needs.enums import NeedType, Priority

DONE = (TaskStatus.DONE, TaskStatus.VERIFIED)


def minutes(seconds: int) -> str:
    """Return a time on the way in minutes, or hours from two on."""
    whole = round(seconds / 60)
    if whole >= 120:
        return _("%(hours)s h %(minutes)s min") % {"hours": whole // 60, "minutes": whole % 60}
    return _("%(minutes)s min") % {"minutes": whole}


def round_facts(walked: DeliveryRound) -> list[str]:
    """Return what there is to say about the order of a round."""
    said = [_("About %(time)s from leaving to the last door, stairs and handing over counted.") % {
        "time": minutes(walked.duration_s)}] if walked.duration_s else []  # fmt: skip
    if walked.change_count:
        again = ngettext("Planned again %(count)s time on the way.", "Planned again %(count)s times on the way.",
                         walked.change_count)  # fmt: skip
        said.append(again % {"count": walked.change_count})
    elif walked.plan is None:
        said.append(_("A first order, good enough to set out with; nobody searched for a better one yet."))
    else:
        said.append(_saving(walked.first_distance_m, walked.distance_m))
    if walked.late_s:
        late = {"time": minutes(walked.late_s)}
        said.append(_("Not all times asked for can be kept: %(time)s late in all. Tell the households.") % late)
    return said


def _saving(first_m: int | None, metres: int) -> str:
    if first_m is not None and first_m > metres:
        saved = {"way": words.distance(first_m - metres)}
        return _("Searched: %(way)s shorter than the first order.") % saved
    return _("Searched: it keeps the times asked for, and no shorter order was found.")


def plan_proof(detail: PlanDetail) -> dict[str, str] | None:
    """Return how good the rounds of a search are known to be, as a tone and a sentence."""
    plan = detail.plan
    if plan.objective is None or plan.bound is None:
        if plan.status != "done" or not plan.stop_count:
            return None
        return {"tone": "warning", "text": _(
            "Not every accepted request can be reached in the time asked for, so nothing is proven about the rest."
        )}  # fmt: skip
    if plan.objective <= plan.bound:
        return {"tone": "success", "text": _("Proven: no other rounds over these doors cost less.")}
    share = round(100 * (plan.objective - plan.bound) / max(1, plan.objective))
    return {"tone": "info", "text": _(
        "Not proven best: other rounds could save at most %(share)s percent of way and time; usually far less."
    ) % {"share": share}}  # fmt: skip


def formula() -> list[dict[str, Any]]:
    """Return what rounds are counted by, for a definition list."""
    carries = "; ".join(
        _("%(parcels)s, of them %(heavy)s heavy") % {"parcels": parcels, "heavy": heavy}
        for parcels, heavy in list(terms.CARRIES.values())[:1]
    )
    return [
        {"term": _("Way"), "value": _("straight line x %(factor)s") % {"factor": terms.DETOUR}},
        {"term": _("Pace"), "value": _("%(pace)s km/h on foot, for everyone") % {
            "pace": f"{terms.WALKING_M_PER_S * 3.6:.1f}"}},
        {"term": _("At the door"), "value": _("%(minutes)s min; each floor without a lift 25 s more") % {
            "minutes": terms.HANDING_OVER_S // 60}},
        {"term": _("Parcels on foot"), "value": carries},
        {"term": _("Meals"), "value": _("at mealtimes: 6:30-8:30, 11:00-13:00, 17:00-19:00")},
        {"term": _("Medicine"), "value": _("within %(hours)s hours") % {
            "hours": int(terms.MEDICINE_WITHIN.total_seconds() // 3600)}},
        {"term": Priority.URGENT.label, "value": _("within %(hours)s hours") % {
            "hours": int(terms.WITHIN[Priority.URGENT].total_seconds() // 3600)}},
    ]  # fmt: skip


def left_words(group: LeftGroup) -> dict[str, Any]:
    """Return deliveries left for one reason, with what would change it."""
    known = {
        "nobody_may": (_("Nobody free starts where the goods lie and has the skill"),
                       _("Ask one more helper near the supply point.")),
        "too_large": (_("Too much for one courier"), _("Ask someone with a car, or split what is asked for.")),
        "out_of_time": (_("Cannot be reached in the time asked for"), _("Start earlier, or agree on another time.")),
        "no_room": (_("No courier has room left"), _("One more courier, or one more task each, would take them.")),
        "not_worth": (_("Too far for one stop alone"), _("Look at it by hand.")),
        "nobody_free": (_("No helper has room left today"), _("Ask helpers for one more task today.")),
        "goods_missing": (_("Too little in stock"), _("Bring in goods, or change what is asked for.")),
        "helper_taken": (_("The courier was asked by another run meanwhile"), _("Plan again.")),
        "taken_meanwhile": (_("Changed while the search ran"), _("Nothing: it was changed or withdrawn.")),
    }  # fmt: skip
    label, change = known.get(group.reason, (group.reason, ""))
    return {
        "label": label, "count": group.count, "change": change,
        "obstacles": words.by_obstacle(words.need_line(need) for need in group.needs),
        "more": max(0, group.count - len(group.needs)),
    }  # fmt: skip


def arrival(planned_for: datetime | None) -> str:
    """Return the hour at which a door is reached by the plan."""
    return timezone.localtime(planned_for).strftime("%H:%M") if planned_for else ""


def stop_line(seen: HelperTask, number: int) -> dict[str, Any]:
    """Return a stop for a desk: place and what, persons masked."""
    task = seen.task
    is_done = task.status in DONE
    return {
        "number": number, "uuid": task.uuid, "need": task.need.number, "priority": task.need.priority,
        "title": NeedType(task.need.need_type).label, "state": words.task_state(task), "is_done": is_done,
        "at": "" if is_done else arrival(task.planned_for),
        "place": " ".join(part for part in (seen.estate, seen.building, masked_door(seen.door)) if part),
        "stairs": words.stairs_words(seen), "person": masked_name(seen.person),
        "telephone": masked_phone(seen.telephone),
    }  # fmt: skip


def sketch_of(
    walked: DeliveryRound, stops: list[HelperTask], *, phone: bool = False, home: tuple[float, float] | None = None
) -> dict[str, Any]:
    """Return the drawing of a round for ``_sketch.html``; a helper's home is drawn for themself only."""
    marks = [
        Mark(number, (seen.task.need.longitude, seen.task.need.latitude), seen.building, _kind(seen))
        for number, seen in enumerate(stops, start=1)
        if seen.task.need.longitude is not None and seen.task.need.latitude is not None
    ]
    depot = walked.depot
    start = (depot.longitude, depot.latitude) if depot and depot.longitude is not None and depot.latitude is not None \
        else home  # fmt: skip
    return {
        "sketch": sketch(start, marks, phone=phone),
        "start_label": pgettext("place on a map", "Start"),
        "sketch_label": _("Map of the round, %(count)s stops in their order") % {"count": len(marks)},
    }


def _kind(seen: HelperTask) -> str:
    task = seen.task
    if task.status in DONE:
        return "done"
    if task.status not in HELD:
        return "offered"
    return task.need.priority if task.need.priority in {Priority.LIFE_CRITICAL, Priority.URGENT} else ""


def is_running(plan: RoundPlan) -> bool:
    """Whether the search is under way."""
    return plan.status == "running"


def may_change(walked: DeliveryRound) -> bool:
    """Whether the round can be planned again."""
    return walked.status != RoundStatus.FINISHED
