"""Django's command, with indexes and constraints written into the tables they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.operations.base import Operation


class Command(makemigrations.Command):
    """Each operation of its own has Django build all models anew: half the time of setting up an empty database."""

    def write_migration_files(self, changes: dict[str, list[Migration]], *others: Any, **options: Any) -> None:
        """Fold, then write as Django does."""
        for migrations in changes.values():
            for migration in migrations:
                vars(migration)["operations"] = folded(migration.operations)
        super().write_migration_files(changes, *others, **options)


def folded(operations: Sequence[Operation]) -> list[Operation]:
    """Move indexes and constraints into the table made before; a table that gets fields later keeps them apart."""
    widened = {operation.model_name_lower for operation in operations if isinstance(operation, AddField)}
    made: dict[str, CreateModel] = {}
    kept: list[Operation] = []
    for operation in operations:
        if isinstance(operation, CreateModel) and operation.name_lower not in widened:
            made[operation.name_lower] = operation
        if isinstance(operation, AddIndex) and operation.model_name_lower in made:
            made[operation.model_name_lower].options.setdefault("indexes", []).append(operation.index)
        elif isinstance(operation, AddConstraint) and operation.model_name_lower in made:
            made[operation.model_name_lower].options.setdefault("constraints", []).append(operation.constraint)
        else:
            kept.append(operation)
    return kept
