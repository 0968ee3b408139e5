"""The board of posts, one post, its holders and their absences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.models import Post
from juxing.organisations.pages.flow import action, crumbs, person_picked, place_picked, posts_crumb, pressed, take
from juxing.organisations.pages.words import timeline
from juxing.organisations.post_forms import AwayForm, BoardForm, HoldForm, PostForm, PostWordsForm


@signed_in(policy.SEE)
def board(request: ActorRequest) -> HttpResponse:
    """Show who holds and who works in every post of a place."""
    form = BoardForm(request.GET)
    area_code, state = (form.cleaned_data["area"], form.cleaned_data["state"]) if form.is_valid() else ("", "")
    actor = request.actor
    page = queries.posts.board(
        actor=actor, now=clock.now(), area_code=area_code, state=state, cursor=request.GET.get("cursor")
    )
    context = {
        "page_title": _("Posts"), "page_icon": "id-badge-2",
        "page_subtitle": _("Who holds which post, who stands behind, and who works in it now."),
        "form": form, "page": page, "rows": page.rows, "caption": _("Posts and who holds them"),
        "columns": [{"label": _("Post")}, {"label": _("A")}, {"label": _("B")}, {"label": _("Works in it now")}],
        "figures": _figures(queries.posts.board_figures(actor=actor, area_code=area_code), area_code),
        "reset_url": reverse("organisations:board"), "page_actions": _board_actions(request, area_code),
        "empty": {"icon": "id-badge-2", "title": _("No post fits."), "text": _("Posts are added to an organisation.")},
    }  # fmt: skip
    return render(request, "organisations/board.html", context)


def _figures(found: queries.posts.BoardFigures, area_code: str) -> list[dict[str, Any]]:
    url = reverse("organisations:board")

    def to(state: str) -> str:
        return f"{url}?area={area_code}&state={state}"

    return [
        {"label": _("Posts"), "value": found.posts, "icon": "id-badge-2", "url": to("")},
        {"label": _("Vacant"), "value": found.vacant, "icon": "alert-triangle",
         "tone": "bad" if found.vacant else "good", "url": to("vacant")},
        {"label": _("B works in it"), "value": found.stood_in, "icon": "switch-horizontal",
         "tone": "warn" if found.stood_in else "neutral", "url": to("stood_in")},
        {"label": _("Without B"), "value": found.without_alternate, "icon": "user-off",
         "tone": "warn" if found.without_alternate else "good", "url": to("without_alternate")},
    ]  # fmt: skip


def _board_actions(request: ActorRequest, area_code: str) -> list[dict[str, Any]]:
    actor, found = request.actor, []
    if actor.may_somewhere(policy.IMPORT):
        found.append(action(_("Import a table"), reverse("organisations:import_table", args=["posts"]), "upload"))
    if actor.may_somewhere(policy.EXPORT):
        url = f"{reverse('organisations:export_table', args=['posts'])}?area={area_code}"
        found.append(action(_("Take out as a table"), url, "download"))
    return found


@idempotent
@signed_in(policy.MANAGE)
def add(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a post to an organisation."""
    found = queries.organisation_to_manage(actor=request.actor, uuid=uuid)
    form = PostForm(request.POST or None)

    def act(filled: dict[str, Any]) -> str:
        made = commands.add_post(
            actor=request.actor, now=clock.now(), organisation=found, title=filled["title"],
            area_code=place_picked(request, filled["area_code"]) if filled["area_code"] else "", words=form.words(),
        )  # fmt: skip
        return reverse("organisations:post", args=[made.uuid])

    own = reverse("organisations:organisation", args=[uuid])
    context = {
        "page_title": _("Add a post"), "page_subtitle": found.name, "cancel_url": own,
        "breadcrumbs": crumbs(
            (_("Organisations"), reverse("organisations:list")), (found.name, own), (_("Add a post"), "")
        ),
    }  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.SEE)
