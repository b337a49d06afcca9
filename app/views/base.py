"""The one base view. A subclass declares columns; list, card, forms, search, export, history, rights and scope follow.

Flask-AppBuilder generates the routes and permissions; its own list, form and delete code is replaced, because it keeps
filters between requests, embeds whole tables in selects and loses what was typed (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, ClassVar

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import ModelView, expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import func, inspect, select

from app.exchange import writer
from app.extensions import db
from app.models import AuditAction
from app.models.russian import plural
from app.security.actor import Actor
from app.security.guard import actor_of
from app.security.permissions import Action, Resource
from app.security.scoping import condition
from app.services import audit, history, records
from app.services.errors import Changed, Refused
from app.views import arguments, cells, forms
from app.views.listing import Listing, eager, matches, ordering, page_of, row_cells
from app.views.registry import BY_RESOURCE, VIEWS, full_resources

LOOKUP_ROWS = 20
RELATED_ROWS = 20
MOST_EXPORTED = 200_000
WRITING = {"add", "edit", "delete", "bulk"}


@dataclass(frozen=True)
class Related:
    """A table of dependent records on a card: the relation's target, its column that leads back, what to show."""

    model: type
    key: str
    columns: tuple[str, ...]
    title: str
    order: tuple[str, ...] = ("id",)
    empty: str = "Записей нет"
    link: str = ""
    """The shown record whose card a row opens, where that is not the row's own."""


