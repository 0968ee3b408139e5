"""
Who asks, behind the proxies of an installation.

Limits count by network address. Behind a proxy everybody would come from the proxy's, so that one stranger's wrong
passwords or the hour's number of codes would shut the door on the whole district.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Forwarded-For"


def from_client(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Put the client's address where the connection's stood.

    Each proxy appends whom it was asked by, so only the last ``TRUSTED_PROXIES`` entries are known to be true; what
    stands before them anybody may have written.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            chain = [part.strip() for part in request.headers.get(HEADER, "").split(",")]
            if len(chain) >= settings.TRUSTED_PROXIES and _is_address(client := chain[-settings.TRUSTED_PROXIES]):
                request.META["REMOTE_ADDR"] = client
        return respond(request)

    return answer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
