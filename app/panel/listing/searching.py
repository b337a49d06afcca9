"""Search over the declared columns: every word anywhere, case-free, ё = е; by trigrams where a table has the index."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, false, func, inspect, literal, or_, select, table
from sqlalchemy.orm import RelationshipProperty

from app.extensions import db
from app.keyboard import in_other_layout
from app.models import leading
from app.models.names import search_key
from app.panel import registry
from app.panel.declaration import Declaration
from app.panel.listing.terms import Term, Through, terms
from app.regulation.rights import Action
from app.security.guard import person_of
from app.security.scoping import condition

TRIGRAM = 3
"""Letters from which a word can be looked up in the index; shorter ones are read from the column."""
LAST = "\U0010ffff"
"""Sorts after whatever follows a prefix: the folded text is compared by code points (`models.base.BY_CODE_POINT`)."""

View = type[Declaration] | Declaration
Condition = ColumnElement[bool]


def matches(view: View, text: str) -> list[Condition]:
    """Every word of the search anywhere in what the view searches, as typed or as the other layout would have it."""
    if not text or not view.searchable:
        return []
    if own := [found for word in text.split() if (found := view.search_word(word)) is not None]:
        return own
    typed, other = _all(view, terms_of(view, text)), in_other_layout(text)
    if other is None:
        return typed
    return [or_(and_(*typed), and_(*_all(view, terms_of(view, other))))] if typed else []


def terms_of(view: View, text: str) -> list[Term]:
    return terms(text, _masks(view.model))


def quick_matches(view: type[Declaration], text: str) -> list[Condition]:
    """The same for a look at every kind at once: in a great table short words alone are looked for at the beginning."""
    key = search_key(text)
    if not _is_indexed(view.model) or any(term.shortest >= TRIGRAM for term in terms_of(view, text)):
        return matches(view, text)
    beginning = view.model.search_text
    return [beginning >= key, beginning < key + LAST, beginning.like(f"{key}%"), *matches(view, text)]


def _masks(model: Any) -> Sequence[str]:
    return tuple(model.numbers().values()) if hasattr(model, "numbers") else ()


def _is_indexed(model: Any) -> bool:
    return getattr(model, "__search_index__", False)


def _all(view: View, found: list[Term]) -> list[Condition]:
    """Each term in the record or behind it; or all of them in one of the many records that belong to it."""
    one_by_one = [each for each in view.search_through if each.mask or not _is_of_many(view.model, each)]
    alone, apart = list[Term](), list[Condition]()
    for term in found:
        behind = [each for through in one_by_one if (each := _behind(view.model, through, [term])) is not None]
        if behind:
            apart.append(or_(*_own(view, [term]), *behind))
        else:
            alone.append(term)
    here = [*_own(view, alone), *apart]
    many = [each for each in view.search_through if each not in one_by_one]
    together = [each for through in many if (each := _behind(view.model, through, found)) is not None]
    return [or_(and_(*here), *together)] if here and together else here


def _own(view: View, found: list[Term]) -> list[Condition]:
    """The terms in the record's own text."""
    if not view.model.__search__:
        return [false()] if found else []
    indexed = [term for term in found if term.shortest >= TRIGRAM] if _is_indexed(view.model) else []
    # What the index has settled needs no reading again, unless the view searches only a part of the text.
    rest = found if view.search_only else [term for term in found if term not in indexed]
    return [*([_indexed(view.model, indexed)] if indexed else []), *(_like(_searched(view), term) for term in rest)]


def _indexed(model: Any, found: Iterable[Term]) -> Condition:
    """The same condition in the words of the database's index (docs/adr/0014)."""
    if db.session.get_bind().dialect.name == "sqlite":
        name = f"{model.__tablename__}_search"
        wanted = " AND ".join("(" + " OR ".join(f'"{part}"' for part in term.parts) + ")" for term in found)
        return model.id.in_(select(column("rowid")).select_from(table(name)).where(column(name).op("MATCH")(wanted)))
    # pg_trgm serves LIKE as it is; without the extension the column is read.
    return and_(*(_like(model.search_text, term) for term in found))


def _like(text: Any, term: Term) -> Condition:
    # A part holds letters, digits and spaces alone (search_key): nothing in it is a wildcard.
    return or_(*(text.like(f"%{part}%") for part in term.parts))


def _searched(view: View) -> ColumnElement[str]:
    """The folded text, or its beginning: the columns that the view looks through stand first in it."""
    whole: ColumnElement[str] = view.model.search_text
    if not view.search_only:
        return whole
    widths = [func.length(func.coalesce(getattr(view.model, name), "")) + 1 for name in view.search_only]
    return func.substr(whole, 1, sum(widths[1:], widths[0]) - 1)


# Records behind the listed ones. Only those count that the reader is told whole: what a list does not show it must not
# tell by what it finds.


def behind(model: Any, through: Through, text: str) -> Select[Any] | None:
    """The records at the end of a path, as far as the reader is told them, in which a number of the text is found."""
    target = _steps(model, through)[-1].mapper.class_
    fitting = [fit for term in terms(text, _masks(model)) if (fit := through.fits(term)) is not None]
    return select(target).where(_told(target), *(_anywhere(target, [fit]) for fit in fitting)) if fitting else None


def _behind(model: Any, through: Through, found: Iterable[Term]) -> Condition | None:
    """The records that lead to one in which all of these terms are found; None where they are not looked for there."""
    fitting = [through.fits(term) for term in found]
    wanted = [fit for fit in fitting if fit is not None]
    steps = _steps(model, through)
    if not wanted or len(wanted) < len(fitting) or not all(_is_told(step.mapper.class_) for step in steps):
        return None
    where = _anywhere(steps[-1].mapper.class_, wanted)
    for step in reversed(steps):
        target = step.mapper.class_
        if leading.is_to_one(step):
            rows = select(target.id).where(_told(target), where).correlate(None)
            where = leading.leads_to(step, rows, person_of(db.session).today)
        else:
            back = target.__mapper__.get_property_by_column(step.local_remote_pairs[0][1]).class_attribute
            owner = step.parent.class_
            where = owner.id.in_(select(back).where(_told(target), where).correlate(None))
    return where


def _anywhere(model: Any, found: list[Term]) -> Condition:
    """All of these terms in the text of a record."""
    if _is_indexed(model) and all(term.shortest >= TRIGRAM for term in found):
        return _indexed(model, found)
    # A space in front, so that the first word begins like every other.
    return and_(*(_like(literal(" ") + model.search_text, term) for term in found))


def _steps(model: Any, through: Through) -> list[RelationshipProperty[Any]]:
    steps = list[RelationshipProperty[Any]]()
    for name in through.path.split("."):
        steps.append(inspect(model).relationships[name])
        model = steps[-1].mapper.class_
    return steps


def _is_of_many(model: Any, through: Through) -> bool:
    return any(not leading.is_to_one(step) for step in _steps(model, through))


def _is_told(model: Any) -> bool:
    actor = person_of(db.session)
    return actor.is_system or any(actor.may(Action.VIEW, each) for each in registry.full_resources(model))


def _told(model: Any) -> Condition:
    return condition(model, person_of(db.session), resources=registry.full_resources(model))
