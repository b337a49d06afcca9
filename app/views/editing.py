"""Adding and changing any record: what is typed is never lost. A part of the one base view."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose, has_access
from sqlalchemy import inspect

from app.extensions import db
from app.security.guard import actor_of
from app.security.permissions import Action
from app.services import records
from app.services.errors import Changed, Refused
from app.views import arguments, cells, forms


class EditingPages:
    """Forms and the second saver's difference."""

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        form = self._form(None)
        if request.method == "GET":
            self.prefill(form)
            return self._render_form(form, None)
        return self._save(form, None)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        obj = self.get(pk, Action.EDIT)
        form = self._form(obj)
        if request.method == "GET":
            form.version.data = getattr(obj, "version", "")
            return self._render_form(form, obj)
        if hasattr(obj, "version") and str(obj.version) != str(form.version.data):
            return self._conflict(form, obj)
        return self._save(form, obj)

    def _form(self, obj: Any) -> forms.Form:
        form = (self.add_form if obj is None else self.edit_form)(obj=obj)
        if "school" in form and (obj is not None or actor_of(db.session).default_school_id is not None):
            del form.school
        for name in self.fixed_columns if obj is not None else ():
            del form[name]
        self.prepare_form(form, obj)
        return form

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """A last word on the form of this request."""

    def prefill(self, form: forms.Form) -> None:
        """A new record opened from a card knows whose it is; only declared fields, only rows within one's scope."""
        for name, value in request.args.items():
            field = form[name] if name in self.form_columns and name in form else None
            if field is not None and field.type in ("RemoteSelectField", "DateField", "SelectField"):
                try:
                    field.process_formdata([value])
                except ValueError as error:
                    raise arguments.BadArgument(str(error)) from error

    def _save(self, form: forms.Form, obj: Any) -> Any:
        if not form.validate():
            return self._refused(form, obj)
        created = obj is None
        try:
            obj = self.write(form, obj)
        except Refused as error:
            forms.attach(form, error.errors)
            return self._refused(form, None if created else self.get(request.view_args["pk"], Action.EDIT))
        except Changed:
            return self._conflict(form, self.get(request.view_args["pk"], Action.EDIT))
        self.saved(obj, created)
        return redirect(self.after_save(obj))

    def saved(self, obj: Any, created: bool) -> None:
        """What the person hears after saving."""
        flash("Запись добавлена." if created else "Изменения сохранены.", "success")

    def write(self, form: forms.Form, obj: Any) -> Any:
        """Hand the checked form to a service. The default is a plain record."""
        obj = obj if obj is not None else self.model()
        with db.session.no_autoflush:
            for name, field in form._fields.items():
                if name in self.form_columns:
                    field.populate_obj(obj, name)
            self.fill(obj)
        return records.save(db.session, obj)

    def fill(self, obj: Any) -> None:
        """What follows from what was typed: a dependent record belongs to its parent's school."""
        if (
            "school_id" in inspect(self.model).columns
            and obj.school_id is None
            and getattr(obj, "school", None) is None
        ):
            owners = (cells.value_of(obj, f"{name}.school_id") for name in self.form_columns)
            obj.school_id = next(
                (owner for owner in owners if owner is not None), actor_of(db.session).default_school_id
            )

    def after_save(self, obj: Any) -> str:
        return self.url("show", pk=obj.id)

    def _refused(self, form: forms.Form, obj: Any) -> tuple[str, int]:
        return self._render_form(form, obj), 422

    def _conflict(self, form: forms.Form, obj: Any) -> tuple[str, int]:
        """Somebody saved in between: both versions side by side, the second saving decides knowingly."""
        rows = []
        for name, field in form._fields.items():
            if name in self.form_columns:
                theirs, mine = cells.plain(cells.value_of(obj, name)), cells.plain(field.data)
                if theirs != mine:
                    rows.append({"label": field.label.text, "theirs": theirs, "mine": mine})
        form.version.data, form.version.raw_data = str(obj.version), None
        conflict = {
            "who": obj.changed_by or obj.entered_by,
            "when": cells.local(obj.changed_at or obj.entered_at),
            "rows": rows,
        }
        return self._render_form(form, obj, conflict), 409

    def _render_form(self, form: forms.Form, obj: Any, conflict: Any = None) -> str:
        listed = {name for _, names in self.form_fieldsets for name in names}
        sections = [
            {"title": title, "fields": [name for name in names if name in form]} for title, names in self.form_fieldsets
        ]
        return self.render(
            self.form_template,
            title=f"{self.model.__titles__[0]}: новая запись" if obj is None else f"Изменение: {obj}",
            form=form,
            sections=[section for section in sections if section["fields"] and listed],
            back_url=self.url("show", pk=obj.id) if obj is not None else self.url("list"),
            submit_label="Добавить" if obj is None else "Сохранить",
            conflict=conflict,
        )
