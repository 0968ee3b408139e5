"""
What people may be looked at and taken out for: role x area x purpose x time.

Rights say where a role may look; a purpose says what for, and which roles have it at all. It is written into the
journal with every look and every file, and shown to the resident who asks who looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, KEPT_APART, Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Words
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class ProcessingPurpose:
    """
    One purpose (处理目的). ``roles`` have it; ``opens_single`` persons, ``opens_lists`` of them, or both.

    ``objection`` names the purpose of the field registry to which a resident may object; a standing objection closes
    this one for that resident. "" is for what the law asks of a community whether or not somebody objects.
    """

    code: str
    label: Words
    roles: frozenset[str]
    opens_single: bool = True
    opens_lists: bool = False
    objection: str = ""


processing_purposes: Registry[ProcessingPurpose] = Registry("processing purpose")
EVERYBODY = frozenset(Role) - {Role.RESIDENT}


def declare_purpose(
    code: str, label: Words, *, roles: Iterable[str], opens_single: bool = True, opens_lists: bool = False,
    objection: str = "",
) -> ProcessingPurpose:  # fmt: skip
    """Register a purpose, so that pages offer it and the journal can name it."""
    return processing_purposes.add(
        code, ProcessingPurpose(code, label, frozenset(roles), opens_single, opens_lists, objection)
    )


ANSWERING = declare_purpose(
    "answering", _("Answering a request for help"),
    roles={*COMMUNITY_DESK, *DOORSTEP, *COMMAND, Role.HOTLINE_AGENT, Role.RESPONDER, Role.TEAM_LEADER},
)  # fmt: skip
VISITING = declare_purpose(
    "visiting", _("Visiting those who need it most"), roles={*COMMUNITY_DESK, *DOORSTEP}, opens_lists=True,
    objection="care",
)  # fmt: skip
EMERGENCY = declare_purpose(
    "emergency", _("Protecting life in an emergency"), roles={*COMMUNITY_DESK, *DOORSTEP, *COMMAND, Role.HOTLINE_AGENT},
    opens_lists=True,
)  # fmt: skip
CORRECTING = declare_purpose(
    "correcting", _("Correcting what is written"), roles={*COMMUNITY_DESK, *DOORSTEP, *COMMAND}, opens_lists=True
)
RIGHTS_OF_PERSONS = declare_purpose(
    "rights", _("Answering a person about their own data"), roles={*COMMUNITY_DESK, Role.PRIVACY_OFFICER}
)
RUNNING_THE_SERVICE = declare_purpose(
    "running", _("Organising work: posts, places, stocks"), roles=EVERYBODY, opens_single=False, opens_lists=True
)
OVERSIGHT = declare_purpose(
    "oversight", _("Audit and oversight"), roles=KEPT_APART, opens_single=False, opens_lists=True
)


def purposes_for(actor: Actor, *, area_code: str = "", lists: bool = False) -> list[ProcessingPurpose]:
    """Return the purposes an actor may name at a place, or anywhere, for one person or for a list."""
    return [
        purpose
        for _code, purpose in processing_purposes
        if (purpose.opens_lists if lists else purpose.opens_single)
        and any(
            grant.role in purpose.roles and area_code.startswith(grant.area_code[: len(area_code)])
            for grant in actor.grants
        )
    ]  # fmt: skip


def require_purpose(actor: Actor, code: str, *, area_code: str, lists: bool = False) -> ProcessingPurpose:
    """
    Return the purpose, if the actor may name it at the place.

    Raises:
        InvalidInput: for one nobody registered, or that does not open this.
        NotPermitted: if no role of the actor there has it.
    """
    if code not in processing_purposes:
        raise InvalidInput("purpose_unknown", _("Choose what you need it for."), field="purpose")
    purpose = processing_purposes[code]
    if not (purpose.opens_lists if lists else purpose.opens_single):
        raise InvalidInput("purpose_does_not_open", _("This purpose does not open that."), field="purpose")
    has_it = actor.rights_everywhere or any(
        grant.role in purpose.roles and area_code.startswith(grant.area_code) for grant in actor.grants
    )
    if not has_it:
        raise NotPermitted
    return purpose