def post(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a post: who holds it, who works in it, who was away; those who keep the register name holders here."""
    actor, now = request.actor, clock.now()
    found = queries.posts.post_for(actor=actor, uuid=uuid)
    form = HoldForm(request.POST or None)

    def act(filled: dict[str, Any]) -> str:
        managed = queries.post_to_manage(actor=actor, uuid=uuid)
        account = person_picked(request, filled["account"], right=policy.MANAGE)
        commands.hold_post(
            actor=actor, now=now, post=managed, account=account, slot=filled["slot"], rank=filled["rank"]
        )
        return reverse("organisations:post", args=[uuid])

    may_manage = actor.may(policy.MANAGE, found.area_code)
    context = {
        "page_title": found.title, "page_subtitle": found.organisation.name, "post": found, "may_manage": may_manage,
        "line": queries.posts.post_line(actor=actor, post=found, now=now),
        "absences": queries.posts.absences_of(actor=actor, post=found, now=now),
        "entries": timeline(journal.entries_about("organisations.post", found.uuid)[:20]),
        "facts": _facts(found), "submit_label": _("Take it over"),
        "breadcrumbs": crumbs(posts_crumb(), (found.title, "")),
        "page_actions": _post_actions(found) if may_manage else [],
    }  # fmt: skip
    return take(
        request, form, act, done=_("The post is taken over."), context=context, template="organisations/post.html"
    )


def _facts(post: Post) -> list[dict[str, Any]]:
    return [
        {"term": _("Organisation"), "value": post.organisation.name,
         "url": reverse("organisations:organisation", args=[post.organisation.uuid])},
        {"term": _("Place"), "value": post.area_code},
        {"term": _("Duties"), "value": post.duties or "–"},
        {"term": _("Role that goes with it"), "value": post.get_carries_role_display() if post.carries_role else "–"},
        {"term": _("Standing hand-over note"), "value": post.standing_note or "–"},
        {"term": _("Sign of life within (minutes)"), "value": post.answer_minutes},
    ]  # fmt: skip


def _post_actions(post: Post) -> list[dict[str, Any]]:
    return [
        action(_("Change"), reverse("organisations:change_post", args=[post.uuid]), "pencil"),
        {"label": _("Close the post"), "dialog": "close-post", "icon": "x", "kind": "danger"},
    ]


@idempotent
@signed_in(policy.MANAGE)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change what is said about a post."""
    found = queries.post_to_manage(actor=request.actor, uuid=uuid)
    names = ("duties", "carries_role", "checklist", "standing_note", "answer_minutes")
    form = PostWordsForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    own = reverse("organisations:post", args=[uuid])

    def act(_filled: dict[str, Any]) -> str:
        commands.change_post(actor=request.actor, now=clock.now(), post=found, words=form.words())
        return own

    context = {
        "page_title": found.title, "page_subtitle": found.organisation.name, "cancel_url": own,
        "breadcrumbs": crumbs(posts_crumb(), (found.title, own), (_("Change"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def close(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Close a post."""
    found = queries.post_to_manage(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.close_post(actor=request.actor, now=clock.now(), post=found),
        done=_("The post is closed."), url=reverse("organisations:board"),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def relieve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """End a holding."""
    found = queries.post_to_manage(actor=request.actor, uuid=uuid)
    written = request.POST.get("rank", "1")
    rank = int(written) if written.isdecimal() and len(written) <= 2 else 1
    return pressed(
        request,
        lambda: commands.relieve_post(
            actor=request.actor, now=clock.now(), post=found, slot=request.POST.get("slot", ""), rank=rank
        ),
        done=_("The post is given up."), url=reverse("organisations:post", args=[uuid]),
    )  # fmt: skip


@idempotent
@signed_in(policy.SEE)
def away(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say that a holder is away, from this post or from all the actor may speak for."""
    actor = request.actor
    holding = queries.posts.holding_for(actor=actor, uuid=uuid)
    form = AwayForm(request.POST or None)
    own = reverse("organisations:post", args=[holding.post.uuid])

    def act(_filled: dict[str, Any]) -> str:
        commands.declare_absence(
            actor=actor, now=clock.now(), account=holding.account, given=form.given(), holdings=[holding]
        )
        return own

    title = _("%(name)s is away") % {"name": holding.account.display_name}
    context = {
        "page_title": title, "page_subtitle": holding.post.title, "cancel_url": own,
        "breadcrumbs": crumbs(posts_crumb(), (holding.post.title, own), (title, "")),
        "submit_label": _("Write it down"),
    }  # fmt: skip
    return take(
        request, form, act, done=_("It is written down. The next in order steps in by itself."), context=context
    )


@idempotent
@signed_in(policy.SEE)
@require_POST
def end_absence(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """End an absence, or strike out one to come."""
    found = queries.posts.absence_for(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.cancel_absence(actor=request.actor, now=clock.now(), absence=found),
        done=_("Written down: back again."), url=_back(request, reverse("organisations:board")),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def ask(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask a holder for a sign of life."""
    holding = queries.posts.holding_for(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.ask_presence(actor=request.actor, now=clock.now(), holdings=[holding]),
        done=_("Asked. Without an answer in time the next in order steps in."),
        url=reverse("organisations:post", args=[holding.post.uuid]),
    )  # fmt: skip


def _back(request: ActorRequest, otherwise: str) -> str:
    """Return the page of this room the button stood on."""
    names = {"own": "organisations:own_posts", "board": "organisations:board"}
    name = names.get(request.POST.get("back", ""))
    return reverse(name) if name else otherwise
