"""What holds where I serve, on a phone: for everyone who works, with what one's role does first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from juxing.activations import queries
from juxing.kernel import clock
from juxing.kernel.web import ActorRequest, signed_in
from juxing.plans.content import parsed
from juxing.plans.enums import ResponseLevel
from juxing.plans.policy import SEE
from juxing.plans.queries import first_actions_for


@signed_in()
def here(request: ActorRequest) -> HttpResponse:
    """Show the public posture of the reader's places, and the first actions of the reader's roles."""
    now = clock.now()
    holdings = queries.holdings_here(actor=request.actor, now=now)
    names = queries.place_names(holding.area_code for holding in holdings)
    is_chinese = (get_language() or "").startswith("zh")
    first = [
        {"title": row.title if is_chinese or not row.title_en else row.title_en, "minutes": row.within_min,
         "plan": plan.title}
        for plan, content in first_actions_for(actor=request.actor)
        for row in parsed(content).first_actions if row.role in set(request.actor.roles())
    ]  # fmt: skip
    context = {
        "page_title": _("What holds here"), "first": first, "now": now, "reads_plans": request.actor.may_somewhere(SEE),
        "holdings": [
            {"title": holding.title, "level": ResponseLevel(holding.level).label, "place": names[holding.area_code],
             "until": holding.until, "is_exercise": holding.is_exercise}
            for holding in holdings
        ],
    }  # fmt: skip
    return render(request, "activations/here.html", context)
