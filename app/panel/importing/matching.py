"""Which record a row is about: known by its number or a declared key; what could be two is refused, never guessed."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, inspect, select

from app.extensions import db
from app.models import numbers
from app.models.base import label_of
from app.models.names import search_key
from app.models.references import key_of
from app.panel import cells
from app.panel.declaration import Declaration
from app.panel.importing.columns import NUMBER, imports_of, quoted
from app.panel.importing.declaration import Key
from app.regulation.rights import Action
from app.russian import format_date
from app.security.guard import person_of
from app.security.scoping import condition
from app.services.engine.errors import Refused
from app.web import arguments

MOST_ALIKE = 20
Values = Mapping[str, Any]


def usable(keys: tuple[Key, ...], values: Values) -> list[Key]:
    """The keys that the row has filled."""
    return [key for key in keys if all(values.get(name) is not None for name in key.columns)]


def record_of(view: Declaration, number: str, values: Values, school_id: int | None) -> Any:
    """The record that the row is about, None for a new one. Raises Refused."""
    if number:
        return _by_number(view, number)
    keys = usable(imports_of(view).keys, values)
    if not keys:
        raise Refused({"": [_unknowable(view)]})
    found: dict[int, Any] = {}
    for key in keys:
        found |= {obj.id: obj for obj in _by_key(view, key, values, school_id)}
    if len(found) > 1:
        raise Refused({"": [f"Подходят несколько записей: {_told(found.values())}. Впишите «{NUMBER}»."]})
    for obj in found.values():
        _require_same(view, obj, values)
    return next(iter(found.values()), None)


def _by_number(view: Declaration, number: str) -> Any:
    obj = db.session.scalar(_visible(view).where(view.model.id == arguments.key(number)))
    if obj is None:
        raise Refused({NUMBER: [f"Записи № {number[:12]} нет, или она вам недоступна."]})
    return obj


def _visible(view: Declaration) -> Any:
    scope = condition(view.model, person_of(db.session), Action.VIEW, (view.resource,))
    return select(view.model).where(scope, *view.narrowing())


def _by_key(view: Declaration, key: Key, values: Values, school_id: int | None) -> list[Any]:
    """Records that agree with the row. Raises Refused where one only may be the same."""
    model, statement = view.model, _visible(view).limit(MOST_ALIKE)
    if school_id is not None and "school_id" in inspect(model).columns:
        statement = statement.where(model.school_id == school_id)
    for name in key.columns:
        statement = statement.where(_narrowed(model, name, values[name]))
    alike = [obj for obj in db.session.scalars(statement) if _agrees(obj, key.columns, values)]
    perhaps = [obj for obj in alike if not _differs(obj, key.perhaps, values)]
    sure = [obj for obj in perhaps if _agrees(obj, key.perhaps, values)]
    if not sure and perhaps:
        missing = quoted(label_of(model, name) for name in key.perhaps)
        raise Refused({"": [f"Возможно, это запись {_told(perhaps)}: не хватает {missing}. Впишите «{NUMBER}»."]})
    return sure


def _narrowed(model: Any, name: str, value: Any) -> Any:
    """What the database finds; spelling is compared afterwards, as people tell names apart."""
    if name in inspect(model).relationships:
        return getattr(model, key_of(inspect(model).relationships[name]).key) == value.id
    column = inspect(model).columns[name]
    if name in model.__search__ and isinstance(column.type, String) and isinstance(value, str):
        mask = model.numbers().get(name)
        return model.search_text.contains(numbers.folded(mask, value) if mask else search_key(value), autoescape=True)
    return getattr(model, name) == value


def _agrees(obj: Any, names: tuple[str, ...], values: Values) -> bool:
    return all(_same(getattr(obj, name), values.get(name)) for name in names)


def _differs(obj: Any, names: tuple[str, ...], values: Values) -> bool:
    pairs = [(getattr(obj, name), values.get(name)) for name in names]
    return any(here is not None and there is not None and not _same(here, there) for here, there in pairs)


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, str) and isinstance(there, str):
        return search_key(here) == search_key(there)
    return here == there


def _require_same(view: Declaration, obj: Any, values: Values) -> None:
    """A record found by one key must not have another value of a surer one: that may be another person."""
    for key in imports_of(view).keys:
        if len(key.names) == 1 and _differs(obj, key.columns, values):
            name = key.columns[0]
            known = f"«{label_of(view.model, name)}» там {cells.plain(getattr(obj, name))}"
            way = f"Исправьте файл или карточку, либо впишите «{NUMBER}»."
            raise Refused({name: [f"Похоже на запись {_told([obj])}, но {known}. {way}"]})


def _told(found: Any) -> str:
    return "; ".join(f"№ {obj.id} «{obj}»{_born(obj)}" for obj in found)


def _born(obj: Any) -> str:
    born = getattr(obj, "birth_date", None)
    return f", {format_date(born)}" if born is not None else ""


def _unknowable(view: Declaration) -> str:
    ways = [quoted(label_of(view.model, name) for name in key.columns) for key in imports_of(view).keys]
    return f"Не узнать, о какой записи строка. Заполните {' или '.join(ways)}."


class Claims:
    """Which rows of the file are already about which record: two rows about one are a mistake of the file."""

    def __init__(self) -> None:
        self._known: dict[tuple[int | None, int, str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        self._records: dict[int, int] = {}

    def claim(self, keys: tuple[Key, ...], number: int, values: Values, school_id: int | None) -> None:
        """Raises Refused when an earlier row of this school is about the same."""
        single = {key.columns[0]: values.get(key.columns[0]) for key in keys if len(key.names) == 1}
        for place, key in enumerate(keys):
            if key not in usable(keys, values):
                continue
            known = school_id, place, "\n".join(_words(values.get(name)) for name in key.names)
            for other, theirs in self._known[known]:
                if not any(single[name] and theirs[name] and single[name] != theirs[name] for name in single):
                    raise Refused({"": [_twice(other)]})
            self._known[known].append((number, single))

    def claim_record(self, number: int, key: int) -> None:
        if self._records.setdefault(key, number) != number:
            raise Refused({"": [_twice(self._records[key])]})


def _words(value: Any) -> str:
    return search_key(value) if isinstance(value, str) else str(getattr(value, "id", value))


def _twice(other: int) -> str:
    return f"Та же запись, что в строке {other}. Оставьте одну из строк."
