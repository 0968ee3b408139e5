"""Who acts: the person or process behind a request, and the grants it holds at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from juxing.kernel.areas import EVERYWHERE, NOWHERE, Areas
from juxing.kernel.refusals import NotPermitted

if TYPE_CHECKING:
    from juxing.kernel.rights import Right


class ActorKind(StrEnum):
    """What stands behind an act; written into every journal entry."""

    ACCOUNT = "account"
    RESIDENT = "resident"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held over everything whose code starts with ``area_code`` ("" is everywhere)."""

    role: str
    area_code: str


@dataclass(frozen=True, slots=True)
class ActingFor:
    """
    A post the actor fills for its absent holder; ``holder`` is "" for a post nobody holds.

    What the actor does at the place or below is written down with it; ``role`` is what goes with the post, or "".
    """

    post_uuid: UUID
    post: str
    holder: str
    area_code: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """
    The one on whose authority a command runs.

    Built once per request from grants that are in force then; an expired grant is simply not in it. ``name`` is
    what the journal shows. ``account_id`` is None for residents without an account and for the system.
    """

    kind: ActorKind
    name: str
    account_id: int | None = None
    grants: tuple[Grant, ...] = ()
    rights_everywhere: bool = False
    acting_for: tuple[ActingFor, ...] = ()

    @classmethod
    def system(cls, name: str) -> Actor:
        """A process of Juxing itself, named for the journal; it may do everything, everywhere."""
        return cls(kind=ActorKind.SYSTEM, name=name, rights_everywhere=True)

    @classmethod
    def resident(cls) -> Actor:
        """A person without an account; sees only what a link or code in hand opens."""
        return cls(kind=ActorKind.RESIDENT, name="resident")

    @property
    def areas(self) -> Areas:
        """Everything any grant reaches: the outer bound that row security enforces."""
        if self.rights_everywhere:
            return EVERYWHERE
        return Areas(grant.area_code for grant in self.grants)

    def areas_with(self, right: Right) -> Areas:
        """Where the actor holds this right."""
        if self.rights_everywhere:
            return EVERYWHERE
        return Areas(grant.area_code for grant in self.grants if grant.role in right.roles)

    def may(self, right: Right, area_code: str) -> bool:
        """Whether the actor holds this right at this place."""
        return area_code in self.areas_with(right)

    def may_somewhere(self, right: Right) -> bool:
        """Whether the actor holds this right anywhere: decides what navigation offers."""
        return self.areas_with(right) != NOWHERE

    def require(self, right: Right, area_code: str) -> None:
        """
        Do nothing if the actor holds the right at this place.

        Raises:
            NotPermitted: otherwise.
        """
        if not self.may(right, area_code):
            raise NotPermitted

    def acts_for(self, area_code: str) -> list[ActingFor]:
        """Return the posts for which an act at this place is done, the closest first."""
        return [stand for stand in self.acting_for if area_code.startswith(stand.area_code)]

    def roles(self) -> Iterable[str]:
        """The distinct roles held, for display."""
        return sorted({grant.role for grant in self.grants})
