"""A record that a cell names: by its caption, as a look-up shows it, or by its own key; within the actor's reach."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from app.extensions import db
from app.models.base import label_of
from app.models.names import search_key
from app.models.shared import is_shared
from app.panel.editing.fields import RemoteSelectField
from app.panel.listing import sorting
from app.panel.listing.searching import matches
from app.panel.loading import eager
from app.panel.place import served_view
from app.panel.registry import view_of
from app.regulation.rights import Action
from app.security.guard import person_of
from app.security.scoping import condition

MOST_HELD = 2_000
"""Records of one kind that are read at once; of more kinds each is looked for by its words."""
MOST_ALIKE = 50
SHOWN = 3


@dataclass(frozen=True)
class Option:
    """A record as a cell may name it."""

    id: int
    name: str
    text: str
    hint: str
    keys: frozenset[str]

    @property
    def whole(self) -> str:
        return f"{self.text}, {self.hint}" if self.hint else self.text


class References:
    """What cells of one file name; read once, however many rows name it."""

    def __init__(self, school_id: int | None = None) -> None:
        self.school_id = school_id
        self._held: dict[type, list[Option] | None] = {}
        self._names: dict[type, dict[int, str]] = {}
        self._found: dict[tuple[type, str], int] = {}

    def find(self, field: RemoteSelectField, text: str) -> int:
        """The number of the one record that a cell names. Raises ValueError in Russian: none, or more than one."""
        known = field.model, text
        if known not in self._found:
            self._found[known] = self._look(field, text)
        return self._found[known]

    def held(self, model: type) -> list[Option] | None:
        """All of a kind, in the order of its look-up; None where there are too many to read."""
        if model not in self._held:
            found = self._read(model, (), MOST_HELD + 1)
            self._held[model] = found if len(found) <= MOST_HELD else None
        return self._held[model]

    def names(self, model: type) -> dict[int, str]:
        """How each of a kind is written so that it is found again; of more than are held, none."""
        if model not in self._names:
            held = self.held(model) or []
            alike = Counter(each.text for each in held)
            self._names[model] = {each.id: each.text if alike[each.text] == 1 else each.whole for each in held}
        return self._names[model]

    def written(self, obj: Any) -> str:
        """A record as a cell names it."""
        known = self.names(type(obj)).get(obj.id)
        if known is not None:
            return known
        view = served_view(view_of(type(obj)).route)
        return Option(obj.id, str(obj), view.lookup_text(obj), view.lookup_hint(obj), frozenset()).whole

    def _look(self, field: RemoteSelectField, text: str) -> int:
        options = self.held(field.model)
        fitting = _fitting(field.model, text, options if options is not None else self._alike(field.model, text))
        if not fitting:
            raise ValueError(f"«{text[:60]}»: такой записи нет или она недоступна.")
        if len(fitting) > 1:
            raise ValueError(_ambiguous(field.model, fitting))
        return fitting[0].id

    def _alike(self, model: type, text: str) -> list[Option]:
        view = view_of(model)
        for words in dict.fromkeys((text, text.partition(",")[0])):
            if found := self._read(model, matches(view, words), MOST_ALIKE):
                return found
        return []

    def _read(self, model: Any, wheres: Iterable[Any], limit: int) -> list[Option]:
        view = view_of(model)
        statement = select(model).where(condition(model, person_of(db.session), Action.VIEW, (view.resource,)), *wheres)
        if self.school_id is not None and "school_id" in inspect(model).columns:
            own = model.school_id == self.school_id
            statement = statement.where(model.reached_from(self.school_id) if is_shared(model) else own)
        shown = served_view(view.route)
        order = sorting.own_order(shown)
        statement = order.joined(statement).order_by(*order.clauses()).options(*eager(model, shown.lookup_paths()))
        keys = single_keys(view)
        return [
            Option(obj.id, str(obj), shown.lookup_text(obj), shown.lookup_hint(obj), _keys(obj, keys))
            for obj in db.session.scalars(statement.limit(limit))
        ]


def single_keys(view: Any) -> list[str]:
    """Columns that name a record alone."""
    keys = view.imports.keys if view.imports is not None else ()
    single = (key.columns[0] for key in keys if len(key.names) == 1)
    return [name for name in single if name in inspect(view.model).columns]


def _keys(obj: Any, names: list[str]) -> frozenset[str]:
    return frozenset(str(value) for value in (getattr(obj, name) for name in names) if value is not None)


def _fitting(model: type, text: str, options: list[Option]) -> list[Option]:
    """Those known by the key, else those written whole, else those called so."""
    typed, words = _normalised(model, text), search_key(text)
    by_key = [each for each in options if each.keys & typed]
    whole = [each for each in options if search_key(each.whole) == words]
    return by_key or whole or [each for each in options if words in (search_key(each.text), search_key(each.name))]


def _normalised(model: type, text: str) -> set[str]:
    """The text as each of the keys would be stored."""
    found = {text}
    for name in single_keys(view_of(model)):
        normalise: Callable[[str], str] | None = inspect(model).columns[name].info.get("normalise")
        try:
            found |= {normalise(text)} if normalise is not None else set()
        except ValueError:
            continue
    return found


def _ambiguous(model: type, fitting: list[Option]) -> str:
    shown = "; ".join(f"«{each.whole}»" for each in fitting[:SHOWN])
    keys = [f"«{label_of(model, name)}»" for name in single_keys(view_of(model))]
    alike = len({each.whole for each in fitting}) < len(fitting)
    way = f"Впишите {' или '.join(keys)}." if alike and keys else "Впишите одну из них целиком, как здесь."
    return f"Подходят несколько записей ({len(fitting)}): {shown}. {way}"
