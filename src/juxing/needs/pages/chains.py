"""Order chains at the desk: paste, compare line by line with the redacted original, correct, confirm."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext as _n
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.needs import policy
from juxing.needs.commands.chains import (
    confirm_lines,
    correct_line,
    discard_chain,
    discard_line,
    line_is_sure,
    paste_chain,
)
from juxing.needs.enums import OrderChainLineStatus
from juxing.needs.models import OrderChainLine
from juxing.needs.pages.doubts import doubt_words
from juxing.needs.queries.chains import chain_for, chains_page, lines_of
from juxing.needs.queries.doors import estate_choices
from juxing.supplies.units import unit_label
from juxing_text.quantities import units

LINE_TONES = {"draft": "waiting", "confirmed": "done", "duplicate": "neutral", "discarded": "ended"}


class PasteForm(forms.Form):
    """A chain and where it is from."""

    area = forms.ChoiceField(
        label=gettext_lazy("Where is the chain from?"),
        help_text=gettext_lazy("Choose the estate if the chain is of one estate: doors are read better."),
    )
    text = forms.CharField(
        label=gettext_lazy("The chain"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "needs-paste", "spellcheck": "false"}),
        help_text=gettext_lazy("Paste all of it, also if you pasted a shorter one before: known lines are recognised."),
    )

    def __init__(self, *args: Any, places: list[tuple[str, list[tuple[str, str]]]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]


@idempotent
@signed_in(policy.IMPORT)
def order_chains(request: ActorRequest) -> HttpResponse:
    """Take a pasted chain, and list those not finished."""
    places = estate_choices(request.actor.areas_with(policy.IMPORT))
    form = PasteForm(request.POST or None, places=places)
    pasted = carried_out(
        request, form, lambda filled: paste_chain(
            actor=request.actor, now=clock.now(), area_code=filled["area"], text=filled["text"]
        ),
    )  # fmt: skip
    if pasted:
        return HttpResponseRedirect(reverse("needs:chain", args=[pasted.made.uuid]), status=303)
    page = chains_page(request.actor, cursor=request.GET.get("cursor"))
    context = {
        "form": form, "page": page, "rows": page.rows, "page_title": _("Order chains"),
        "page_subtitle": _("Paste a chain from a chat group; a person confirms what was read"),
        "columns": [{"label": _("Chain")}, {"label": _("Pasted")}, {"label": _("Lines"), "kind": "number"},
                    {"label": _("To check"), "kind": "number"}, {"label": _("State")}],
        "empty": {"icon": "messages", "title": _("No chain was pasted yet"), "text": _("Paste one above.")},
        **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/order_chains.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def chain(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what was understood of a chain beside its redacted original."""
    found = chain_for(request.actor, uuid)
    lines = [_shown(line) for line in lines_of(found)]
    drafts = [line for line in lines if line["status"] == OrderChainLineStatus.DRAFT]
    context = {
        "chain": found, "lines": lines, "sure_count": sum(line["is_sure"] for line in drafts),
        "draft_count": len(drafts), "page_title": found.title or _("Order chain"),
        "page_subtitle": _("Left: what was read. Right: the chain as written, without phones, illness and medicine."),
        "breadcrumbs": [{"label": _("Order chains"), "url": reverse("needs:order_chains")}, {"label": found.title}],
        **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/chain.html", context)


@require_POST
@idempotent
@signed_in(policy.IMPORT)
def chain_act(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Confirm all sure lines, decide one, or put the chain aside."""
    found = chain_for(request.actor, uuid)
    now, position = clock.now(), _position(request)
    try:
        if what == "confirm":
            recorded, known = confirm_lines(
                actor=request.actor, now=now, chain=found, positions=[position] if position else None
            )
            messages.success(request, _said(recorded, known))
        elif what == "correct" and position:
            correct_line(
                actor=request.actor, chain=found, position=position,
                **{name: request.POST.get(name, "")[:2000] for name in ("building", "unit", "door", "things")},
            )  # fmt: skip
        elif what == "discard" and position:
            discard_line(actor=request.actor, chain=found, position=position)
        elif what == "close":
            discard_chain(actor=request.actor, now=now, chain=found)
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    address = reverse("needs:chain", args=[uuid]) + (f"#line-{position}" if position else "")
    return HttpResponseRedirect(address, status=303)


def _shown(line: OrderChainLine) -> dict[str, Any]:
    kept = line.understood
    household = line.household
    door = "-".join(part for part in (kept["building"], kept["unit"], kept["door"]) if part)
    return {
        "position": line.position, "number": kept["number"], "written": line.written, "status": line.status,
        "status_words": line.get_status_display(), "tone": LINE_TONES[line.status], "need": line.need,
        "place": f"{household.building.estate.name} {door}" if household else door, "has_door": household is not None,
        "items": [{**one, "unit": unit_label(one["unit"])} for one in kept["items"]], "name": kept["name"],
        "is_private": kept["is_private"], "is_cancelled": kept["is_cancelled"],
        "doubts": [doubt_words(code) for code in line.uncertainties],
        "is_sure": line_is_sure(line), "building": kept["building"] or "", "unit": kept["unit"] or "",
        "door": kept["door"] or "", "things": "\n".join(_thing(one) for one in kept["items"]),
    }  # fmt: skip


def _thing(one: dict[str, Any]) -> str:
    """Return the words a person corrects: they are read again, so units are those of the reader of chains."""
    if not one["quantity"]:
        return str(one["written"])
    known = units().get(one["unit"])
    return f"{one['written']} {one['quantity']}{known.names[0] if known else one['unit']}"


def _position(request: ActorRequest) -> int:
    text = request.POST.get("position", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _said(recorded: int, known: int) -> str:
    words = _n("%(count)d need was recorded.", "%(count)d needs were recorded.", recorded) % {"count": recorded}
    if known:
        words += " " + _n("%(count)d was known already.", "%(count)d were known already.", known) % {"count": known}
    return words
