"""A grid's page and the saving of one cell, by the rules of the edit form. A part of the one base view."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import wtforms
from flask import request
from flask_appbuilder import expose, has_access
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.panel import cells, way_back
from app.panel.editing import doubts, forms
from app.panel.editing.pages import EditingPages, last_change
from app.panel.grid import rows
from app.panel.importing.columns import NO_TOKEN, as_sent
from app.panel.importing.references import References
from app.regulation.rights import Action
from app.services.engine import submissions
from app.services.engine.errors import Changed, Refused
from app.services.engine.transaction import rehearsal
from app.services.engine.warnings import Unconfirmed
from app.web.arguments import BadArgument

Answer = tuple[dict[str, Any], int]


class GridPages(EditingPages):
    """Declared by `as_grid`; a view without it has none of these routes."""

    @expose("/grid/<pk>")
    @has_access
    def grid(self, pk: str) -> str:
        grid, owner = rows.grid_of(self), rows.owner_of(self, pk)
        found = rows.rows_of(self, owner)
        shown = found[: rows.MOST_ROWS]
        may = rows.open_keys(self, shown)
        return self.render(
            self.grid_template,
            grid=grid,
            owner=owner,
            owner_url=way_back.card() or cells.card_url(owner),
            columns=self._grid_columns(),
            row_label=cells.label_for(self.model, grid.head),
            rows=[self._row(obj, obj.id in may) for obj in shown],
            more=len(found) > len(shown),
            list_url=self.url("list", **rows.siblings(self, owner.id)),
            is_open=bool(may),
            nothing=rows.nothing(self),
        )

    @expose("/cell/<pk>", methods=["POST"])
    @has_access
    def cell(self, pk: str) -> Answer:
        """Save one cell; with `check` take its text as a spreadsheet has it and say only whether it could be saved.
        409 with what stands there when another version is stored, 422 with what is wrong or is to be confirmed."""
        obj, name = self.get(pk, Action.EDIT), request.args.get("column", "")
        if request.form.get("version", "") != str(obj.version):
            return self._cell_conflict(obj)
        if name not in rows.columns_of(self):
            raise BadArgument("Такой колонки в таблице нет. Обновите страницу.")
        if closed := rows.why_closed(self, obj):
            return _refused([closed])
        empty = self._form(obj, formdata=None)
        if name not in empty:
            return _refused([self.why_shut(obj, name)])
        try:
            form = self._form(obj, formdata=MultiDict({name: _sent(empty[name], obj)}), meta=NO_TOKEN)
        except ValueError as error:
            return _refused([str(error)])
        _leave_alone(form, name)
        if not all((form.validate(), self._together(form, obj))):
            return _refused(_errors(form))
        return self._written(form, obj, name)

    def _grid_columns(self) -> list[dict[str, Any]]:
        """Each with an empty entry: the page's script puts it where a cell is being filled."""
        empty = self.edit_form(formdata=None)
        return [
            {"name": name, "label": cells.label_for(self.model, name), "field": empty[name]}
            for name in rows.columns_of(self)
        ]

    def _written(self, form: forms.Form, obj: Any, name: str) -> Answer:
        act = self._rehearse if "check" in request.args else self._save_cell
        try:
            return act(form, obj, name), 200
        except Unconfirmed as error:
            asked = [{"key": doubt.key, "words": doubt.told} for doubt in error.warnings]
            return {"asked": asked, "raw": rows.written(form[name])}, 422
        except Refused as error:
            forms.attach(form, error.errors)
            return _refused(_errors(form))
        except Changed:
            return self._cell_conflict(self._again())

    def _save_cell(self, form: forms.Form, obj: Any, name: str) -> dict[str, Any]:
        return self._row(submissions.once(db.session, None, partial(self.write, form, obj), doubts.answered()))

    def _rehearse(self, form: forms.Form, obj: Any, name: str) -> dict[str, Any]:
        """What the saving would do, all of it taken back; `raw` is what would be sent to save it."""
        before, raw = rows.written(self._stored(obj)[name]), rows.written(form[name])
        with rehearsal(db.session, doubts.answered()):
            self.write(form, obj)
        return {"raw": raw, "shown": cells.show(form[name].data, link=False), "same": raw == before}

    def _row(self, obj: Any, may: bool = True) -> dict[str, Any]:
        is_open = may and not rows.why_closed(self, obj)
        told = rows.told(self, obj, self._form(obj, formdata=None) if is_open else None)
        url = self.url("show", pk=obj.id, list=urlencode(rows.siblings(self, rows.owner_key(self, obj))))
        return told | {"url": url, "cell_url": self.url("cell", pk=obj.id) if may else ""}

    def _cell_conflict(self, obj: Any) -> Answer:
        """What somebody else has saved meanwhile, so that the person decides knowingly."""
        change = last_change(obj)
        when = cells.plain(change["when"]) if change.get("when") else ""
        return {"who": change["who"], "when": when, "row": self._row(obj)}, 409


def _sent(field: wtforms.Field, obj: Any) -> str:
    """What a browser would send for what is typed, or for what a spreadsheet holds. Raises ValueError in Russian."""
    text = request.form.get(field.short_name, "")
    if "check" not in request.args or not text:
        return text
    return as_sent(field, text, References(getattr(obj, "school_id", None)))


def _leave_alone(form: forms.Form, name: str) -> None:
    """The other fields were not sent: they are no part of this form."""
    for other in [field.short_name for field in form if field.short_name != name]:
        del form[other]


def _errors(form: forms.Form) -> list[str]:
    return [message for messages in form.errors.values() for message in messages] or ["Значение не подходит."]


def _refused(errors: list[str]) -> Answer:
    return {"errors": errors}, 422
