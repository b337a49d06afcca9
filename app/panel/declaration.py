"""What a view declares of its records, and what every page of it stands on: the contract of its parts.

The parts (card.py, editing/pages.py, trash.py, bulk.py) derive from it; RecordView (view.py) puts them together with
Flask-AppBuilder's ModelView, which a type checker cannot see into and which is therefore no part of this contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import wtforms
from flask import abort, render_template, url_for
from sqlalchemy import ColumnElement, inspect, select

from app.extensions import db
from app.models.computed import computed_of
from app.models.references import key_of
from app.models.rows import rows_of
from app.models.states import is_closed
from app.panel.importing.declaration import Imports
from app.panel.listing.terms import Through
from app.panel.loading import eager
from app.panel.menu import Menu
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.security.guard import actor_of
from app.security.scoping import condition, may_add, own_rows
from app.services.engine.history import Child
from app.web import arguments

SHOWN_STAMPS = ("entered_on", "entered_by", "changed_by")


@dataclass(frozen=True)
class Related:
    """A table of dependent records on a card: the relation's target, its column that leads back, what to show."""

    model: Any
    key: str
    columns: tuple[str, ...]
    title: str
    order: tuple[str, ...] = ("id",)
    empty: str = "Записей нет"
    link: str = ""
    """The shown record whose card a row opens, where that is not the row's own."""
    numbered: bool = False
    """Whether its rows have numbers: a list of people that is read aloud or printed."""
    rows: int = 20
    """How many stand there together."""
    add_label: str = ""
    """What the button that adds one says here; empty: as its own list has it."""
    of_today: bool = False
    """Of rows that hold from a day to a day those of today stand there, until another day is asked for, or all."""


@dataclass(frozen=True)
class Block:
    """A part of a card that is no table of records: its own template, told in `content` what was gathered."""

    template: str
    gather: Callable[[Any], Any]
    """Record → content; None leaves the block out."""


@dataclass(frozen=True)
class Grid:
    """Records of one owner as a table whose cells are filled in place (grid/)."""

    title: str
    by: str
    """The relation to the owner, on whose card the grid is offered."""
    head: str
    """What a row is called: a path."""
    columns: tuple[str, ...]
    """Fields of the form, one cell each."""


@dataclass(frozen=True)
class Button:
    """The button of a transition that the model declares (app/models/states.py)."""

    name: str
    """The transition's; the address of its page as well."""
    label: str
    title: str
    """The act as a noun, before the record's name: «Аннулирование»."""
    done: str
    """What the person hears afterwards."""
    icon: str = "arrow-right"
    hint: str = ""
    """What will follow, told before."""
    danger: bool = False
    bulk: bool = False
    """Whether the list offers it for many records at once."""


@dataclass(frozen=True)
class Lead:
    """An action of the list's bar that changes nothing itself: it opens another page for the marked records."""

    code: str
    """What a form sends."""
    label: str
    url: Callable[[Sequence[int]], str]
    """The numbers of the records → the page. Raises BadArgument."""
    offered: Callable[[Actor], bool]
    """Whether the page is open to this person."""


