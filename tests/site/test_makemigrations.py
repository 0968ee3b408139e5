"""Written migrations describe the same tables, in fewer operations."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from juxing.site.management.commands.makemigrations import folded


def table(name: str) -> CreateModel:
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("number", models.IntegerField()),
    ]
    return CreateModel(name=name, fields=fields, options={})


def rules(name: str) -> list[Operation]:
    positive = models.CheckConstraint(condition=models.Q(number__gt=0), name=f"{name}_positive")
    return [
        AddIndex(model_name=name, index=models.Index(fields=["number"], name=f"{name}_number")),
        AddConstraint(model_name=name, constraint=positive),
    ]


def state_after(operations: list[Operation]) -> ProjectState:
    state = ProjectState()
    for operation in operations:
        operation.state_forwards("ground", state)
    return state


def test_indexes_and_constraints_go_into_the_table_made_before() -> None:
    later = AddField("wider", "estate", models.IntegerField(default=0))

    def operations() -> list[Operation]:
        return [table("plain"), table("wider"), *rules("plain"), later, *rules("wider")]

    fewer = folded(operations())

    assert [type(operation).__name__ for operation in fewer] == [
        "CreateModel", "CreateModel", "AddField", "AddIndex", "AddConstraint",
    ]  # fmt: skip
    assert state_after(fewer) == state_after(operations())


def test_rules_of_a_table_made_elsewhere_stay() -> None:
    assert len(folded(rules("elsewhere"))) == 2
