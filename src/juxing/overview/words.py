"""Words of the picture: times, reasons, facts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from juxing.kernel.refusals import Words

REASONS: dict[str, Words] = {
    "nobody_qualified": gettext_lazy("Nobody here has the skill"),
    "no_capacity": gettext_lazy("Everyone qualified has their hands full"),
    "out_of_reach": gettext_lazy("Too far for everyone available"),
    "all_declined": gettext_lazy("Everyone near enough has declined"),
    "costs_more_than_penalty": gettext_lazy("The way is out of proportion"),
    "capacity_used_by_higher_priority": gettext_lazy("More urgent needs came first"),
    "capacity_used_by_others": gettext_lazy("More needs than helpers"),
    "goods_missing": gettext_lazy("The goods are not in stock"),
    "taken_meanwhile": gettext_lazy("Changed during the matching"),
}
REMEDIES: dict[str, Words] = {
    "nobody_qualified": gettext_lazy("Ask an action branch or another street for people with this skill."),
    "no_capacity": gettext_lazy("Call more people with this skill, or ask the street for some."),
    "out_of_reach": gettext_lazy("Call on helpers with a vehicle, or ask the neighbouring community."),
    "all_declined": gettext_lazy("Phone someone yourself; the system will not ask the same people again today."),
    "costs_more_than_penalty": gettext_lazy("Decide by hand whether someone goes."),
    "capacity_used_by_higher_priority": gettext_lazy("Call more responders; these follow when hands are free."),
    "capacity_used_by_others": gettext_lazy("Call more responders to report in."),
    "goods_missing": gettext_lazy("Order the goods, or have them sent from another depot."),
    "taken_meanwhile": gettext_lazy("Nothing to do: the next matching looks at them again."),
}
FACTS = {
    "needs.need.record": ngettext_lazy("%(count)d need recorded", "%(count)d needs recorded", "count"),
    "needs.need.fulfil": ngettext_lazy("%(count)d need delivered", "%(count)d needs delivered", "count"),
    "needs.need.confirm": ngettext_lazy(
        "%(count)d delivery confirmed by the household", "%(count)d deliveries confirmed by households", "count"
    ),
    "needs.need.reopen": ngettext_lazy(
        "%(count)d need reopened: something was wrong", "%(count)d needs reopened: something was wrong", "count"
    ),
    "needs.need.withdraw": ngettext_lazy("%(count)d need withdrawn", "%(count)d needs withdrawn", "count"),
    "needs.need.mark_unmet": ngettext_lazy(
        "%(count)d need closed as unmet", "%(count)d needs closed as unmet", "count"
    ),
    "dispatch.run.offer": ngettext_lazy("%(count)d matching finished", "%(count)d matchings finished", "count"),
    "dispatch.task.offer": ngettext_lazy("%(count)d task offered", "%(count)d tasks offered", "count"),
    "dispatch.task.accept": ngettext_lazy("%(count)d task accepted", "%(count)d tasks accepted", "count"),
    "dispatch.task.decline": ngettext_lazy("%(count)d task declined", "%(count)d tasks declined", "count"),
    "dispatch.task.expire": ngettext_lazy(
        "%(count)d offer ran out unanswered", "%(count)d offers ran out unanswered", "count"
    ),
    "dispatch.task.block": ngettext_lazy("%(count)d task blocked", "%(count)d tasks blocked", "count"),
    "dispatch.task.check_in": ngettext_lazy("%(count)d helper on the way", "%(count)d helpers on the way", "count"),
    "responders.responder.register": ngettext_lazy(
        "%(count)d person reported in", "%(count)d people reported in", "count"
    ),
}
FACT_TONES = {
    "needs.need.confirm": "good", "needs.need.fulfil": "good", "needs.need.reopen": "bad",
    "needs.need.mark_unmet": "bad", "dispatch.task.block": "bad", "dispatch.task.expire": "warn",
}  # fmt: skip
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 1440


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, as roughly as people say it."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < MINUTES_AN_HOUR:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if minutes < MINUTES_A_DAY:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    days, rest = divmod(minutes, MINUTES_A_DAY)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": rest // MINUTES_AN_HOUR}


def quantity(value: Decimal) -> str:
    """Return a quantity without idle zeros."""
    return f"{value.normalize():f}" if value else "0"


def reason_words(reason: str) -> str:
    """Return why a need found nobody, the code itself for a reason this version does not know."""
    return str(REASONS.get(reason, reason))


def fact_words(action: str, count: int) -> str:
    """Return what was done how often."""
    return str(FACTS[action] % {"count": count})
