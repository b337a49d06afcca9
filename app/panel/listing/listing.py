"""The rows of any list: search, filters, order, columns and page from the address; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, select

from app.extensions import db
from app.panel import reach, sight
from app.panel.declaration import Declaration
from app.panel.listing import sorting
from app.panel.listing.filters import filters_of
from app.panel.listing.keyset import Order
from app.panel.listing.searching import matches
from app.panel.loading import complete, eager
from app.regulation.rights import Action
from app.security.guard import Denied, person_of
from app.security.scoping import condition
from app.web import arguments
from app.web.arguments import BadArgument

COUNTED = 10_000
"""Rows are counted up to this number: beyond it a count costs more than it tells."""


BATCH = 1_000
"""Rows of an export that are read together."""


@dataclass(frozen=True)
class Place:
    """Where in the list a page stands: after or before a row, or by its bare number (small offsets, shared links)."""

    number: int
    size: int
    after: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, args: Any) -> Place:
        number, size = arguments.page_number(args), arguments.page_size(args)
        return cls(number, size, arguments.row_key(args, "after"), arguments.row_key(args, "before"))


@dataclass(frozen=True)
class Page:
    """The rows of one page."""

    rows: list[Any]
    number: int
    size: int
    further: bool
    """Whether rows follow."""
    lost: bool = False
    """The row from which the page was counted is gone; this is the beginning."""
    past: bool = False
    """The list ends before this page."""


class Listing:
    """The rows a view shows for these arguments, within the actor's scope for one action. Raises BadArgument.

    `tells`: a condition that makes no sense is told at its field, and no row is shown in place of those asked for.
    """

    def __init__(self, view: Declaration, args: Any, action: Action = Action.VIEW, *, tells: bool = False) -> None:
        self.view, self.args, self.model = view, args, view.datamodel.obj
        self.action = action
        self.q = arguments.search_text(args)
        self.hidden = self._hidden()
        self.columns = self._columns()
        self.filters = filters_of(view, args)
        self.wrong = [item for item in self.filters if item.wrong]
        if self.wrong and not tells:
            raise BadArgument(f"Отбор «{self.wrong[0].label}»: {self.wrong[0].wrong}")
        self.order = self._order()

    def statement(self) -> Select[Any]:
        """Every row of the list, in order, without paging."""
        return self.order.joined(self._read()).order_by(*self.order.clauses())

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """The same rows under another select list."""
        wheres = [self._scope(), *matches(self.view, self.q), *self.view.narrowing()]
        wheres += [item.where for item in self.filters if item.where is not None]
        wheres += [false()] if self.wrong else []
        return statement.where(*wheres, *self.unasked())

    def unasked(self) -> list[ColumnElement[bool]]:
        """What the list leaves out until it is asked for."""
        asked = {item.name for item in self.filters if item.where is not None}
        return [where() for name, where in self.view.unasked.items() if name not in asked]

    def each_finds(self) -> list[bool]:
        """Of the search and of each condition asked: whether it finds anything by itself. One query for all."""
        searched = [matches(self.view, self.q)] if self.q else []
        asked = [*searched, *([item.where] for item in self.filters if item.where is not None)]
        whole = (self._scope(), *self.view.narrowing())
        return list(db.session.execute(select(*(exists().where(*whole, *each) for each in asked))).one())

    def count(self) -> int:
        """All rows, however many."""
        return db.session.scalar(self.narrow(select(func.count()).select_from(self.model))) or 0

    def total(self) -> int:
        """The rows up to COUNTED; one more stands for «more than that»."""
        some = self.narrow(select(self.model.id)).limit(COUNTED + 1).subquery()
        return db.session.scalar(select(func.count()).select_from(some)) or 0

    def every(self) -> Iterator[Any]:
        """All rows for an export, streamed."""
        statement = self.statement().execution_options(yield_per=BATCH)
        for rows in db.session.scalars(statement).partitions():
            complete(rows, self.columns, self.action)
            yield from rows

    def page(self, place: Place) -> Page:
        cursor = place.after or place.before
        if cursor is None:
            start = (place.number - 1) * place.size
            rows = self._rows(self.statement().limit(place.size + 1).offset(start))
            return Page(rows[: place.size], place.number, place.size, len(rows) > place.size, past=_past(place, rows))
        values = self._values(cursor)
        if values is None:
            return replace(self.page(Place(1, place.size)), lost=True)
        return self._after(place, values) if place.after else self._before(place, values)

    def neighbours(self, obj: Any) -> tuple[int | None, int | None]:
        """The keys of the rows before and after a row of this list."""
        values = self._values(obj.id)
        if values is None:
            return None, None
        return self._next(values, backwards=True), self._next(values, backwards=False)

    def _after(self, place: Place, values: list[Any]) -> Page:
        rows = self._beyond(values, place.size + 1, backwards=False)
        return Page(rows[: place.size], place.number, place.size, len(rows) > place.size, past=_past(place, rows))

    def _before(self, place: Place, values: list[Any]) -> Page:
        rows = self._beyond(values, place.size + 1, backwards=True)
        if len(rows) <= place.size:  # the beginning is reached: a whole first page, not a part of one
            return self.page(Place(1, place.size))
        return Page(rows[: place.size][::-1], place.number, place.size, True)

    def _beyond(self, values: list[Any], limit: int, *, backwards: bool) -> list[Any]:
        statement = self.order.joined(self._read()).where(self.order.beyond(values, backwards=backwards))
        return self._rows(statement.order_by(*self.order.clauses(backwards=backwards)).limit(limit))

    def _next(self, values: list[Any], *, backwards: bool) -> int | None:
        statement = self.order.joined(self.narrow(select(self.model.id)))
        statement = statement.where(self.order.beyond(values, backwards=backwards))
        return db.session.scalar(statement.order_by(*self.order.clauses(backwards=backwards)).limit(1))

    def _values(self, key: int) -> list[Any] | None:
        """Where a row stands in this order. Only within the scope: the place of a foreign name would tell it."""
        place = self.order.joined(select(*self.order.columns).select_from(self.model))
        found = db.session.execute(place.where(self.model.id == key, self._scope())).first()
        return None if found is None else list(found)

    def _read(self) -> Select[Any]:
        return self.narrow(select(self.model)).options(*eager(self.model, self.columns))

    def _rows(self, statement: Select[Any]) -> list[Any]:
        rows = list(db.session.scalars(statement))
        complete(rows, self.columns, self.action)
        return rows

    def _scope(self) -> ColumnElement[bool]:
        return condition(self.model, person_of(db.session), self.action, (self.view.resource,))

    def _hidden(self) -> set[str]:
        """Columns that are not offered. Raises Denied where none is left."""
        actor = person_of(db.session)
        if not sight.lists(actor, self.view):
            raise Denied(f"Недостаточно прав: в списке «{self.view.title_many}» вам ничего не видно.")
        hidden = {name for name in self.view.offered_columns() if not reach.tells(actor, self.model, name, self.action)}
        # Somebody with one school need not read its name in every row.
        return hidden | ({"school"} if actor.default_school_id is not None else set())

    def _columns(self) -> list[str]:
        """The chosen columns in the order of the declaration; the first says what the row is and always stands."""
        wanted = arguments.values(self.args, "cols")
        offered = [name for name in self.view.offered_columns() if name not in self.hidden]
        if any(name not in self.view.offered_columns() for name in wanted):
            raise BadArgument("Колонки: такой колонки в списке нет. Выберите из предложенных.")
        self.offered = offered
        default = [name for name in self.view.list_columns if name not in self.hidden]
        return [name for name in offered if name in wanted or name == default[0]] if wanted else default

    def _order(self) -> Order:
        wanted = self.args.get("order", "")
        if not wanted:
            return sorting.own_order(self.view)
        name = wanted.removeprefix("-")
        if not (self.view.ordered_by(name) and sight.tells(person_of(db.session), self.model, name)):
            raise BadArgument("Порядок строк: по этой колонке упорядочить нельзя.")
        return sorting.order_by(self.view, name, descending=wanted.startswith("-"))


def _past(place: Place, rows: list[Any]) -> bool:
    return place.number > 1 and not rows
