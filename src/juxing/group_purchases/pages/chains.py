"""Order chains of a purchase: paste, compare line by line with the redacted original, correct, take over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.chain_reading import DIFFERS, NO_NUMBER, NO_PACKAGE, NOT_IN_PURCHASE, is_sure
from juxing.group_purchases.enums import ChainLineStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.forms import ChainForm
from juxing.group_purchases.models import PurchaseChain, PurchaseChainLine, PurchasePackage
from juxing.group_purchases.pages.shown import back_to, lines_words, show, url
from juxing.group_purchases.queries import chains as queries
from juxing.group_purchases.queries.purchases import purchase_to_run
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal, Words
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.needs.pages.doubts import DOUBTS, doubt_words

TONES = {"draft": "waiting", "taken": "done", "known": "neutral", "left_out": "ended"}
OWN_DOUBTS: dict[str, Words] = {
    NOT_IN_PURCHASE: gettext_lazy("This building does not belong to the purchase"),
    DIFFERS: gettext_lazy("This door ordered something else; taking this over replaces it"),
    NO_PACKAGE: gettext_lazy("Which package is meant?"),
    NO_NUMBER: gettext_lazy("How many?"),
    "sold_out": gettext_lazy("Not so many are left"),
    "limit_per_household": gettext_lazy("More than a household may order"),
    "nothing_ordered": gettext_lazy("No package and number understood"),
    "door_not_in": gettext_lazy("This building does not belong to the purchase"),
}


@idempotent
@signed_in(policy.TAKE_PART)
def chains(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take a pasted chain, and list those pasted before."""
    found = purchase_to_run(request.actor, uuid)
    form = ChainForm(request.POST or None)

    def act(data: dict[str, Any]) -> PurchaseChain:
        return commands.paste_chain(actor=request.actor, now=clock.now(), purchase=found, text=data["text"])

    done = carried_out(request, form, act)
    if done:
        return back_to(found, "chain", done.made.uuid)
    context = {
        "form": form, "chains": queries.chains_of(found), "takes_orders": found.status == State.OPEN,
        "example": list(found.packages.order_by("code")[:2]),
    }  # fmt: skip
    return show(request, found, "chains", context, status=422 if form.errors else 200)


@signed_in(policy.TAKE_PART)
def chain(request: ActorRequest, uuid: UUID, chain: UUID) -> HttpResponse:
    """Show what was understood of a chain beside its redacted original."""
    found = purchase_to_run(request.actor, uuid)
    one = queries.chain_of(found, chain)
    packages = list(found.packages.order_by("code"))
    read = queries.lines_of(one)
    ordered = queries.ordered_by_doors(found, read)
    lines = [
        {**_shown(line, packages), "ordered": lines_words(ordered.get(line.household_id or 0, ()))} for line in read
    ]
    drafts = [line for line in lines if line["status"] == ChainLineStatus.DRAFT]
    context = {
        "chain": one, "lines": lines, "draft_count": len(drafts), "packages": packages,
        "sure_count": sum(line["is_sure"] for line in drafts), "takes_orders": found.status == State.OPEN,
    }  # fmt: skip
    return show(request, found, "chains", context, template="chain")


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def act(request: ActorRequest, uuid: UUID, chain: UUID, what: str) -> HttpResponse:
    """Take over all sure lines or one, correct one, leave one or all out."""
    found = purchase_to_run(request.actor, uuid)
    one = queries.chain_of(found, chain)
    text = request.POST.get("position", "")
    position = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None
    try:
        if what == "confirm":
            positions = None if position is None else [position]
            taken = commands.confirm_lines(actor=request.actor, now=clock.now(), chain=one, positions=positions)
            _say(request, taken.taken, taken.known, taken.refused)
        elif what == "correct" and position is not None:
            door = tuple(request.POST.get(name, "")[:30] for name in ("building", "unit", "door"))
            commands.correct_line(
                actor=request.actor, chain=one, position=position, door=(door[0], door[1], door[2]),
                counts=_counts(request, list(found.packages.all())),
            )  # fmt: skip
        elif what == "leave-out":
            commands.leave_out(actor=request.actor, chain=one, position=position)
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    address = url(found, "chain", chain) + (f"#line-{position}" if position is not None else "")
    return HttpResponseRedirect(address, status=303)


def _say(request: ActorRequest, taken: int, known: int, refused: int) -> None:
    words = _("%(taken)d lines taken over, %(known)d known already.") % {"taken": taken, "known": known}
    messages.success(request, words)
    if refused:
        messages.warning(
            request, _("%(count)d lines could not be taken over; see what is beside them.") % {"count": refused}
        )


def _counts(request: ActorRequest, packages: list[PurchasePackage]) -> dict[int, int]:
    counts = {}
    for one in packages:
        written = request.POST.get(f"package_{one.code}", "")
        if written.isascii() and written.isdecimal() and len(written) < 6:
            counts[one.pk] = int(written)
    return counts


def _shown(line: PurchaseChainLine, packages: list[PurchasePackage]) -> dict[str, Any]:
    kept, home = line.understood, line.household
    names = {one.pk: one for one in packages}
    items = [
        {"package": names.get(one["package"]), "written": one["written"], "count": one["count"]}
        for one in kept["items"]
    ]
    counts = {one["package"]: one["count"] for one in kept["items"] if one["package"]}
    written_door = "-".join(filter(None, (kept["building"], kept["unit"], kept["door"])))
    return {
        "position": line.position, "number": kept["number"], "written": line.written, "status": line.status,
        "status_words": line.get_status_display(), "tone": TONES[line.status], "name": kept["name"],
        "place": f"{home.building.label} {home.door}" if home else written_door, "items": items,
        "is_cancelled": line.is_cancelled, "building": kept["building"] or "", "unit": kept["unit"] or "",
        "door": kept["door"] or "", "order": line.order,
        "doubts": [_doubt(code) for code in line.doubts],
        "is_sure": is_sure(line.doubts, is_cancelled=line.is_cancelled),
        "fields": [{"code": one.code, "name": one.name, "count": counts.get(one.pk) or ""} for one in packages],
    }  # fmt: skip


def _doubt(code: str) -> Words:
    return OWN_DOUBTS.get(code) or (doubt_words(code) if code in DOUBTS else _("Look at this line"))