class Declaration:
    """A view's class attributes with what they mean, and the little that all its pages need."""

    model: ClassVar[Any]
    """The mapped class whose records these are."""
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
    only_moved: ClassVar[bool] = False
    """A service makes its records; here they are only read and taken through their transitions."""
    exclude_route_methods: ClassVar[Any] = frozenset()
    """Flask-AppBuilder's: methods without a route. Follows from the declaration."""
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
    list_order: ClassVar[Sequence[str]] = ()
    """In what order its own list and look-up stand, where records that point here are ordered by less: of related
    records and computed columns too, a minus before a name turns it."""
    more_columns: ClassVar[Sequence[str]] = ()
    """What may be chosen as columns of the list besides what the card shows."""
    order_by: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Shown column → real columns to order by, where they differ. A related record needs none: rows stand in the order
    of its own list, which therefore holds no more than its name tells."""
    filter_columns: ClassVar[Sequence[str]] = ()
    """Columns, relations, and columns of related records (`school_class.grade`)."""
    unasked: ClassVar[Mapping[str, Callable[[], ColumnElement[bool]]]] = {}
    """Column → the rows that a list shows as long as no condition on that column is asked."""
    unasked_words: ClassVar[str] = ""
    """What is not shown then, told above the list."""
    filter_choices: ClassVar[dict[str, Sequence[Any]]] = {}
    form_fieldsets: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()
    fixed_columns: ClassVar[Sequence[str]] = ()
    """Set when the record is added, not changed later."""
    related: ClassVar[Sequence[Related]] = ()
    blocks: ClassVar[Sequence[Block]] = ()
    """Parts of the card before its related tables."""
    hints: ClassVar[Mapping[str, str]] = {}
    """Date columns of the form, and of its rows, beside which `hint_of` tells at once what follows → the column of the
    choice on which that depends too."""
    as_grid: ClassVar[Grid | None] = None
    lookup_filters: ClassVar[Sequence[str]] = ()
    """Columns by which a dependent select may narrow the choice."""
    resumable: ClassVar[frozenset[str]] = frozenset({"add", "edit"})
    """Methods whose form comes back filled when the session ended meanwhile (app/web/resumed_form.py)."""
    long_forms: ClassVar[dict[str, int]] = {}
    """Methods whose form has many rows → how many fields it may have (app/web/gate.py); filled as it is declared."""
    search_hint: ClassVar[str] = "Поиск"
    found: ClassVar[bool] = True
    """Whether «Найти всё» looks here; a view whose list is narrowed beyond its scope stays out."""
    found_last: ClassVar[bool] = False
    """Its records are called as those of other kinds are: «Найти всё» shows them after those."""
    search_only: ClassVar[Sequence[str]] = ()
    """The first of the model's searched columns, where a view does not show the others: a search must not tell them."""
    search_through: ClassVar[Sequence[Through]] = ()
    """Records that the searched ones are found by as well."""
    empty_hint: ClassVar[str] = ""
    add_label: ClassVar[str] = "Добавить"

    transitions: ClassVar[Sequence[Button]] = ()
    """Buttons of the model's transitions; whoever has a transition's right sees its button."""
    bulk_fields: ClassVar[Sequence[str]] = ()
    """Fields that may be changed for many records at once."""
    leads: ClassVar[Sequence[Lead]] = ()
    """Pages that the list opens for the marked records."""
    imports: ClassVar[Imports | None] = None
    """Its records may be brought in by a file (app/panel/importing)."""

    history_of: ClassVar[Sequence[Child]] = ()
    """What hangs on the record and is told in its history, to whom may see it."""
    paper_title: ClassVar[str] = ""
    """What a printed card is called, where it is a paper of a name of its own."""

    list_template = "panel/list.html"
    print_template = "panel/print.html"
    show_template = "panel/show.html"
    form_template = "panel/form.html"
    in_place_template = "panel/_form.html"
    delete_template = "panel/delete.html"
    bulk_template = "panel/bulk.html"
    importing_template = "panel/import.html"
    grid_template = "panel/grid.html"

    # Filled as the class is declared (view.py).

    lookup_endpoint: ClassVar[str]
    searchable: ClassVar[bool]

    # Declared by a view, kept and filled by Flask-AppBuilder.

    datamodel: Any
    list_columns: Sequence[str]
    order_columns: Sequence[str]
    show_fieldsets: Sequence[tuple[str, Mapping[str, Sequence[str]]]] | None
    form_columns: Sequence[str]
    add_form: Callable[..., wtforms.Form]
    edit_form: Callable[..., wtforms.Form]

    def form_extra(self) -> dict[str, Any]:
        """Fields that are no columns of the model, by name."""
        return {}

    def list_toolbar(self) -> list[dict[str, Any]]:
        """Buttons beside the one that adds a record."""
        return []

    def ordered_by(self, name: str) -> bool:
        """Whether whoever asks may have the list in the order of a column."""
        return name in self.order_columns

    def sections(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Card sections: (title, paths)."""
        if self.show_fieldsets:
            return [(title or "", options["fields"]) for title, options in self.show_fieldsets]
        plain = [
            (title, [name for name in names if name not in rows_of(self.model)]) for title, names in self.form_fieldsets
        ]
        return [section for section in plain if section[1]] or [("Сведения", self.list_columns)]

    def offered_columns(self) -> list[str]:
        """What a person may choose as columns of the list: the declared ones, then the rest of the card."""
        if self.brief:
            return list(self.list_columns)
        mapper = inspect(self.model)
        plain = {*mapper.columns.keys(), *(r.key for r in mapper.relationships if not r.uselist)}
        plain |= {name for name in dir(self.model) if computed_of(self.model, name)}
        on_card = [name for _, names in self.sections() for name in names]
        stamps = [name for name in SHOWN_STAMPS if name in mapper.columns]
        return list(
            dict.fromkeys(
                [*self.list_columns, *self.more_columns, *(name for name in [*on_card, *stamps] if name in plain)]
            )
        )

    @classmethod
    def why_found(cls, rows: Sequence[Any], text: str) -> dict[int, str]:
        """Key → what behind a record a search has found it by, told to whom may read that. One query at most."""
        return {}

    @staticmethod
    def search_word(word: str) -> ColumnElement[bool] | None:
        """Where a word is looked for, said by a view of a table without the folded text."""
        return None

    def foretold(self, rows: Sequence[Any], act: str) -> Mapping[int, Sequence[str]]:
        """By key what else an act on each changes (a transition's name, or «delete»), one sentence each, told before it
        is done. As many queries for many records as for one."""
        return {}

    def hint_of(self, name: str, day: date, choice: str) -> str:
        """What follows from a date as it is typed, in words; empty: nothing."""
        return ""

    def lookup_paths(self) -> Sequence[str]:
        """Relations that the hint reads."""
        return ()

    def lookup_text(self, obj: Any) -> str:
        return str(obj)

    def lookup_hint(self, obj: Any) -> str:
        return ""

    def narrowing(self) -> list[Any]:
        """Conditions of this view's list beyond scope and filters."""
        return []

    def get(self, pk: str, action: Action = Action.VIEW) -> Any:
        """The record within the actor's scope for this action, or 404: a foreign one does not exist."""
        scope = condition(self.model, actor_of(db.session), action, (self.resource,))
        shown = [name for _, names in self.sections() for name in names]
        paths = [*self.form_columns, *self._row_paths()] if action is Action.EDIT else shown
        statement = select(self.model).where(self.model.id == arguments.key(pk), scope, *self.narrowing())
        obj = db.session.scalar(statement.options(*eager(self.model, paths)))
        return obj if obj is not None else abort(404)

    def why_shut(self, obj: Any, name: str) -> str:
        """Why a field is not on the form of this record (`prepare_form`), for whoever would fill it."""
        return "Это поле у существующей записи не изменяется."

    def _row_paths(self) -> Sequence[str]:
        """What the form of a stored record reads of its rows: loaded with it."""
        declared = rows_of(self.model)
        return [path for name in self.form_columns if name in declared for path in declared[name].paths]

    @classmethod
    def is_routed(cls, method: str) -> bool:
        return method not in cls.exclude_route_methods

    @classmethod
    def url(cls, method: str, **values: Any) -> str:
        return url_for(f"{cls.__name__}.{method}", **values)

    @classmethod
    def may_add(cls, actor: Actor) -> bool:
        """Whether there is a record that the actor may add here (app/security/scoping.py)."""
        if "add" in cls.exclude_route_methods or not cls.form_fieldsets:
            return False
        return may_add(cls.model, actor, cls.resource)

    @classmethod
    def own_rows(cls, actor: Actor) -> tuple[str, frozenset[int]] | None:
        """(relation to the owner, whose records) where the actor adds none but his own: nobody is asked whose."""
        found = own_rows(cls.model, actor, cls.resource)
        relations = (each for each in inspect(cls.model).relationships if each.direction.name == "MANYTOONE")
        names = {key_of(each).key: each.key for each in relations}
        return None if found is None else (names.get(found[0], found[0]), found[1])

    @classmethod
    def may_import(cls, actor: Actor) -> bool:
        return cls.imports is not None and not cls.readonly and not cls.brief and actor.may(Action.EDIT, cls.resource)

    def may_write(self, actor: Actor, obj: Any, action: Action) -> bool:
        """Whether the record may be changed or deleted; the guard at the session decides."""
        routed = action.value not in self.exclude_route_methods
        return routed and not is_closed(obj) and self.may(actor, obj, action)

    def may(self, actor: Actor, obj: Any, action: Action) -> bool:
        """Whether a button is worth showing."""
        if self.readonly or self.brief or not actor.may(action, self.resource):
            return False
        scope = condition(self.model, actor, action, (self.resource,))
        return db.session.scalar(select(self.model.id).where(self.model.id == obj.id, scope)) is not None

    def render(self, template: str, **context: Any) -> str:
        view = {
            "title": self.title_many,
            "title_one": self.model.__titles__[0],
            "paper_title": self.paper_title,
            "section": self.section,
            "resource": self.resource.value,
        }
        return render_template(template, view=view, **context)
