"""The one base view. A subclass declares columns; list, card, forms, search, export, history, rights and scope follow.

Flask-AppBuilder generates the routes and permissions; its own list, form and delete code is replaced, because it keeps
filters between requests, embeds whole tables in selects and loses what was typed (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import redirect, request, session
from flask_appbuilder import ModelView, expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import select

from app.extensions import db
from app.models.rows import rows_of
from app.models.shared import is_shared
from app.panel import brief, recent, registry, transitions
from app.panel.bulk import BulkPages
from app.panel.card import CardPages
from app.panel.declaration import Block, Button, Grid, Lead, Related
from app.panel.editing import forms
from app.panel.editing.row_pages import ROW_PAGES, RowPages
from app.panel.grid.pages import GridPages
from app.panel.importing.pages import IMPORTING, ImportingPages
from app.panel.listing import export as exporting
from app.panel.listing import printing, sorting
from app.panel.listing.listing import Listing
from app.panel.listing.page import address, page_of
from app.panel.listing.searching import matches
from app.panel.loading import complete, eager
from app.regulation.rights import Action
from app.security.guard import actor_of, person_of
from app.security.scoping import condition
from app.web import arguments

LOOKUP_ROWS = 20
LONG = ("add", "edit", "rows_pasted")
"""Methods whose form has many rows, where there are rows."""
MOST_FIELDS = 100_000
"""Of a form of many rows; how many rows there may be is the model's to say."""
MAKING = IMPORTING | {"add", "delete", "undelete"}
WRITING = MAKING | {"edit", "hint", "bulk", "cell"} | ROW_PAGES
GRID = frozenset({"grid", "cell"})


