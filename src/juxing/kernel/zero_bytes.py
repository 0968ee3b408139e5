"""Zero bytes, which no keyboard writes and PostgreSQL refuses in text, dropped from what a page is asked or sent."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

ZERO = "\x00"


def without_zero_bytes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Make the middleware. Bodies that are no form are left as they are: what reads them refuses what it must."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and any(ZERO in "".join(map(str, sent)) for _name, sent in request.POST.lists()):
            request.POST = cleaned(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def cleaned(values: QueryDict) -> QueryDict:
    """Return the values without zero bytes, in names too."""
    kept = QueryDict(mutable=True, encoding=values.encoding)
    for name, sent in values.lists():
        kept.setlist(name.replace(ZERO, ""), [str(value).replace(ZERO, "") for value in sent])
    return kept
