"""Why this helper, why nobody, and what is proven: the engine's reasons in sentences a grid worker understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.dispatch.enums import PlacementStatus, UnservedReason
from juxing.dispatch.models import LivePlacement, Match, Task
from juxing.dispatch.pages import words
from juxing.dispatch.queries import RunDetail, UnservedGroup, UnservedNeed
from juxing.kernel.masking import masked_name
from juxing.needs.models import Need
from juxing.responders.enums import LICENSED
from juxing.responders.gates import Missing
from juxing.responders.models import Responder

MOST_GATES = 4


def reasons_for(task: Task) -> list[str]:
    """Return why this helper was asked, in sentences; [] for tasks recorded by hand."""
    match = task.match
    if match is None:
        return [_("It lies on the way of the round.")] if task.round_id is not None else []
    if match.distance_m is None:
        return []
    if not match.cost_parts:
        return [_("Whoever was asked before is needed for a life-critical request. It is %(way)s to walk.") % {
            "way": words.distance(match.distance_m)}]  # fmt: skip
    said = [_chosen(match, task.need)]
    said.append(_runner_up(match) if match.runner_up_extra_m is not None else _("Nobody else could be asked."))
    if match.cost_parts.get("language"):
        said.append(_("Nobody who speaks the resident's language was near enough."))
    if match.cost_parts.get("adjustment", 0) < 0:
        said.append(_("The resident asked for this helper."))
    return said


def _chosen(match: Match, need: Need) -> str:
    """Nobody who could be asked costs less, so the chosen one is the nearest; else another plan is better for all."""
    is_nearest = match.runner_up_extra_m is None or sum(match.runner_up_parts.values()) >= 0
    licensed = [skill for skill in need.required_skills if skill in LICENSED]
    values = {"way": words.distance(match.distance_m), "skills": words.skill_words(licensed or need.required_skills)}
    if licensed and is_nearest:
        return _("Nearest with the licence (%(skills)s): %(way)s to walk.") % values
    if values["skills"] and is_nearest:
        return _("Nearest who can do it (%(skills)s): %(way)s to walk.") % values
    if values["skills"]:
        return _("Has what it takes (%(skills)s) and has %(way)s to walk.") % values
    if is_nearest:
        return _("Nearest who is free: %(way)s to walk.") % values
    return _("Has %(way)s to walk.") % values


def _runner_up(match: Match) -> str:
    extra_m, parts = match.runner_up_extra_m or 0, match.runner_up_parts
    values = {"way": words.distance(abs(extra_m))}
    if sum(parts.values()) < 0 or (extra_m < 0 and not parts.get("language")):
        return _("Someone %(way)s nearer is needed elsewhere: all ways together are shorter like this.") % values
    if extra_m > 0:
        said = _("The next one would walk %(way)s more.") % values
    elif extra_m < 0:
        said = _("The next one would walk %(way)s less.") % values
    else:
        said = _("The next one has the same way.")
    if parts.get("language", 0) > 0:
        said += " " + _("They do not speak the resident's language, which weighs like %(way)s.") % {
            "way": words.distance(parts["language"])}  # fmt: skip
    if parts.get("adjustment", 0) > 0:
        said += " " + _("The resident asked for this one and not for them.")
    return said


def unserved_words(group: UnservedGroup) -> dict[str, Any]:
    """Return a group of needs left with what would change it, and each need's own obstacle."""
    known = group.reason in UnservedReason.values
    return {
        "label": UnservedReason(group.reason).label if known else group.reason,
        "count": group.count,
        "change": _what_would_change(group),
        "skills": [(words.skill_words(skills), count) for skills, count in group.skills],
        "goods": [(item.name, item.unit_label, f"{total.normalize():f}") for item, total in group.goods],
        "obstacles": words.by_obstacle(
            words.need_line(left.need) | {"why": obstacle(group.reason, left)} for left in group.needs
        ),
        "more": max(0, group.count - len(group.needs)),
    }


def obstacle(reason: str, left: UnservedNeed) -> str:
    """Return what stands in the way of one need and how little would remove it; "" where nothing is known."""
    facts = left.facts
    said = _left_because(reason, facts)
    return f"{said} {gate_words(facts['barred'])}".strip() if facts.get("barred") else said