class RecordView(ModelView):
    """Base of every record's view."""

    resource: ClassVar[Resource]
    route: ClassVar[str]
    brief: ClassVar[bool] = False
    """A brief view shows a few columns under a right of its own and never writes."""
    readonly: ClassVar[bool] = False
    title_many: ClassVar[str] = ""
    section: ClassVar[str] = ""

    default_order: ClassVar[Sequence[str]] = ("id",)
    default_descending: ClassVar[bool] = False
    order_by: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Shown column → real columns to order by, where they differ."""
    filter_columns: ClassVar[Sequence[str]] = ()
    filter_choices: ClassVar[dict[str, Sequence[Any]]] = {}
    form_fieldsets: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()
    fixed_columns: ClassVar[Sequence[str]] = ()
    """Set when the record is added, not changed later."""
    related: ClassVar[Sequence[Related]] = ()
    lookup_filters: ClassVar[Sequence[str]] = ()
    """Columns by which a dependent select may narrow the choice."""
    search_hint: ClassVar[str] = "Поиск"
    search_only: ClassVar[Sequence[str]] = ()
    """The first of the model's searched columns, where a view does not show the others: a search must not tell them."""
    empty_hint: ClassVar[str] = ""
    add_label: ClassVar[str] = "Добавить"

    list_template = "panel/list.html"
    show_template = "panel/show.html"
    form_template = "panel/form.html"
    delete_template = "panel/delete.html"

    method_permission_name: ClassVar[dict[str, str]] = {
        "list": Action.VIEW,
        "show": Action.VIEW,
        "lookup": Action.VIEW,
        "add": Action.EDIT,
        "edit": Action.EDIT,
        "delete": Action.DELETE,
        "bulk": Action.DELETE,
        "export": Action.EXPORT,
    }
    never_routed = frozenset({"download", "action", "action_post"})

    def __init_subclass__(cls, model: type | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if model is None:
            return
        cls.model = model
        cls.class_permission_name = cls.resource.value
        cls.route_base = f"/{cls.route}"
        cls.lookup_endpoint = f"{cls.__name__}.lookup"
        cls.exclude_route_methods = cls.never_routed | (WRITING if cls.readonly or cls.brief else set())
        cls.title_many = cls.title_many or model.__titles__[1]
        cls.searchable = bool(model.__search__)
        BY_RESOURCE[(model, cls.resource)] = cls
        if not cls.brief:
            VIEWS.setdefault(model, cls)

    def __init__(self, **kwargs: Any) -> None:
        self.datamodel = SQLAInterface(self.model)
        super().__init__(**kwargs)

    # What Flask-AppBuilder would make of the declaration, narrowed to what is used here.

    def _init_properties(self) -> None:
        self.label_columns, self.search_columns, self.base_filters = {}, [], []
        self._base_filters = self._filters = None
        self._related_views, self.related_views = [], []
        self.list_columns = list(self.list_columns or [])
        columns = inspect(self.model).columns
        self.order_columns = [name for name in self.list_columns if name in columns or name in self.order_by]
        self.form_columns = [name for _, names in self.form_fieldsets for name in names]

    def _init_forms(self) -> None:
        self.add_form = self.edit_form = forms.build(self.datamodel, self.form_columns, self.form_extra())

    def _init_titles(self) -> None:
        self.list_title = self.title_many

    def form_extra(self) -> dict[str, Any]:
        """Fields that are no columns of the model, by name."""
        return {}

    # List, look-up, export.

    @expose("/list/")
    @has_access
    def list(self) -> str:
        return self.render(self.list_template, page=page_of(Listing(self, request.args)))

    @expose("/lookup")
    @has_access
    def lookup(self) -> dict[str, Any]:
        """Choices of a remote select: `{"results": [{"id", "text", "hint"}], "more"}`."""
        text, number = arguments.search_text(request.args), arguments.page_number(request.args)
        scope = condition(self.model, actor_of(db.session), resources=(self.resource,))
        statement = select(self.model).where(scope, *matches(self, text), *self._lookup_narrowing())
        columns = [ordering(self.model, name) for name in self.lookup_order()]
        statement = statement.order_by(*columns, self.model.id).options(*eager(self.model, self.lookup_paths()))
        found = db.session.scalars(statement.limit(LOOKUP_ROWS + 1).offset((number - 1) * LOOKUP_ROWS)).all()
        results = [
            {"id": obj.id, "text": self.lookup_text(obj), "hint": self.lookup_hint(obj)} for obj in found[:LOOKUP_ROWS]
        ]
        return {"results": results, "more": len(found) > LOOKUP_ROWS}

    def lookup_order(self) -> Sequence[str]:
        return self.default_order

    def lookup_paths(self) -> Sequence[str]:
        """Relations that the hint reads."""
        return ()

    def lookup_text(self, obj: Any) -> str:
        return str(obj)

    def lookup_hint(self, obj: Any) -> str:
        return ""

    def _lookup_narrowing(self) -> list[Any]:
        given = [(name, request.args.get(name, "")) for name in self.lookup_filters]
        return [getattr(self.model, name) == arguments.key(value) for name, value in given if value]

    def narrowing(self) -> list[Any]:
        """Conditions of this view's list beyond scope and filters."""
        return []

    @expose("/export")
    @has_access
    def export(self) -> Response:
        """Exactly what is filtered, as XLSX or CSV; the act is in the trail."""
        kind = request.args.get("format", "xlsx")
        if kind not in ("xlsx", "csv"):
            raise arguments.BadArgument("Выгрузка: возможны xlsx и csv.")
        listing = Listing(self, request.args, Action.EXPORT)
        total = listing.count()
        if total > MOST_EXPORTED:
            raise arguments.BadArgument(f"Для выгрузки слишком много записей: {total}. Уточните отбор.")
        headers = [cells.label_for(self.model, name) for name in listing.columns]
        rows = ([cells.plain(cells.value_of(obj, name)) for name in listing.columns] for obj in listing.every())
        data = writer.xlsx(self.title_many, headers, rows) if kind == "xlsx" else writer.csv_bytes(headers, rows)
        audit.note(db.session, AuditAction.EXPORT, f"{self.title_many}: {total}", dict(request.args))
        return send_file(BytesIO(data), as_attachment=True, download_name=f"{self.title_many}.{kind}")

    # Card.

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        obj = self.get(pk)
        return self.render(self.show_template, card=self.card(obj), **self.card_extra(obj))

    def get(self, pk: str, action: Action = Action.VIEW) -> Any:
        """The record within the actor's scope for this action, or 404: a foreign one does not exist."""
        scope = condition(self.model, actor_of(db.session), action, (self.resource,))
        paths = [name for _, names in self.sections() for name in names]
        statement = select(self.model).where(self.model.id == arguments.key(pk), scope, *self.narrowing())
        obj = db.session.scalar(statement.options(*eager(self.model, paths)))
        return obj if obj is not None else abort(404)

    def sections(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Card sections: (title, paths)."""
        if self.show_fieldsets:
            return [(title or "", options["fields"]) for title, options in self.show_fieldsets]
        return self.form_fieldsets or [("Сведения", self.list_columns)]

    def card(self, obj: Any) -> dict[str, Any]:
        actor = actor_of(db.session)
        return {
            "title": str(obj),
            "subtitle": self.card_subtitle(obj),
            "initials": self.card_initials(obj),
            "badges": self.card_badges(obj),
            "list_url": self.url("list"),
            "edit_url": self.url("edit", pk=obj.id) if self.may_write(actor, obj, Action.EDIT) else None,
            "delete_url": self.url("delete", pk=obj.id) if self.may_write(actor, obj, Action.DELETE) else None,
            "toolbar": self.card_toolbar(obj),
            "sections": [{"title": title, "items": self._items(obj, names)} for title, names in self.sections()],
            "related": [self._related(obj, item) for item in self.related if self._shown(item, actor)],
            "history": [] if self.brief else self._history(obj),
            "stamps": None if self.brief else self._stamps(obj),
        }

    def card_extra(self, obj: Any) -> dict[str, Any]:
        return {}

    def card_subtitle(self, obj: Any) -> str:
        return ""

    def card_initials(self, obj: Any) -> str:
        return "".join((getattr(obj, name, "") or "")[:1] for name in ("last_name", "first_name"))

    def card_badges(self, obj: Any) -> list[dict[str, str]]:
        return []

    def card_toolbar(self, obj: Any) -> list[dict[str, Any]]:
        return []

    def _items(self, obj: Any, names: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {"label": cells.label_for(self.model, name), "value": cells.show(cells.value_of(obj, name))}
            for name in names
        ]

    def _shown(self, item: Related, actor: Actor) -> bool:
        return not self.brief and any(actor.may(Action.VIEW, resource) for resource in full_resources(item.model))

    def _related(self, obj: Any, item: Related) -> dict[str, Any]:
        view, actor = VIEWS[item.model], actor_of(db.session)
        scope = condition(item.model, actor, resources=full_resources(item.model))
        where = (getattr(item.model, item.key) == obj.id, scope)
        count = db.session.scalar(select(func.count()).select_from(item.model).where(*where)) or 0
        order = [ordering(item.model, name) for name in item.order]
        statement = select(item.model).where(*where).options(*eager(item.model, item.columns)).order_by(*order)
        rows = db.session.scalars(statement.limit(RELATED_ROWS)).all() if count else []
        relation = item.key.removesuffix("_id")
        columns = [{"label": cells.label_for(item.model, name), "numeric": False} for name in item.columns]
        listed = relation in view.filter_columns and actor.may(Action.VIEW, view.resource)
        adds = view.may_add(actor) and relation in {name for _, names in view.form_fieldsets for name in names}
        return {
            "title": item.title,
            "count": count,
            "columns": columns,
            "rows": [self._related_row(item, row) for row in rows],
            "add_url": view.url("add", **{relation: obj.id}) if adds else None,
            "add_label": view.add_label,
            "all_url": view.url("list", **{relation: obj.id}) if listed and count > len(rows) else None,
            "empty_text": item.empty,
        }

    def _related_row(self, item: Related, row: Any) -> dict[str, Any]:
        opened = cells.value_of(row, item.link) if item.link else row
        return {
            "url": cells.card_url(opened) if opened is not None else None,
            "cells": row_cells(item.model, row, item.columns),
        }

    def _history(self, obj: Any) -> list[dict[str, Any]]:
        return [
            {
                "when": cells.local(event.at),
                "who": event.actor,
                "action": event.action.title_ru,
                "changes": history.told(type(obj), event.changes) if event.action is AuditAction.CHANGE else [],
            }
            for event in history.of(db.session, obj)
        ]

    def _stamps(self, obj: Any) -> dict[str, Any] | None:
        if not hasattr(obj, "entered_at"):
            return None
        return {
            "entered_by": obj.entered_by,
            "entered_at": cells.local(obj.entered_at),
            "changed_by": obj.changed_by,
            "changed_at": cells.local(obj.changed_at) if obj.changed_at else None,
        }

    # Forms.

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

    # Deleting.

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        obj = self.get(pk, Action.DELETE)
        if request.method == "GET":
            return self._render_delete(obj, records.dependants(db.session, obj))
        try:
            self.erase(obj)
        except Refused as error:
            return self._render_delete(self.get(pk, Action.DELETE), [str(error)]), 409
        flash("Запись удалена.", "success")
        return redirect(self.url("list"))

    def erase(self, obj: Any) -> None:
        records.remove(db.session, obj)

    def _render_delete(self, obj: Any, blockers: Sequence[str]) -> str:
        return self.render(
            self.delete_template,
            title=f"Удаление: {obj}",
            question=f"Удалить запись «{obj}»? Вернуть её будет нельзя.",
            blockers=blockers,
            back_url=self.url("show", pk=obj.id),
        )

    @expose("/bulk", methods=["POST"])
    @has_access
    def bulk(self) -> Any:
        """Delete the selected records one by one, each by the rules of one; the result names each refusal."""
        if request.form.get("action") != "delete":
            raise arguments.BadArgument("Неизвестное действие над отмеченными записями.")
        # All are looked up before any is deleted: a foreign one among them is 404, and nothing has happened.
        chosen = [self.get(pk, Action.DELETE) for pk in dict.fromkeys(request.form.getlist("rowid"))]
        done, refusals = 0, []
        for obj in chosen:
            name = str(obj)
            try:
                self.erase(obj)
                done += 1
            except Refused as error:
                refusals.append(f"{name}: {error}")
        flash(f"Удалено: {done} {plural(done, 'запись', 'записи', 'записей')}.", "success" if done else "info")
        for refusal in refusals:
            flash(refusal, "warning")
        return redirect(self.url("list"))

    def bulk_actions(self, actor: Actor) -> Sequence[dict[str, Any]]:
        if self.readonly or self.brief or not actor.may(Action.DELETE, self.resource):
            return []
        question = "Удалить отмеченные записи? Вернуть их будет нельзя."
        return [{"name": "delete", "label": "Удалить", "confirm": question, "danger": True}]

    # Small things.

    @classmethod
    def url(cls, method: str, **values: Any) -> str:
        return url_for(f"{cls.__name__}.{method}", **values)

    @classmethod
    def may_add(cls, actor: Actor) -> bool:
        return not (cls.readonly or cls.brief) and bool(cls.form_fieldsets) and actor.may(Action.EDIT, cls.resource)

    def may_write(self, actor: Actor, obj: Any, action: Action) -> bool:
        """Whether the button is worth showing; the guard at the session decides."""
        if self.readonly or self.brief or not actor.may(action, self.resource):
            return False
        scope = condition(self.model, actor, action, (self.resource,))
        return db.session.scalar(select(self.model.id).where(self.model.id == obj.id, scope)) is not None

    def render(self, template: str, **context: Any) -> str:
        view = {
            "title": self.title_many,
            "title_one": self.model.__titles__[0],
            "section": self.section,
            "resource": self.resource.value,
        }
        return render_template(template, view=view, **context)
