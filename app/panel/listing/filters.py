"""Filters of a list: the editor follows from the column's kind, the value stands in the address.

A condition on a related record's column asks only records that the reader sees, under a right that tells him the
column: what a list does not show it must not tell by what it finds.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, inspect, not_, or_, select
from sqlalchemy.orm import RelationshipProperty

from app.extensions import db
from app.models import leading
from app.models.computed import computed_of
from app.models.dated import Spanning
from app.models.kinds import Kind, kind_of
from app.models.shared import is_shared
from app.panel import kinds
from app.panel.declaration import Declaration
from app.panel.editing.forms import depends_on
from app.panel.listing import conditions
from app.panel.listing.conditions import Asked, Control
from app.panel.listing.paths import Path, label, many_to_one, may_read, path_of, telling
from app.panel.registry import view_of
from app.regulation.rights import Action
from app.security.guard import actor_of, person_of
from app.security.names import is_closed
from app.security.scoping import condition
from app.web import arguments
from app.web.arguments import BadArgument

EMPTY, FILLED = "empty", "filled"
STATES = ((FILLED, "заполнено"), (EMPTY, "не заполнено"))
ON_DAY, HOLDS = "on", "Действует на дату"
"""The condition that every list of a dated model has."""
TAILS = ("", "_from", "_to", "_is")
"""What may follow a column's name in the address."""


@dataclass(frozen=True)
class Filter:
    """One condition of a list."""

    name: str
    label: str
    controls: tuple[Control, ...]
    words: str
    """What is asked, as a person reads it; empty when nothing is."""
    where: ColumnElement[bool] | None
    wrong: str = ""
    """Why it cannot be asked."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the address that it takes."""
        return tuple(control.name for control in self.controls)


def filters_of(view: Declaration, args: Any) -> list[Filter]:
    """The conditions that the reader may put, with what the address asks of them and what is wrong with that.

    Raises BadArgument for a condition that he may not put.
    """
    found = [each for name in view.filter_columns if (each := _filter(view, args, name)) is not None]
    if issubclass(view.model, Spanning):
        asked = conditions.on_day(args, ON_DAY, HOLDS, view.model)
        found.append(Filter(ON_DAY, HOLDS, asked.controls, asked.words, asked.where, asked.wrong))
    return found


def _filter(view: Declaration, args: Any, name: str) -> Filter | None:
    path, title = path_of(view.model, name), label(view.model, name)
    if not may_read(person_of(db.session), path):
        if any(args.get(name + tail) for tail in TAILS):
            raise BadArgument(f"Отбор «{title}»: на эти сведения нет права. Уберите это условие.")
        return None
    asked = _asked(view, args, name, path, title)
    where = None if asked.where is None else _through(path, asked.where)
    asked = replace(asked, where=where)
    if _may_be_blank(path):
        asked = _with_state(args, f"{name}_is", title, asked, path)
    return Filter(name, title, asked.controls, asked.words, asked.where, asked.wrong)


def _asked(view: Declaration, args: Any, name: str, path: Path, title: str) -> Asked:
    relation = many_to_one(path.model, path.name)
    if relation is not None:
        others = [each for each in view.filter_columns if each != name]
        return _records(args, name, title, relation, None if path.steps else depends_on(view.model, name, others))
    if (found := computed_of(path.model, path.name)) is not None:
        expression = found.on(path.model, person_of(db.session).today)
        return _of_kind(found.kind, args, name, title, expression)
    attribute, column = getattr(path.model, path.name), inspect(path.model).columns[path.name]
    if name in view.filter_choices:
        given = view.filter_choices[name]
        options = [value if isinstance(value, tuple) else (str(value), str(value)) for value in given]
        return conditions.any_of(
            args, name, title, attribute, options, lambda value: kind_of(column).parse(value, column)
        )
    return _of_kind(kind_of(column), args, name, title, attribute)


def _of_kind(kind: Kind, args: Any, name: str, title: str, column: Any) -> Asked:
    make = kinds.SHAPES[kind].filters
    assert make is not None  # noqa: S101 - the start-up check SGO044 has seen to it
    return make(args, name, title, column)


