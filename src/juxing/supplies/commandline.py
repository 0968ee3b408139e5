"""`juxing demo wuhan2020`: the story of a real list, told in the terminal."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import override

if TYPE_CHECKING:
    from juxing.kernel.import_report import ImportReport
    from juxing.supplies.models import SupplyItem
    from juxing.supplies.story import Story

demo = typer.Typer(no_args_is_help=True, help="Stories on real input.")
supplies = typer.Typer(no_args_is_help=True, help="Stock and its ledger.")
SHOWN_PROBLEMS = 6


@supplies.callback()
def stock() -> None:
    """Stock and its ledger."""


@supplies.command("verify")
def verify() -> None:
    """
    Replay every movement from zero: sides equal, balances and levels right, nothing below zero, no promise lost.

    Ends with 1 if anything is wrong.

    Example:

        juxing supplies verify
    """
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.supplies.queries.verification import verify_ledger

    with acting(Actor.system("command line"), at_one_moment=True):
        found = verify_ledger()
    counts = _("%(moves)s movements, %(entries)s sides, %(balances)s balances.")
    typer.echo(counts % {name: _n(getattr(found, name)) for name in ("moves", "entries", "balances")})
    for problem in found.problems:
        typer.echo(f"  {problem}")
    typer.echo(
        _("The books are right.") if found.is_right else _("%(wrong)s things are wrong.") % {"wrong": found.wrong}
    )
    raise typer.Exit(0 if found.is_right else 1)


@demo.callback()
def stories() -> None:
    """Stories on real input; their institutions are shown nowhere else."""


@demo.command("wuhan2020")
def wuhan2020(
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "zh-hans",
    json_only: Annotated[bool, typer.Option("--json", help="Only the line for machines.")] = False,
    with_stock: Annotated[bool, typer.Option("--with-stock", help="Receive the offers, sign, hand out.")] = False,
) -> None:
    """
    Import what hospitals in Hubei asked for in early 2020, find out what is meant, and share what was offered.

    Works on an empty database after `migrate`; the area tree and the catalogue are loaded where they are missing. May
    be told again: no line is doubled. Nothing is signed, unless `--with-stock` has the demo person do it.

    Examples:

        juxing demo wuhan2020 --language en

        juxing demo wuhan2020 --with-stock --json
    """
    from juxing.kernel import clock
    from juxing.supplies.story import tell

    with override(language):
        story = tell(now=clock.now(), with_stock=with_stock)
        if not json_only:
            for line in told(story):
                typer.echo(line)
    typer.echo(json.dumps(story.as_json(), ensure_ascii=False))


def told(story: Story) -> list[str]:
    """Return the story in sentences."""
    from juxing.supplies.models import SupplyItem

    items = {item.code: item for item in SupplyItem.objects.all()}
    stock = _told_stock(story, items) if story.stock else [_("   Nothing is committed: a person has to sign."), ""]
    return [*_told_import(story), *_told_meanings(story, items), *_told_sharing(story, items), *stock]


def _told_import(story: Story) -> list[str]:
    lines = ["", _("1. Two lists from the spring of 2020 are read")]
    if story.areas_added:
        loaded = _("   The national area tree was empty: %(count)s codes loaded.")
        lines.append(loaded % {"count": _n(story.areas_added)})
    for kind, report in story.reports.items():
        lines.append(f"   {kind.label}: {_counts(report)}")
        shown = report.problems[:SHOWN_PROBLEMS]
        lines += [f"     {problem.line}: {problem.written} - {problem.message}" for problem in shown]
        if report.problem_count > len(shown):
            lines.append(_("     and %(count)s more like these") % {"count": _n(report.problem_count - len(shown))})
    return lines


def _told_meanings(story: Story, items: dict[str, SupplyItem]) -> list[str]:
    counts = {"sure": 0, "unsure": 0, "none": 0, "settled_before": 0} | story.meanings
    lines = [
        "", _("2. What do the written words mean?"),
        _("   Sure by itself: %(sure)s lines. Unsure: %(unsure)s. Nothing like it: %(none)s. Settled before: "
          "%(settled_before)s.") % {name: _n(count) for name, count in counts.items()},
    ]  # fmt: skip
    for decision in story.decisions:
        name = items[decision.candidate].name if decision.candidate else "-"
        written = " / ".join(filter(None, (decision.text.written_item, decision.text.specification)))
        said = _("the demo person says yes") if decision.is_confirmed else _("waits for a person")
        lines.append(f"     {written} ({decision.text.lines}) → {name} {decision.confidence:.0%}: {said}")
    return lines


def _told_sharing(story: Story, items: dict[str, SupplyItem]) -> list[str]:
    run = story.run
    assert run is not None  # noqa: S101 - told to its end
    counts, proof = run.result["counts"], run.result["proof"]
    lines = [
        "", _("3. Sharing what was offered with a known quantity"),
        _("   %(unknown)s of %(offers)s offers cannot be shared: nobody said how much.")
        % {"unknown": _n(counts["offers_unknown"]), "offers": _n(counts["offers"])},
    ]  # fmt: skip
    for entry in run.result["items"]:
        lines += _told_item(entry, run.settings["assumptions"].get(entry["code"]), items)
        got = story.receivers.get(entry["code"], [])
        lines.append("     " + _("Most go to: ") + ", ".join(f"{name} {_n(quantity)}" for name, quantity in got))
    lines += [
        "", _("4. How good is it?"),
        _("   Nobody's coverage can be raised without lowering that of someone no better off: %(proven)s. "
          "Gap %(gap)s. Checked by an independent verifier. Solved in %(seconds)s s.")
        % {"proven": _("proven") if proof["is_leximin"] else _("not proven"), "gap": f"{proof['gap']:.2%}",
           "seconds": proof["seconds"]},
        _("   Requests left out: %(reasons)s") % {"reasons": _left_out(counts["left_out"])},
    ]  # fmt: skip
    return lines


def _told_stock(story: Story, items: dict[str, SupplyItem]) -> list[str]:
    stock = story.stock
    assert stock is not None  # noqa: S101 - asked before
    lines = ["", _("5. The demo person receives what was offered, signs, and sends it")]
    for code, item, received, given, left in stock.pledges:
        words = _(
            "   %(item)s, donation %(code)s: %(received)s received, %(given)s given to organisations, %(left)s left"
        )
        shown = {"received": _n(received), "given": _n(given), "left": _n(left)}
        lines.append(words % {"item": items[item].name, "code": code, **shown})
    served = _("   %(requests)s requests are dispatched with %(units)s units; %(moves)s movements in the ledger.")
    counts = {"requests": _n(stock.requests), "units": _n(stock.units), "moves": _n(stock.moves)}
    verdict = _("   The books are right.") if stock.books_are_right else _("   The books are WRONG.")
    return [*lines, served % counts, verdict, ""]


def _told_item(entry: dict[str, Any], assumed: dict[str, Any] | None, items: dict[str, SupplyItem]) -> list[str]:
    item = items[entry["code"]]
    lines = [
        _("   %(item)s: %(offered)s offered, %(organisations)s organisations ask for %(asked)s; each gets %(lowest)s "
          "to %(highest)s of what it asked for")
        % {"item": item.name, "offered": _n(entry["offered"]), "organisations": _n(entry["organisations"]),
           "asked": _n(entry["asked"]), "lowest": _percent(entry["lowest"]), "highest": _percent(entry["highest"])},
    ]  # fmt: skip
    if assumed:
        why = {"median": _("the middle of %(stated)s stated quantities"), "class": _("a rule of thumb for its class"),
               "person": _("set by a person")}[assumed["basis"]]  # fmt: skip
        lines.append(
            "     " + _("%(requests)s requests state no quantity; %(quantity)s is assumed for each: %(why)s")
            % {"requests": _n(entry["requests_assumed"]), "quantity": _n(assumed["quantity"]),
               "why": why % {"stated": assumed["stated"]}}
        )  # fmt: skip
    return lines


def _left_out(reasons: dict[str, int]) -> str:
    from juxing.supplies.enums import AllocationReason

    return ", ".join(f"{AllocationReason(code).label} {_n(count)}" for code, count in sorted(reasons.items()))


def _counts(report: ImportReport) -> str:
    return _("%(read)s read, %(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(rejected)s left out") % {
        name: _n(getattr(report, name)) for name in ("read", "added", "changed", "unchanged", "rejected")
    }


def _percent(level: str) -> str:
    return f"{float(Fraction(level)):.2%}"


def _n(number: int) -> str:
    return f"{number:,}"