def gate_words(shown: dict[str, Any]) -> str:
    """Return how many could not be asked because of what they have not shown, and what that is; "" for nobody."""
    if not shown:
        return ""
    missing = [f"{Missing(kind, code).label} ({count})" for kind, code, count in shown["missing"][:MOST_GATES]]
    if shown.get("far"):
        told = ngettext("%(count)s person further away could not be asked: missing is %(missing)s.",
                        "%(count)s people further away could not be asked: missing is %(missing)s.",
                        shown["people"])  # fmt: skip
    else:
        told = ngettext("%(count)s person could not be asked: missing is %(missing)s.",
                        "%(count)s people could not be asked: missing is %(missing)s.", shown["people"])  # fmt: skip
    return told % {"count": shown["people"], "missing": pgettext("dispatch", ", ").join(missing)}


def _left_because(reason: str, facts: dict[str, Any]) -> str:
    values = {
        "way": words.distance(facts.get("nearest_m")), "beyond": words.distance(facts.get("beyond_m")),
        "skills": words.skill_words(facts.get("lacking", [])), "count": facts.get("refused", 0),
    }  # fmt: skip
    if reason == UnservedReason.NOBODY_QUALIFIED and facts.get("lacking"):
        return _("Nobody here has: %(skills)s.") % values
    if reason == UnservedReason.NOBODY_QUALIFIED and facts:
        return _("Each skill is here, but nobody has all of them at once. Two helpers could go together.")
    if reason == UnservedReason.OUT_OF_REACH and "beyond_m" in facts:
        return _("The nearest who could is %(way)s away. %(beyond)s more reach would do.") % values
    if reason == UnservedReason.ALL_DECLINED and facts:
        asked = ngettext("%(count)s helper near enough was asked and did not say yes.",
                         "%(count)s helpers near enough were asked and did not say yes.", values["count"])  # fmt: skip
        return asked % values
    if reason == UnservedReason.NO_CAPACITY:
        return ""
    if "nearest_m" in facts:
        return _("The nearest who could is %(way)s away and has no room left: one more task there would do.") % values
    return ""


def _what_would_change(group: UnservedGroup) -> str:
    reason = group.reason
    known = {
        UnservedReason.NOBODY_QUALIFIED: _(
            "Someone with the skill has to report in, or verify those who wait for it. The next street may have one."
        ),
        UnservedReason.GATE_NOT_PASSED: _(
            "Let them show what is missing: take out the insurance, give the lesson or the briefing, hand out the "
            "equipment. They are asked in the next run."
        ),
        UnservedReason.NO_CAPACITY: _("Ask those with the skill for one more task, or find one more of them."),
        UnservedReason.OUT_OF_REACH: _("Ask helpers further away whether they would come, or arrange a car."),
        UnservedReason.ALL_DECLINED: _("Tomorrow they are asked again. Today someone new would have to report in."),
        UnservedReason.COSTS_MORE_THAN_PENALTY: _("Look at the need by hand."),
        UnservedReason.GOODS_MISSING: _("Bring in goods, or change what is asked for."),
        UnservedReason.PLACE_UNKNOWN: _("Find out the building and write it into the need."),
        UnservedReason.HELPER_TAKEN: _("The next run looks for someone else."),
        UnservedReason.TAKEN_MEANWHILE: _("Nothing: it was changed or withdrawn in the meantime."),
    }
    if reason in known:
        return known[UnservedReason(reason)]
    more = ngettext(
        "At least %(count)s more task taken today would serve them.",
        "At least %(count)s more tasks taken today would serve them.",
        group.count,
    )
    return more % {"count": group.count}


def proof_words(detail: RunDetail) -> dict[str, str] | None:
    """Return what was proven about the plan, as a tone and a sentence; None if nothing was, or nothing asked."""
    run = detail.run
    if run.objective is None or run.bound is None or not run.need_count:
        return None
    if detail.is_proven_best and run.proof.get("method") == "live":
        return {"tone": "success", "text": _("Proven: without moving anyone, nobody could be asked who is better.")}
    if detail.is_proven_best:
        return {
            "tone": "success",
            "text": _("Proven: no better plan exists among all pairs of these requests and helpers."),
        }
    values = {"gap": words.distance(run.objective - run.bound)}
    if run.proof.get("method") == "live":
        return {"tone": "info", "text": _(
            "Each in turn was offered to the best who was free, counting what everyone has been asked for already. "
            "Taken together and without that, another plan could be better by at most %(gap)s of way."
        ) % values}  # fmt: skip
    if run.finish_asked_at is not None:
        return {"tone": "warning", "text": _(
            "Finished early on request: another plan could be better by at most %(gap)s of way, counted by the formula."
        ) % values}  # fmt: skip
    return {"tone": "warning", "text": _(
        "Not proven best: another plan could be better by at most %(gap)s of way, counted by the formula."
    ) % values}  # fmt: skip