def _records(args: Any, name: str, title: str, relation: RelationshipProperty[Any], depends: str | None) -> Asked:
    """Some of the records that the reader sees."""
    target, values = relation.mapper.class_, conditions.several(args, name)
    found = _found(target, values[: conditions.MOST_VALUES])
    chosen = tuple((value, str(found[arguments.key(value)])) for value in values if arguments.key(value) in found)
    wrong = conditions.wrong_values(values, chosen, "Такой записи нет или она недоступна.")
    where = leading.leads_to(relation, found, person_of(db.session).today) if found else None
    view = view_of(target)
    may = person_of(db.session).may(Action.VIEW, view.resource)
    # Whoever asks for records that name a closed entry must find it.
    url = url_for(view.lookup_endpoint, closed="1" if is_shared(target) else None)
    control = Control(name, title, "remote", chosen, (), url, may, depends, is_wrong=bool(wrong))
    if wrong:
        return Asked((control,), wrong=wrong)
    return Asked((control,), ", ".join(text for _, text in chosen), where)


def _found(target: Any, values: list[str]) -> dict[int, Any]:
    if not values:
        return {}
    ids = [arguments.key(value) for value in values]
    seen = condition(target, actor_of(db.session))
    return {obj.id: obj for obj in db.session.scalars(select(target).where(target.id.in_(ids), seen))}


def _may_be_blank(path: Path) -> bool:
    """Whether rows may show «—» in this column."""
    relation = many_to_one(path.model, path.name)
    if computed_of(path.model, path.name) is not None:
        return False
    if any(map(leading.may_be_empty, path.steps)):
        return True
    if relation is not None:
        return leading.may_be_empty(relation)
    return bool(inspect(path.model).columns[path.name].nullable)


def _with_state(args: Any, name: str, title: str, asked: Asked, path: Path) -> Asked:
    """The condition with «не заполнено» beside its values, or «заполнено» besides them."""
    state = args.get(name, "").strip()
    word = dict(STATES).get(state, "")
    unknown = bool(state) and not word
    control = Control(name, f"{title}: заполнено ли", "state", _chosen(state, word), STATES, is_wrong=unknown)
    controls = (*asked.controls, control)
    if asked.wrong or unknown:
        return Asked(controls, wrong=asked.wrong or "Выберите «заполнено» или «не заполнено».")
    if not state:
        return replace(asked, controls=controls)
    blank = _blank(path)
    if asked.where is None:
        return Asked(controls, word, blank if state == EMPTY else not_(blank))
    if state == EMPTY:
        return Asked(controls, f"{asked.words} или {word}", or_(asked.where, blank))
    return Asked(controls, asked.words, and_(asked.where, not_(blank)))


def _chosen(state: str, word: str) -> tuple[tuple[str, str], ...]:
    return ((state, word),) if state else ()


def _blank(path: Path) -> ColumnElement[bool]:
    """Rows that show «—»: nothing is there, or nothing that the reader sees."""
    here = _blank_here(path)
    if not path.steps:
        return here
    return or_(leading.is_empty(path.steps[0], person_of(db.session).today), not_(_through(path, not_(here))))


def _blank_here(path: Path) -> ColumnElement[bool]:
    relation = many_to_one(path.model, path.name)
    if relation is None:
        return conditions.is_blank(getattr(path.model, path.name))
    target, today = relation.mapper.class_, person_of(db.session).today
    if not is_closed(target):
        return leading.is_empty(relation, today)  # of what is out of reach the name is shown
    seen = select(target.id).where(condition(target, actor_of(db.session))).correlate(None)
    return or_(leading.is_empty(relation, today), not_(leading.leads_to(relation, seen, today)))


def _through(path: Path, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on the record at the end of a path as one on the listed record."""
    for step, name in reversed(path.hops):
        target = step.mapper.class_
        seen = condition(target, actor_of(db.session), resources=telling(target, name))
        rows = select(target.id).where(seen, where).correlate(None)
        where = leading.leads_to(step, rows, person_of(db.session).today)
    return where
