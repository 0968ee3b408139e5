"""
Row-level security as a model constraint, so that migrations carry it like any other rule of the table.

FORCE makes it bind the tables' owner too; it never binds a superuser, which is why Juxing refuses to start as one.
The scope is read in a sub-select so that PostgreSQL evaluates it once per query, not once per row.

The policy is written as "the case is not null" for the planner's sake. Of ``column ^@ ANY (array it does not know)`` it
expects one row in twenty to pass, table by table; with three tables joined it then believed in one row, read a whole
district in the wrong order and sorted it. A null test it expects to pass, which is the truth: the managers' ranges
beside it have narrowed the rows already.

A table of places may be seen from inside: who serves one grid reads the row of the estate round it, or a join to it
would hide the grid's own rows. Only read: writing needs a scope that holds the row.

A row that two places share, such as goods under way between them, is opened by either of its two columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

SCOPE = "(SELECT nullif(current_setting('juxing.scope', true), '')::text[])"
CREATE = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
    "CREATE POLICY {name} ON {table} USING "
    "((CASE WHEN {column} ^@ ANY ({scope}::text[]){also} THEN true END) IS NOT NULL)"
)
ALSO = " OR {column} ^@ ANY ({scope}::text[])"
CREATE_FROM_INSIDE = (
    "; CREATE POLICY {inside} ON {table} FOR SELECT USING "
    "((CASE WHEN EXISTS (SELECT FROM unnest({scope}) AS held (prefix) WHERE held.prefix ^@ {column}::text) "
    "THEN true END) IS NOT NULL)"
)
REMOVE = "DROP POLICY {name} ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
REMOVE_FROM_INSIDE = "DROP POLICY {inside} ON {table}; "


class RowSecurity(BaseConstraint):
    """
    Only rows whose ``column`` starts with a prefix of the transaction's scope can be read or written.

    With ``seen_from_inside`` those whose column a prefix of the scope starts with can be read as well; with ``also``
    a second column opens the row like the first.
    """

    def __init__(self, *, name: str, column: str = "area_code", seen_from_inside: bool = False, also: str = "") -> None:
        super().__init__(name=name)
        self.column, self.seen_from_inside, self.also = column, seen_from_inside, also

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Defer the policy until the table stands; nothing goes into CREATE TABLE itself."""
        if schema_editor is not None:
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Return the statement for AddConstraint."""
        statement = CREATE + CREATE_FROM_INSIDE if self.seen_from_inside else CREATE
        return self._statement(statement, model, schema_editor)

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Return the statement for RemoveConstraint."""
        statement = REMOVE_FROM_INSIDE + REMOVE if self.seen_from_inside else REMOVE
        return self._statement(statement, model, schema_editor)

    def validate(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: the rule is about who looks, not about values."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what a migration writes down."""
        path, args, options = super().deconstruct()
        options["column"] = self.column
        if self.seen_from_inside:
            options["seen_from_inside"] = True
        if self.also:
            options["also"] = self.also
        return path, args, options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowSecurity) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.column, self.seen_from_inside))

    def _statement(
        self, template: str, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        if model is None or schema_editor is None:
            raise TypeError("Row security is written for one table, by a schema editor.")
        quote = schema_editor.quote_name
        return template.format(
            table=quote(model._meta.db_table), column=quote(self.column), name=quote(self.name), scope=SCOPE,
            inside=quote(f"{self.name}_from_inside"),
            also=ALSO.format(column=quote(self.also), scope=SCOPE) if self.also else "",
        )  # fmt: skip
