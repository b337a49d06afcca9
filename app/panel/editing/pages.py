"""Adding and changing any record: what is typed is never lost. A part of the one base view."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

import wtforms
from flask import abort, flash, redirect, request
from flask_appbuilder import expose, has_access
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.panel import cells, way_back
from app.panel.declaration import Declaration
from app.panel.editing import difference, doubts, fields, forms, row_forms
from app.regulation.rights import Action
from app.security import names
from app.security.guard import Denied, person_of
from app.services.engine import history, records, states, submissions
from app.services.engine.errors import Changed, Refused
from app.services.engine.warnings import Unconfirmed
from app.web import arguments, errors, resumed_form

FILLED = (fields.RemoteSelectField, fields.ParsedField, fields.SelectField, wtforms.StringField)
"""Fields that the address of a new form may fill."""
NOT_WRITTEN = (
    "База данных сейчас не принимает записи (занята или нет места). Введённое на месте: подождите минуту и сохраните"
    " ещё раз."
)
UNTYPED = resumed_form.OWN | {"submission", "version", "base", doubts.TICK}


class EditingPages(Declaration):
    """Forms and the second saver's difference."""

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        if not self.may_add(person_of(db.session)):
            raise Denied(f"Недостаточно прав: добавление, «{self.title_many}».")
        form = self._form(None)
        if request.method == "GET":
            self.prefill(form)
            form.submission.data = secrets.token_urlsafe(18)
            return self._render_form(form, None)
        if resumed_form.asked():
            return self._render_form(form, None)
        return self._save(form, None)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        obj = self.get(pk, Action.EDIT)
        form = self._form(obj)
        if request.method == "GET":
            states.require_open(obj)
            self._open(form, form, obj)
            return self._render_form(form, obj)
        if resumed_form.asked():
            return self._render_form(form, obj)
        if self._changed_since(form, obj):
            return self._conflict(form, obj)
        return self._save(form, obj)

    @expose("/hint/<name>")
    @has_access
    def hint(self, name: str) -> dict[str, str]:
        """What follows from a date that is being typed (`?value=`, with the `choice` it depends on)."""
        if name not in self.hints:
            abort(404)
        day = arguments.day(request.args, "value", "Дата")
        return {"words": "" if day is None else self.hint_of(name, day, request.args.get("choice", ""))}

    def _open(self, form: forms.Form, stored: forms.Form, obj: Any) -> None:
        """What the form is opened with, so that a change in between is noticed and told."""
        form.version.data = str(obj.version)
        form.base.data = difference.packed(stored, self.form_columns)

    def _changed_since(self, form: forms.Form, obj: Any) -> bool:
        """Another version than the form was opened with; one that is left out is another one too."""
        return request.form.get("version", "") != str(obj.version)

    def _stored(self, obj: Any) -> forms.Form:
        """The form of the record as the database has it, whatever was posted."""
        form = self.edit_form(formdata=None, obj=obj)
        for name in self.fixed_columns:
            del form[name]
        row_forms.settle(form, obj)
        return form

    def _form(self, obj: Any, **typed: Any) -> forms.Form:
        """The form of a new record (None) or of this one, for this person; `typed` is what a form of WTForms takes:
        without it the form of this request."""
        form = (self.add_form if obj is None else self.edit_form)(obj=obj, **typed)
        own = self.own_rows(person_of(db.session))
        settled = own is not None or person_of(db.session).default_school_id is not None
        if "school" in form and (obj is not None or settled):
            del form.school
        if own is not None and own[0] in form:
            _ask_for_the_owner(form, *own)
        for name in self.fixed_columns if obj is not None else ():
            del form[name]
        for name in [field.short_name for field in form if _is_shut(field, obj)]:
            del form[name]
        form.order(self.form_columns)
        row_forms.settle(form, obj)
        self.prepare_form(form, obj)
        return form

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """A last word on the form of this request."""

    def prefill(self, form: forms.Form) -> None:
        """A new record opened from a card knows whose it is; only declared fields, only rows within one's scope."""
        for name, value in request.args.items():
            field = form[name] if name in self.form_columns and name in form else None
            if field is None:
                row_forms.prefill(form, name, value)
            if field is not None and isinstance(field, FILLED):
                try:
                    field.process_formdata([value])
                except ValueError as error:
                    raise arguments.BadArgument(str(error)) from error

    def _save(self, form: forms.Form, obj: Any) -> Any:
        if not all((form.validate(), self._together(form, obj))):
            return self._refused(form, obj)
        created = obj is None
        sent = self._sent(form) if created else None
        try:
            obj = submissions.once(db.session, sent, partial(self.write, form, obj), doubts.answered())
        except submissions.Repeated as error:
            return self._repeated(form, error)
        except Unconfirmed as error:
            doubts.attach(form, error.warnings)
            return self._refused(form, None if created else self._again())
        except Refused as error:
            forms.attach(form, row_forms.told_at(form, error))
            return self._refused(form, None if created else self._again())
        except Changed:
            return self._conflict(form, self._again())
        except SQLAlchemyError as error:
            if not errors.is_outage(error):
                raise
            errors.note_outage(error)
            return self._not_written(form, None if created else self._again())
        if _in_place():
            return self._chosen(obj)
        self.saved(obj, created)
        return redirect(self.after_save(obj))

    def _again(self) -> Any:
        """The record of this address once more: what was refused has taken back the session."""
        return self.get((request.view_args or {})["pk"], Action.EDIT)

    def _chosen(self, obj: Any) -> tuple[dict[str, Any], int]:
        """A record added in place, as the select that asked for it takes it."""
        return {"id": obj.id, "text": self.lookup_text(obj)}, 201

    def _together(self, form: forms.Form, obj: Any) -> bool:
        """Whether the chosen records belong together; what does not is told at its field."""
        school = person_of(db.session).default_school_id if obj is None else getattr(obj, "school_id", None)
        known = {} if school is None else {"school_id": school}
        wrong = forms.strangers(form, self.model, known)
        forms.attach(form, wrong)
        for field in row_forms.of(form):
            wrong |= forms.strange_rows(field, known)
        return not wrong

    def _sent(self, form: forms.Form) -> submissions.Submission | None:
        typed = [(name, value) for name, value in request.form.items(multi=True) if name not in UNTYPED]
        return submissions.submission_of(db.session, self.model.__tablename__, form.submission.data or "", typed)

    def _repeated(self, form: forms.Form, error: submissions.Repeated) -> Any:
        """A second press of the button leads to the one record; the same form with other values is asked about."""
        if error.same and _in_place() and error.record_id is not None:
            return self._chosen(self.get(str(error.record_id)))
        if error.same:
            flash("Запись уже добавлена.", "info")
            kept = None if error.record_id is None else self.get(str(error.record_id))
            return redirect(way_back.list_url(self) if kept is None else self.after_save(kept))
        form.submission.data = secrets.token_urlsafe(18)
        form.form_errors = [
            "Эта форма уже сохранена, а теперь в ней другие значения. Если это ещё одна запись, сохраните ещё раз."
        ]
        return self._refused(form, None)

    def saved(self, obj: Any, created: bool) -> None:
        """What the person hears after saving."""
        flash("Запись добавлена." if created else "Изменения сохранены.", "success")

    def write(self, form: forms.Form, obj: Any) -> Any:
        """Hand the checked form to a service. The default is a plain record."""
        row_forms.refuse_repeated(form)
        obj = obj if obj is not None else self._new()
        with db.session.no_autoflush:
            for name, field in form._fields.items():
                if name in self.form_columns:
                    field.populate_obj(obj, name)
            self.fill(obj)
        return self.store(obj)

    def store(self, obj: Any) -> Any:
        """Save a plain record as it stands."""
        return records.save(db.session, obj)

    def _new(self) -> Any:
        """A record to be: of who adds none but his own, his."""
        obj, own = self.model(), self.own_rows(person_of(db.session))
        relation = None if own is None else inspect(self.model).relationships.get(own[0])
        if own is not None and len(own[1]) == 1 and relation is not None:
            setattr(obj, own[0], db.session.get(relation.mapper.class_, next(iter(own[1]))))
        return obj

    def fill(self, obj: Any) -> None:
        """What follows from what was typed: a dependent record belongs to its parent's school."""
        if (
            "school_id" in inspect(self.model).columns
            and obj.school_id is None
            and getattr(obj, "school", None) is None
        ):
            own = self.own_rows(person_of(db.session))
            names = [*self.form_columns, *([own[0]] if own else [])]
            owners = (getattr(getattr(obj, name, None), "school_id", None) for name in names)
            obj.school_id = next(
                (owner for owner in owners if owner is not None), person_of(db.session).default_school_id
            )

    def after_save(self, obj: Any) -> str:
        """The card from which a record was added; or its own, which knows the list that one came from."""
        return way_back.to_card(self, obj)

    def _leave(self, obj: Any) -> str:
        """Where «Отмена» leads: where one came from."""
        return self.after_save(obj) if obj is not None else way_back.card() or way_back.list_url(self)

    def _refused(self, form: forms.Form, obj: Any) -> tuple[str, int]:
        return self._render_form(form, obj), 422

    def _not_written(self, form: forms.Form, obj: Any) -> tuple[str, int]:
        """The database took nothing: the form waits as it was typed (where it cannot be shown either, the page of the
        fault carries it, app/web/errors.py)."""
        form.form_errors = [NOT_WRITTEN]
        return self._render_form(form, obj, lead="Не сохранено.", submit_label="Сохранить ещё раз"), 503

    def _conflict(self, form: forms.Form, obj: Any) -> tuple[str, int]:
        """Somebody saved in between: was, is, mine and what will be; the second saving decides knowingly."""
        stored = self._stored(obj)
        rows = difference.merged(form, stored, self.form_columns)
        self._open(form, stored, obj)
        return self._render_form(form, obj, {"rows": rows} | last_change(obj)), 409

    def _render_form(self, form: forms.Form, obj: Any, conflict: Any = None, **words: str) -> str:
        """`words`: what the page says otherwise than usual (`lead` of the errors, `submit_label`)."""
        listed = {name for _, names in self.form_fieldsets for name in names}
        sections = [
            {"title": title, "fields": [name for name in names if name in form]} for title, names in self.form_fieldsets
        ]
        if _in_place():
            _rename(form)
        row_forms.reload(form)
        return self.render(
            self.in_place_template if _in_place() else self.form_template,
            title=f"{self.model.__titles__[0]}: новая запись" if obj is None else f"Изменение: {obj}",
            form=form,
            sections=[section for section in sections if section["fields"] and listed],
            back_url=self._leave(obj),
            conflict=conflict,
            in_place=_in_place(),
            hints={name: {"url": self.url("hint", name=name), "by": by} for name, by in self.hints.items()},
            **{"submit_label": "Добавить" if obj is None else "Сохранить"} | words,
        )