def proof_items(detail: RunDetail) -> list[dict[str, Any]]:
    """Return what was asked and what was proven, figure by figure, for a definition list."""
    run, proof = detail.run, detail.run.proof
    if run.objective is None or run.bound is None or not proof:
        return []
    checked = {
        "every_pair": _("by a second program that looked at every pair"),
        "by_cells": _("by a second program that left out only parts of the map that cannot matter"),
    }
    check = checked.get(proof.get("checked", ""), "")
    if proof.get("is_confirmed") is False:
        check = _("The second program does not agree. Tell the operators of the system.")
    question = _("%(needs)s requests, %(helpers)s helpers with %(room)s tasks free") % proof
    return [
        {"term": _("The question"), "value": question},
        {"term": _("Pairs considered"), "value": f"{proof.get('pairs', 0):,}"},
        {"term": _("Cost of this plan"), "value": f"{run.objective:,}"},
        {"term": _("No plan costs less than"), "value": f"{run.bound:,}"},
        {"term": pgettext("dispatch", "Gap"), "value": f"{run.objective - run.bound:,}"},
        {"term": _("Checked again"), "value": check},
        {"term": _("Certificate"), "value": proof.get("digest", "")},
    ]  # fmt: skip


def placement_words(placement: LivePlacement, helpers: dict[int, Responder], *, may_take: bool) -> dict[str, Any]:
    """Return a life-critical need's two answers: who was asked at once, and what the exact plan would change."""
    status = PlacementStatus(placement.status)
    is_open = status == PlacementStatus.OPEN
    values = {
        "instant": name_of(placement.instant_id, helpers), "instant_way": words.distance(placement.instant_m),
        "exact": name_of(placement.exact_id, helpers), "exact_way": words.distance(placement.exact_m),
        "gain": words.distance(placement.gain_m), "milliseconds": round(1000 * placement.seconds),
    }  # fmt: skip
    if placement.instant_id is None:
        asked = _("Nobody was free, so the exact plan was carried out at once: %(exact)s, %(exact_way)s.") % values
    else:
        asked = _("Asked at once, moving nobody: %(instant)s, %(instant_way)s.") % values
    better = ""
    if status != PlacementStatus.NO_BETTER and placement.instant_id is not None:
        better = _("The exact plan asks %(exact)s (%(exact_way)s) and saves %(gain)s in all, moves counted.") % values
    return {
        "uuid": placement.uuid, "need": words.need_line(placement.need), "asked": asked, "better": better,
        "state": {"label": status.label, "tone": "waiting" if is_open else "done"},
        "moves": [_move(move, helpers) for move in placement.moves], "may_take": is_open and may_take,
        "took": _("Computed in %(milliseconds)s ms.") % values,
    }  # fmt: skip


def _move(move: dict[str, Any], helpers: dict[int, Responder]) -> dict[str, str]:
    extra = move.get("extra_m")
    if move["after"] is None:
        change = _("waits again")
    elif extra is None:
        change = ""
    else:
        change = ("+" if extra >= 0 else "-") + words.distance(abs(extra))
    return {
        "before": name_of(move["before"], helpers), "after": name_of(move["after"], helpers) if move["after"] else "–",
        "change": change, "number": str(move.get("number", "")),
    }  # fmt: skip


def name_of(pk: int | None, helpers: dict[int, Responder]) -> str:
    """Return a helper's masked name."""
    helper = helpers.get(pk or 0)
    return masked_name(helper.name) if helper is not None and helper.name else _("someone who left")


def placements_shown(detail: RunDetail, *, may_take: bool) -> Sequence[dict[str, Any]]:
    """Return the placements of a run in words."""
    return [placement_words(one, detail.helpers, may_take=may_take) for one in detail.placements]
