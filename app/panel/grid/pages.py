"""A grid's page and the saving of one cell, by the rules of the edit form. A part of the one base view."""

from __future__ import annotations

from functools import partial
from typing import Any

import wtforms
from flask import request
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.panel import cells
from app.panel.editing import doubts, forms
from app.panel.editing.pages import EditingPages, last_change
from app.panel.grid import rows
from app.regulation.rights import Action
from app.services.engine import submissions
from app.services.engine.errors import Changed, Refused
from app.services.engine.warnings import Unconfirmed
from app.web.arguments import BadArgument

Answer = tuple[dict[str, Any], int]


class _Checked(Exception):
    """It could be saved; nothing was."""


class GridPages(EditingPages):
    """Declared by `as_grid`; a view without it has none of these routes."""

    @expose("/grid/<pk>")
    @has_access
    def grid(self, pk: str) -> str:
        owner = rows.owner_of(self, pk)
        found = rows.rows_of(self, owner)
        shown = found[: rows.MOST_ROWS]
        may = rows.open_keys(self, shown)
        forms_of = {obj.id: self._form(obj, formdata=None) for obj in shown if obj.id in may}
        return self.render(
            self.grid_template,
            grid=rows.grid_of(self),
            owner=owner,
            owner_url=cells.card_url(owner),
            columns=self._grid_columns(),
            row_label=cells.label_for(self.model, rows.grid_of(self).head),
            rows=[
                rows.told(self, obj, forms_of.get(obj.id))
                | {
                    "url": self.url("show", pk=obj.id),
                    "cell_url": self.url("cell", pk=obj.id) if obj.id in may else "",
                }
                for obj in shown
            ],
            more=len(found) > len(shown),
            list_url=self.url("list", **{rows.grid_of(self).by: owner.id}),
            is_open=bool(may),
        )

    @expose("/cell/<pk>", methods=["POST"])
    @has_access
    def cell(self, pk: str) -> Answer:
        """Save one cell; with `check` say only whether it could be. 409 with what stands there when another version
        is stored, 422 with what is wrong or is to be confirmed."""
        obj, name = self.get(pk, Action.EDIT), request.args.get("column", "")
        if request.form.get("version", "") != str(obj.version):
            return self._cell_conflict(obj)
        if name not in rows.grid_of(self).columns:
            raise BadArgument("Такой колонки в таблице нет. Обновите страницу.")
        form = self._form(obj)
        if name not in form:
            return {"errors": [self.why_shut(obj, name)]}, 422
        _leave_alone(form, name)
        read_words(form[name])
        if not all((form.validate(), self._together(form, obj))):
            return _refused(form)
        return self._save_cell(form, obj, name)

    def _grid_columns(self) -> list[dict[str, Any]]:
        """Each with an empty entry: the page's script puts it where a cell is being filled."""
        empty = self.edit_form(formdata=None)
        names = rows.grid_of(self).columns
        return [{"name": name, "label": cells.label_for(self.model, name), "field": empty[name]} for name in names]

    def _save_cell(self, form: forms.Form, obj: Any, name: str) -> Answer:
        before = rows.written(self._stored(obj)[name])
        write = partial(self._check_cell if "check" in request.args else self.write, form, obj)
        try:
            obj = submissions.once(db.session, None, write, doubts.answered())
        except _Checked:
            return {"shown": cells.show(form[name].data, link=False), "same": rows.written(form[name]) == before}, 200
        except Unconfirmed as error:
            return {"asked": [{"key": doubt.key, "words": doubt.words} for doubt in error.warnings]}, 422
        except Refused as error:
            forms.attach(form, error.errors)
            return _refused(form)
        except Changed:
            return self._cell_conflict(self._again())
        return self._row(obj), 200

    def _check_cell(self, form: forms.Form, obj: Any) -> Any:
        """What the saving would do, all of it taken back by the transaction around it."""
        self.write(form, obj)
        raise _Checked

    def _row(self, obj: Any) -> dict[str, Any]:
        return rows.told(self, obj, self._form(obj, formdata=None))

    def _cell_conflict(self, obj: Any) -> Answer:
        """What somebody else has saved meanwhile, so that the person decides knowingly."""
        change = last_change(obj)
        when = cells.plain(change["when"]) if change.get("when") else ""
        return {"who": change["who"], "when": when, "row": self._row(obj)}, 409


def _leave_alone(form: forms.Form, name: str) -> None:
    """The other fields were not sent: they are no part of this form."""
    for other in [field.short_name for field in form if field.short_name != name and field.type != "CSRFTokenField"]:
        del form[other]


def read_words(field: wtforms.Field) -> None:
    """A spreadsheet holds the words of a choice, not its code."""
    if not isinstance(field, wtforms.SelectField) or not field.raw_data or field.raw_data[0] in field.choices:
        return
    typed = field.raw_data[0].strip().casefold()
    code = next((code for code, words in field.choices.items() if str(words).casefold() == typed), None)
    if code is not None:
        field.raw_data = [code]
        field.process_formdata([code])
        field.process_errors = []


def _refused(form: forms.Form) -> Answer:
    told = [message for messages in form.errors.values() for message in messages]
    return {"errors": told or ["Значение не подходит."]}, 422