def _ask_for_the_owner(form: forms.Form, name: str, keys: frozenset[int]) -> None:
    """Of whom the record is, nobody is asked who has but one answer; of several ones own one is chosen."""
    if len(keys) == 1:
        del form[name]
    else:
        form[name].narrow(keys)


def _is_shut(field: Any, obj: Any) -> bool:
    """A choice among records that this person may not look up, or whose chosen one is out of reach: nobody is asked
    what they cannot answer, and what is stored stays."""
    if field.type != "RemoteSelectField":
        return False
    kept = obj is not None and names.hidden_key(obj, field.short_name) is not None
    return kept or (field.allow_blank and not field.may_look_up)


def _in_place() -> bool:
    """A new record's form over another form: it is rendered alone, and saving answers with the record as JSON."""
    return (request.endpoint or "").endswith(".add") and "in_place" in request.args


def _rename(form: forms.Form) -> None:
    """The page below has fields of the same names: an element's id is one of its kind."""
    for field in form:
        field.id = field.label.field_id = f"new-{field.id}"


def last_change(obj: Any) -> dict[str, Any]:
    """Who saved last and when: the stamps, or else the trail."""
    if hasattr(obj, "entered_at"):
        return {"who": obj.changed_by or obj.entered_by, "when": cells.local(obj.changed_at or obj.entered_at)}
    last = next(iter(history.of(db.session, obj)), None)
    return {"who": last.actor, "when": cells.local(last.at)} if last is not None else {"who": "другой человек"}
