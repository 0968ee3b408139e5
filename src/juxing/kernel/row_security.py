"""
Row-level security as a model constraint, so that migrations carry it like any other rule of the table.

FORCE makes it bind the tables' owner too; it never binds a superuser, which is why Juxing refuses to start as one.
The scope is read in a sub-select so that PostgreSQL evaluates it once per query, not once per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

CREATE = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
    "CREATE POLICY {name} ON {table} USING "
    "({column} ^@ ANY ((SELECT nullif(current_setting('juxing.scope', true), '')::text[])::text[]))"
)
REMOVE = "DROP POLICY {name} ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class RowSecurity(BaseConstraint):
    """Only rows whose ``column`` starts with a prefix of the transaction's scope can be read or written."""

    def __init__(self, *, name: str, column: str = "area_code") -> None:
        super().__init__(name=name)
        self.column = column

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Defer the policy until the table stands; nothing goes into CREATE TABLE itself."""
        if schema_editor is not None:
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Return the statement for AddConstraint."""
        return self._statement(CREATE, model, schema_editor)

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Return the statement for RemoveConstraint."""
        return self._statement(REMOVE, model, schema_editor)

    def validate(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: the rule is about who looks, not about values."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what a migration writes down."""
        path, args, options = super().deconstruct()
        options["column"] = self.column
        return path, args, options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowSecurity) and (self.name, self.column) == (other.name, other.column)

    def __hash__(self) -> int:
        return hash((self.name, self.column))

    def _statement(
        self, template: str, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        if model is None or schema_editor is None:
            raise TypeError("Row security is written for one table, by a schema editor.")
        quote = schema_editor.quote_name
        return template.format(table=quote(model._meta.db_table), name=quote(self.name), column=quote(self.column))
