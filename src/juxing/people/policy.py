"""Who may look people up, see a name in full, know of special care, and change what is written about a person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.people.models import Consent, DataSubjectRequest, Resident, SpecialCareProfile

FIND = declare(
    "people.find", _("Look residents up, with names and phones masked"),
    roles={*COMMUNITY_DESK, *DOORSTEP, Role.STREET_OPERATOR, Role.DISTRICT_OPERATOR, Role.HOTLINE_AGENT},
)  # fmt: skip
REVEAL = declare(
    "people.reveal", _("See a resident's name and phone in full, with the reason in the journal"),
    roles={*COMMUNITY_DESK, *DOORSTEP, Role.HOTLINE_AGENT},
)  # fmt: skip
SEE_CARE = declare("people.see_care", _("See who needs special care"), roles={*COMMUNITY_DESK, Role.GRID_WORKER})
REGISTER = declare(
    "people.register", _("Register residents and change what is written about them"),
    roles={*COMMUNITY_DESK, Role.GRID_WORKER},
)  # fmt: skip
IMPORT = declare(
    "people.import", _("Import households and residents from a spreadsheet"),
    roles={*COMMUNITY_DESK, Role.STREET_OPERATOR, Role.DISTRICT_OPERATOR, Role.SYSTEM_ADMIN},
)  # fmt: skip
ANSWER_REQUESTS = declare(
    "people.answer_requests", _("Answer what residents ask about their own data"),
    roles={*COMMUNITY_DESK, Role.PRIVACY_OFFICER},
)  # fmt: skip
EXPORT = declare(
    "people.export", _("Take lists of residents out as a file"),
    roles={Role.COMMUNITY_SECRETARY, Role.STREET_OPERATOR, Role.DISTRICT_OPERATOR},
)  # fmt: skip
SEE_PURPOSES = declare(
    "people.see_purposes", _("See why each personal field is kept"), roles=frozenset(Role) - {Role.RESIDENT}
)


def can_find(actor: Actor, resident: Resident) -> bool:
    """Whether the actor may know, masked, that this person lives here."""
    return actor.may(FIND, resident.area_code)


def can_reveal(actor: Actor, resident: Resident) -> bool:
    """Whether the actor may see the person's name and phone in full."""
    return actor.may(REVEAL, resident.area_code)


def can_see_care(actor: Actor, profile: SpecialCareProfile) -> bool:
    """Whether the actor may know why the person is visited first."""
    return actor.may(SEE_CARE, profile.area_code)


def can_change(actor: Actor, resident: Resident) -> bool:
    """Whether the actor may change what is written about the person."""
    return actor.may(REGISTER, resident.area_code)


def visible_residents(actor: Actor) -> ScopedQuerySet[Resident]:
    """Residents for which ``can_find`` holds."""
    return Resident.objects.inside(actor.areas_with(FIND))


def visible_care(actor: Actor) -> ScopedQuerySet[SpecialCareProfile]:
    """Profiles for which ``can_see_care`` holds."""
    return SpecialCareProfile.objects.inside(actor.areas_with(SEE_CARE))


def visible_consents(actor: Actor) -> ScopedQuerySet[Consent]:
    """Consents of residents for whom ``can_find`` holds."""
    return Consent.objects.inside(actor.areas_with(FIND))


def can_answer_request(actor: Actor, request: DataSubjectRequest) -> bool:
    """Whether the actor may answer what the resident asked."""
    return actor.may(ANSWER_REQUESTS, request.area_code)


def visible_requests(actor: Actor) -> ScopedQuerySet[DataSubjectRequest]:
    """Requests for which ``can_answer_request`` holds."""
    return DataSubjectRequest.objects.inside(actor.areas_with(ANSWER_REQUESTS))
