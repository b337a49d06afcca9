"""Many rows of a form at once: everybody who belongs to a chosen record, and a list from a spreadsheet.

What a row is filled with is asked for as well. All of it only reads; the form is saved as ever. A part of the one base
view, for models that declare rows (app/models/rows.py).
"""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_appbuilder import expose, has_access
from sqlalchemy import inspect, select

from app.extensions import db
from app.models import leading
from app.panel.declaration import Declaration
from app.panel.editing import fields, pasting
from app.panel.editing.rows import RowsField
from app.panel.loading import eager, ordering
from app.panel.place import served_view
from app.panel.registry import view_of
from app.russian import counted
from app.security.guard import person_of
from app.security.scoping import condition
from app.web import arguments

ROW_PAGES = frozenset({"row_filled", "rows_belonging", "rows_pasted"})


class RowPages(Declaration):
    """Answers of JSON for the script of a form with rows."""

    @expose("/row_filled/<name>")
    @has_access
    def row_filled(self, name: str) -> dict[str, Any]:
        """What a row is filled with once its record is chosen (`?id=`)."""
        rows = self._rows_field(name)
        target = _target(rows)
        return _item(rows, fields.find(target, request.args.get("id", "")) or abort(404))

    @expose("/rows_belonging/<name>/<by>")
    @has_access
    def rows_belonging(self, name: str, by: str) -> dict[str, Any]:
        """Everybody who belongs to a chosen record (`?id=`), by name."""
        rows = self._rows_field(name)
        target = _target(rows)
        if by not in {many.by for many in rows.rows.add_many}:
            abort(404)
        actor, relation = person_of(db.session), inspect(target).relationships[by]
        belong = leading.leads_to(relation, [arguments.key(request.args.get("id", ""))], actor.today)
        statement = select(target).where(condition(target, actor), belong)
        order = [ordering(target, each) for each in view_of(target).default_order]
        statement = statement.order_by(*order, target.id).options(
            *eager(target, rows.rows.filling(rows.rows.target or ""))
        )
        found = db.session.scalars(statement.limit(rows.rows.most + 1))
        return {"results": [_item(rows, obj) for obj in found]}

    @expose("/rows_pasted/<name>", methods=["POST"])
    @has_access
    def rows_pasted(self, name: str) -> Any:
        """What a pasted list says (`text`; `to` for each column, where it was chosen by hand)."""
        rows = self._rows_field(name)
        table = pasting.table_of(request.form.get("text", ""))
        if len(table) > rows.rows.most:
            lines = counted(len(table), "строка", "строки", "строк")
            return {"error": f"В списке {lines}, а в одной записи – не больше {rows.rows.most}. Разделите его."}, 422
        read = pasting.read(rows, table, request.form.getlist("to"))
        return {
            "columns": [{"to": to, "sample": sample} for to, sample in zip(read.columns, read.samples, strict=True)],
            "head": read.has_head,
            "rows": [_pasted(rows, line) for line in read.lines],
        }

    def _rows_field(self, name: str) -> RowsField:
        """The rows of an empty form, with the choice that was made in it (`?kind=…`)."""
        form = self.add_form(formdata=None)
        field = form[name] if name in form else None
        if not isinstance(field, RowsField):
            abort(404)
        for switch in {each.column for each in field.rows.show_for.values()}:
            if request.values.get(switch) and switch in form:
                form[switch].process(request.values)
        field.settle(form, self.model())
        return field


def _target(rows: RowsField) -> Any:
    if rows.rows.target is None:
        abort(404)
    return inspect(rows.rows.model).relationships[rows.rows.target].mapper.class_


def _item(rows: RowsField, obj: Any) -> dict[str, Any]:
    """A record that a row is about, and what the row is filled with."""
    view = served_view(view_of(type(obj)).route)
    values = {name: _value(rows.filled(obj, name)) for name in rows.rows.fill_from}
    return {"id": obj.id, "text": view.lookup_text(obj), "values": values}


def _value(value: Any) -> Any:
    if hasattr(type(value), "__titles__"):
        return {"id": value.id, "text": str(value)}
    return fields.written(value)


def _pasted(rows: RowsField, line: pasting.Line) -> dict[str, Any]:
    given = {"line": line.number, "values": line.values, "problems": line.problems}
    return given | (line.target or {"id": None, "text": ""})
