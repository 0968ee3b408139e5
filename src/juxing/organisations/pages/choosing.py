"""What the boxes of this room's forms offer while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.picking import offered
from juxing.kernel.web import ActorRequest, signed_in
from juxing.organisations import policy, queries

RIGHTS = {right.code: right for right in (policy.MANAGE, policy.COVER, policy.KEEP_STAFF, policy.FORM_BODIES)}


@signed_in(policy.SEE)
@never_cache
def people(request: ActorRequest) -> HttpResponse:
    """Offer who works where the actor holds the right the form is under."""
    right = RIGHTS.get(request.GET.get("scope", ""), policy.MANAGE)
    areas = request.actor.areas_with(right)
    return offered(queries.choosing.people_working_in(areas, now=clock.now()), request.GET.get("q", ""))


@signed_in(policy.SEE)
@never_cache
def organisations(request: ActorRequest) -> HttpResponse:
    """Offer organisations the actor sees."""
    area_code = request.GET.get("scope", "")[:12]
    return offered(queries.choosing.organisations_seen(request.actor, area_code=area_code), request.GET.get("q", ""))


@signed_in(policy.SEE)
@never_cache
def places(request: ActorRequest) -> HttpResponse:
    """Offer places and buildings of the actor's own areas."""
    return offered(queries.choosing.places_known(request.actor), request.GET.get("q", ""))
