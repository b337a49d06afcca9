"""The one base view. A subclass declares columns; list, card, forms, search, export, history, rights and scope follow.

Flask-AppBuilder generates the routes and permissions; its own list, form and delete code is replaced, because it keeps
filters between requests, embeds whole tables in selects and loses what was typed (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, render_template, request, session, url_for
from flask_appbuilder import ModelView, expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import inspect, select

from app.extensions import db
from app.models.kinds import kind_of
from app.panel import brief, recent, registry
from app.panel.card import Block, CardPages, Related
from app.panel.editing import forms
from app.panel.editing.pages import EditingPages
from app.panel.listing import export as exporting
from app.panel.listing.listing import Listing, eager, ordering
from app.panel.listing.page import page_of
from app.panel.listing.searching import matches
from app.panel.menu import Menu
from app.panel.trash import DeletingPages
from app.regulation.rights import Action, Resource
from app.security.actor import Actor, is_whole
from app.security.guard import actor_of
from app.security.scoping import condition
from app.web import arguments

LOOKUP_ROWS = 20
WRITING = {"add", "edit", "delete", "undelete", "bulk"}
SHOWN_STAMPS = ("entered_on", "entered_by", "changed_by")


class RecordView(CardPages, EditingPages, DeletingPages, ModelView):
    """Base of every record's view."""

    resource: ClassVar[Resource]
    route: ClassVar[str]
    brief: ClassVar[bool] = False
    """A brief view shows a few columns under a right of its own and never writes."""
    brief_columns: ClassVar[Sequence[str]] = ()
    """What whoever has the `_brief` right may know of the records: the brief view is derived from it (brief.py)."""
    brief_title: ClassVar[str] = ""
    brief_hint: ClassVar[str] = "Поиск"
    brief_guide: ClassVar[str] = ""
    brief_clause: ClassVar[str] = ""
    readonly: ClassVar[bool] = False
    title_many: ClassVar[str] = ""
    main: ClassVar[bool] = False
    """Of several full views of a model the one that links and look-ups lead to."""
    menu: ClassVar[Menu | None] = None
    section: ClassVar[str] = ""
    """What the way back names above the view; the heading of its menu, where it has one."""
    guide: ClassVar[str] = "panel#списки"
    """The place in the guide that this view's help opens: `chapter#anchor` of docs/guide."""
    clause: ClassVar[str] = ""
    """The clause of the regulation that this view serves."""

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
    resumable: ClassVar[frozenset[str]] = frozenset({"add", "edit"})
    """Methods whose form comes back filled when the session ended meanwhile (app/web/resumed_form.py)."""
    search_hint: ClassVar[str] = "Поиск"
    found: ClassVar[bool] = True
    """Whether «Найти всё» looks here; a view whose list is narrowed beyond its scope stays out."""
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
        "undelete": Action.DELETE,
        "bulk": Action.EDIT,
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
        if cls.menu is not None:
            cls.section = cls.section or cls.menu.heading
        registry.register(cls)
        if cls.brief_columns and not cls.brief:
            brief.derive(cls)

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
        sortable = {name for name, column in columns.items() if kind_of(column).ordered} | self.order_by.keys()
        self.order_columns = [name for name in self.offered_columns() if name in sortable]
        self.form_columns = [name for _, names in self.form_fieldsets for name in names]

    def _init_forms(self) -> None:
        self.add_form = self.edit_form = forms.build(self.datamodel, self.form_columns, self.form_extra())

    def _init_titles(self) -> None:
        self.list_title = self.title_many

    def form_extra(self) -> dict[str, Any]:
        """Fields that are no columns of the model, by name."""
        return {}

    def offered_columns(self) -> list[str]:
        """What a person may choose as columns of the list: the declared ones, then the rest of the card."""
        if self.brief:
            return self.list_columns
        mapper = inspect(self.model)
        plain = {*mapper.columns.keys(), *(r.key for r in mapper.relationships if not r.uselist)}
        on_card = [name for _, names in self.sections() for name in names]
        stamps = [name for name in SHOWN_STAMPS if name in mapper.columns]
        return list(dict.fromkeys([*self.list_columns, *(name for name in [*on_card, *stamps] if name in plain)]))

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
    def export(self) -> Any:
        """Exactly what is filtered, as XLSX or CSV, at once or by a job; the act is in the trail."""
        return exporting.export(self, request.args)

    # Card; what it shows stands in card.py.

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        obj = self.get(pk)
        recent.note(session, self.model.__tablename__, obj.id)
        return self.render(self.show_template, card=self.card(obj))

    def get(self, pk: str, action: Action = Action.VIEW) -> Any:
        """The record within the actor's scope for this action, or 404: a foreign one does not exist."""
        scope = condition(self.model, actor_of(db.session), action, (self.resource,))
        shown = [name for _, names in self.sections() for name in names]
        paths = [*self.form_columns, *self.form_paths] if action is Action.EDIT else shown
        statement = select(self.model).where(self.model.id == arguments.key(pk), scope, *self.narrowing())
        obj = db.session.scalar(statement.options(*eager(self.model, paths)))
        return obj if obj is not None else abort(404)

    # Small things.

    @classmethod
    def url(cls, method: str, **values: Any) -> str:
        return url_for(f"{cls.__name__}.{method}", **values)

    @classmethod
    def may_add(cls, actor: Actor) -> bool:
        """A new record is nobody's own yet: who edits only the own rows, or those of the own class, adds none."""
        if cls.readonly or cls.brief or not cls.form_fieldsets:
            return False
        held = actor.holding(cls.resource, Action.EDIT)
        return actor.is_system or any(is_whole(each, cls.resource, Action.EDIT) for each in held)

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


__all__ = ["Block", "RecordView", "Related"]