class RecordView(CardPages, GridPages, BulkPages, ImportingPages, RowPages, ModelView):
    """Base of every record's view."""

    method_permission_name: ClassVar[dict[str, str]] = {
        "list": Action.VIEW,
        "show": Action.VIEW,
        "lookup": Action.VIEW,
        "add": Action.EDIT,
        "edit": Action.EDIT,
        "hint": Action.EDIT,
        "delete": Action.DELETE,
        "undelete": Action.DELETE,
        "bulk": Action.VIEW,  # each action is judged by its own right
        "grid": Action.VIEW,
        "cell": Action.EDIT,
        "export": Action.EXPORT,
        "printed": Action.PRINT,
        "card_printed": Action.VIEW,  # what a browser prints is noted whoever does it
        **dict.fromkeys(sorted(IMPORTING | ROW_PAGES), Action.EDIT),
    }
    never_routed = frozenset({"download", "action", "action_post"})

    def __init_subclass__(cls, model: Any = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if model is None:
            return
        cls.model = model
        cls.class_permission_name = cls.resource.value
        cls.route_base = f"/{cls.route}"
        cls.lookup_endpoint = f"{cls.__name__}.lookup"
        cls.exclude_route_methods = cls.never_routed | cls._unrouted(model)
        cls.long_forms = {} if ROW_PAGES & cls.exclude_route_methods else dict.fromkeys(LONG, MOST_FIELDS)
        cls.title_many = cls.title_many or model.__titles__[1]
        cls.searchable = bool(model.__search__ or cls.search_through)
        if cls.menu is not None:
            cls.section = cls.section or cls.menu.heading
        if not cls.readonly and not cls.brief:
            transitions.add_pages(cls)
        registry.register(cls)
        if cls.brief_columns and not cls.brief:
            brief.derive(cls)

    @classmethod
    def _unrouted(cls, model: Any) -> frozenset[str]:
        """A part comes and goes with its whole: it is only changed by itself."""
        unused = GRID if cls.as_grid is None else frozenset()
        if not cls.hints:
            unused |= {"hint"}
        if not any(name in rows_of(model) for _, names in cls.form_fieldsets for name in names):
            unused |= ROW_PAGES
        if cls.readonly or cls.brief or cls.only_moved:
            many = {"bulk"} if any(button.bulk for button in cls.transitions) else set()
            return (WRITING - many) | unused
        if getattr(model, "__part_of__", ""):
            return MAKING | unused
        return unused | (IMPORTING if cls.imports is None else frozenset())

    def __init__(self, **kwargs: Any) -> None:
        self.datamodel = SQLAInterface(self.model)
        super().__init__(**kwargs)

    # What Flask-AppBuilder would make of the declaration, narrowed to what is used here.

    def _init_properties(self) -> None:
        self.label_columns: dict[str, str] = {}
        self.search_columns = self.base_filters = self._related_views = self.related_views = ()
        self._base_filters = self._filters = None
        self.list_columns = list(self.list_columns or [])
        self.order_columns = [name for name in self.offered_columns() if sorting.is_ordered(self, name)]
        self.form_columns = [name for _, names in self.form_fieldsets for name in names]

    def _init_forms(self) -> None:
        self.add_form = self.edit_form = forms.build(self.datamodel, self.form_columns, self.form_extra())

    def _init_titles(self) -> None:
        self.list_title = self.title_many

    # List, look-up, export.

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """400 where a condition makes no sense: the page stays, the words stand at its field."""
        if "HX-Request" not in request.headers and "" in (value for _, value in request.args.items(multi=True)):
            return redirect(address())  # without scripts a form sends its empty entries too
        listing = Listing(self, request.args, tells=True)
        page = page_of(listing, self.bulk_actions(person_of(db.session)))
        return self.render(self.list_template, page=page), 400 if listing.wrong else 200

    @expose("/lookup")
    @has_access
    def lookup(self) -> dict[str, Any]:
        """Choices of a remote select: `{"results": [{"id", "text", "hint"}], "more"}`."""
        text, number = arguments.search_text(request.args), arguments.page_number(request.args)
        scope = condition(self.model, actor_of(db.session), resources=(self.resource,))
        statement = select(self.model).where(scope, *matches(self, text), *self.lookup_narrowing())
        order = sorting.own_order(self)
        statement = order.joined(statement).order_by(*order.clauses()).options(*eager(self.model, self.lookup_paths()))
        found = db.session.scalars(statement.limit(LOOKUP_ROWS + 1).offset((number - 1) * LOOKUP_ROWS)).all()
        complete(found, self.lookup_paths())
        results = [
            {"id": obj.id, "text": self.lookup_text(obj), "hint": self.lookup_hint(obj)} for obj in found[:LOOKUP_ROWS]
        ]
        return {"results": results, "more": len(found) > LOOKUP_ROWS}

    def lookup_narrowing(self) -> Sequence[Any]:
        """What dependent selects say; of a shared directory the region's entries too, and in a form the open ones."""
        given = [(name, [*map(arguments.key, arguments.values(request.args, name))]) for name in self.lookup_filters]
        if not is_shared(self.model):
            return [getattr(self.model, name).in_(keys) for name, keys in given if keys]
        asked = [self.model.reached_from(*keys) for _, keys in given if keys]
        return asked if request.args.get("closed") == "1" else [*asked, self.model.open_on(person_of(db.session).today)]

    @expose("/export")
    @has_access
    def export(self) -> Any:
        """Exactly what is filtered, as XLSX or CSV, at once or by a job; the act is in the trail."""
        return exporting.export(self, request.args)

    @expose("/print")
    @has_access
    def printed(self) -> Any:
        """Exactly what is filtered, on one page for paper; the act is in the trail."""
        return self.render(self.print_template, paper=printing.paper(self, request.args))

    # Card; what it shows stands in card.py.

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        obj = self.get(pk)
        recent.note(session, self.model.__tablename__, obj.id)
        return self.render(self.show_template, card=self.card(obj))

    @expose("/print/<pk>", methods=["POST"])
    @has_access
    def card_printed(self, pk: str) -> tuple[str, int]:
        """The browser is about to print this card, by its button or by its keys."""
        printing.note_card(self.get(pk))
        return "", 204


__all__ = ["Block", "Button", "Grid", "Lead", "RecordView", "Related"]
