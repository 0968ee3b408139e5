"""How a command says no: a reason a person can act on, the field it concerns, and nothing of another scope."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


NOT_PERMITTED = _("Your role does not allow this here. Ask your street's operator.")
NOT_FOUND = _("Nothing was found here. It may have moved, ended, or belong to another area.")


class Refusal(Exception):
    """
    A command did not do what was asked, and changed nothing.

    Pages show the message beside ``field`` (or above the form); the API answers it as problem details under
    ``code``, which is stable and may be relied on by other systems.
    """

    status: ClassVar[int] = 409

    def __init__(self, code: str, message: Words, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInput(Refusal):
    """What was sent cannot be understood or is out of range."""

    status = 422


class NotPermitted(Refusal):
    """The actor may know of the thing but not do this to it."""

    status = 403

    def __init__(
        self,
        code: str = "not_permitted",
        message: Words = NOT_PERMITTED,
    ) -> None:
        super().__init__(code, message)


class NotVisible(Refusal):
    """The thing does not exist for this actor; whether it exists for others is not revealed."""

    status = 404

    def __init__(
        self,
        code: str = "not_found",
        message: Words = NOT_FOUND,
    ) -> None:
        super().__init__(code, message)
