"""Asking for the password again before ways of signing in are changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from juxing.access.signing_in import is_fresh
from juxing.kernel import clock
from juxing.kernel.web import ActorRequest


def freshly_proved(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for the password again before ways of signing in are changed: a screen left open must not lock anyone out."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request, now=clock.now()):
            return view(request, *args, **kwargs)
        target = request.get_full_path() if request.method == "GET" else reverse("access:second_steps")
        again = f"{reverse('access:prove_again')}?{urlencode({'next': target})}"
        if request.content_type == "application/json":
            return JsonResponse({"next": again})
        return redirect(again)

    return guarded
