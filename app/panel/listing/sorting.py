"""In what order a list stands: by columns of its records, or of those that they point to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from app.extensions import db
from app.models import leading
from app.models.computed import computed_of
from app.models.kinds import kind_of
from app.panel import registry
from app.panel.declaration import Declaration
from app.panel.listing.keyset import Join, Order, Part
from app.panel.listing.paths import many_to_one, path_of
from app.panel.loading import sort_name
from app.security import names
from app.security.guard import actor_of, person_of


def own_order(view: Declaration) -> Order:
    """The order in which a view shows its records."""
    names = view.list_order or view.default_order
    return _Making(view.model).add(names, view.default_descending).end(view.default_descending)


def ordered(model: Any, names: Sequence[str]) -> Order:
    """An order by declared columns, of related records too; a minus before one turns it."""
    return _Making(model).add(names, descending=False).end(descending=False)


def order_by(view: Declaration, name: str, *, descending: bool) -> Order:
    """The order by a shown column. Within one value of another record rows stand as usual: a class by names."""
    making = _Making(view.model).add(real_columns(view, name), descending)
    if making.joins:
        return making.add(view.default_order, view.default_descending).end(view.default_descending)
    return making.end(descending)


def real_columns(view: Declaration, name: str) -> tuple[str, ...]:
    """The columns by which a shown column is ordered: a record by those that its own list stands in."""
    if name in view.order_by:
        return tuple(view.order_by[name])
    path = path_of(view.model, name)
    relation = many_to_one(path.model, path.name)
    if relation is None:
        return (name,)
    return tuple(f"{name}.{each}" for each in registry.view_of(relation.mapper.class_).default_order)


def is_ordered(view: Declaration, name: str) -> bool:
    """Whether a list can stand in the order of a shown column."""
    if name in view.order_by:
        return True
    try:
        path = path_of(view.model, name)
    except KeyError:
        return False
    relation = many_to_one(path.model, path.name)
    if relation is not None:
        target = registry.main_view(relation.mapper.class_)
        return target is not None and tuple(target.default_order) != ("id",)
    if (found := computed_of(view.model, name)) is not None:
        return found.ordered and found.kind.ordered
    column = inspect(path.model).columns.get(path.name)
    return column is not None and kind_of(column).ordered


@dataclass
class _Making:
    """An order while it is gathered: each record on the way is joined once."""

    model: Any
    parts: list[Part] = field(default_factory=list)
    joins: dict[tuple[str, ...], Join] = field(default_factory=dict)

    def add(self, columns: Any, descending: bool) -> "_Making":
        for name in columns:
            self._put(self._part(name.removeprefix("-"), descending != name.startswith("-")))
        return self

    def _part(self, name: str, descending: bool) -> Part:
        *heads, last = name.split(".")
        mapped = path_of(self.model, name).model
        owner, outer = self._reach(tuple(heads))
        if (found := computed_of(mapped, last)) is not None:
            made = found.on(SimpleNamespace(**owner) if heads else mapped, person_of(db.session).today)
            return Part(made, descending, nullable=True)
        real = sort_name(mapped, last)
        return Part(owner[real], descending, outer or bool(inspect(mapped).columns[real].nullable))

    def end(self, descending: bool) -> Order:
        """The key makes the order total."""
        self._put(Part(self.model.id, descending, nullable=False))
        return Order(tuple(self.parts), tuple(self.joins.values()))

    def _put(self, part: Part) -> None:
        if all(each.column is not part.column for each in self.parts):
            self.parts.append(part)

    def _reach(self, heads: tuple[str, ...]) -> tuple[Any, bool]:
        """The record at the end of these relations, joined, and whether it may be missing."""
        if not heads:
            return inspect(self.model).all_orm_descriptors, False
        if heads not in self.joins:
            owner, outer = self._reach(heads[:-1])
            step = path_of(self.model, ".".join((*heads, "id"))).steps[-1]
            self.joins[heads] = _join(owner, step, outer)
        join = self.joins[heads]
        return join.target.c, join.outer


def _join(owner: Any, relation: RelationshipProperty[Any], outer: bool) -> Join:
    """The record that a relation leads to, as far as its name is told: the order must not tell what is not shown."""
    model = relation.mapper.class_
    target = names.to_order_by(model, actor_of(db.session))
    missing = leading.may_be_empty(relation) or names.is_closed(model)
    key = leading.key_on(relation, owner, person_of(db.session).today)
    return Join(target, target.c.id == key, outer or missing)
