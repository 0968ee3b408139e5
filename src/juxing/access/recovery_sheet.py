"""Recovery codes on their way to the one page that shows them: sealed in the session, gone when shown."""

from __future__ import annotations

from django.http import HttpRequest

from juxing.kernel.fields import UnreadableField, decrypt, encrypt

KEY, COLUMN = "access.new_codes", "session.recovery_codes"


def keep_shown_once(request: HttpRequest, codes: list[str]) -> None:
    """Keep codes for the next page."""
    request.session[KEY] = encrypt(" ".join(codes), column=COLUMN)


def shown_once(request: HttpRequest) -> list[str]:
    """Return the codes that were kept, and forget them."""
    sealed = request.session.pop(KEY, "")
    try:
        return decrypt(sealed, column=COLUMN).split() if sealed else []
    except UnreadableField:
        return []
