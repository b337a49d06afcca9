"""What views and models declare, held against each other at the start: columns, kinds, references, rows, states."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, Select, String, Table, inspect
from sqlalchemy.sql.visitors import iterate

from app.models.computed import Computed, computed_of
from app.models.kinds import UnknownKind, kind_of
from app.models.leading import is_to_one
from app.models.references import shared_of
from app.models.rows import ChildRows, ShowFor, rows_of
from app.models.states import States, states_of
from app.panel import registry
from app.panel.declaration import Declaration
from app.panel.importing import declaration
from app.panel.kinds import SHAPES, shape_of
from app.panel.listing.paths import path_of
from app.security.resources import RESOURCES

Found = tuple[str, str, str]
"""(id, what is wrong, how to mend it)"""


def references_have_keys() -> Iterator[Found]:
    """Every many-to-one of a guarded model has a column for the target's number; shared columns bear one name."""
    for model in RESOURCES:
        for relation in inspect(model).relationships:
            if relation.direction.name == "MANYTOONE" and relation.mapper.class_ in RESOURCES:
                yield from _reference(model, relation)


def _reference(model: type, relation: Any) -> Iterator[Found]:
    place = f"{model.__name__}.{relation.key}"
    try:
        shared = shared_of(relation)
    except LookupError:
        yield "SGO041", f"{place}: нет колонки с номером записи, на которую она ссылается.", "Задайте reference(…)."
        return
    for here, there in shared:
        if here.name != there.name:
            text = f"{place}: колонка {here.name} ссылается на {there.name}, имена расходятся."
            yield "SGO042", text, "Общие колонки составного ключа называются одинаково."


def columns_have_kinds() -> Iterator[Found]:
    for model in RESOURCES:
        for name, column in inspect(model).columns.items():
            try:
                kind_of(column)
            except UnknownKind as error:
                yield "SGO043", f"{model.__name__}.{name}: {error}", "См. app/models/kinds.py."


def states_hold() -> Iterator[Found]:
    """States of a model are values of its column, reasons its columns of text."""
    for model in RESOURCES:
        states = states_of(model)
        for text in _states(model, states) if states is not None else ():
            yield "SGO051", f"{model.__name__}.__states__: {text}", "См. app/models/states.py."


def _states(model: Any, states: States) -> Iterator[str]:
    columns = inspect(model).columns
    if states.column not in columns:
        yield f"колонки «{states.column}» нет."
        return
    choices = states.dated or getattr(columns[states.column].type, "enum_class", None) or ()
    unknown = sorted({str(each) for each in (*states.known(), *states.closed) if each not in choices})
    yield from (f"«{each}» – не состояние колонки «{states.column}»." for each in unknown)
    names = [transition.name for transition in states.transitions]
    yield from (f"переход «{name}» объявлен дважды." for name in sorted({n for n in names if names.count(n) > 1}))
    for transition in states.transitions:
        column = columns.get(transition.reason)
        if transition.reason and (column is None or not isinstance(column.type, String)):
            yield f"«{transition.name}»: нет текстовой колонки «{transition.reason}»."


def columns_exist() -> Iterator[Found]:
    """Whatever a view names is there."""
    for view in registry.BY_ROUTE.values():
        for place, name in (*_shown(view), *_written(view), *_grid(view), *_asked(view)):
            yield "SGO044", f"{view.__name__}.{place}: {name}.", f"См. модель {view.model.__name__}."
        yield from _related(view)
        for text in declaration.wrong(view, _is_field):
            yield "SGO060", f"{view.__name__}.imports: {text}.", "См. app/panel/importing/declaration.py."


def _wrong(place: str, model: type, names: Iterable[str], fits: Any, words: str) -> Iterator[tuple[str, str]]:
    return ((place, f"«{name}» – {words}") for name in names if not fits(model, name))


def _shown(view: type[Declaration]) -> Iterator[tuple[str, str]]:
    card = [name for _, options in view.show_fieldsets or () for name in options["fields"]]
    for place, names in (("list_columns", view.list_columns), ("show_fieldsets", card)):
        yield from _wrong(place, view.model, names or (), _is_path, "такого поля нет")


def _written(view: type[Declaration]) -> Iterator[tuple[str, str]]:
    """Fields of a form beyond the model's columns are the view's own (`form_extra`)."""
    fields = [name for _, names in view.form_fieldsets for name in names]
    if view.form_extra is Declaration.form_extra:
        yield from _wrong("form_fieldsets", view.model, fields, _is_field, "такого поля нет")
    for place, names in (("fixed_columns", view.fixed_columns), ("bulk_fields", view.bulk_fields)):
        yield from ((place, f"«{name}» – поля нет в form_fieldsets") for name in names if name not in fields)


def _grid(view: type[Declaration]) -> Iterator[tuple[str, str]]:
    """The owner is a record of a view; a cell is a field of the edit form that may be sent alone."""
    grid = view.as_grid
    if grid is None:
        return
    fields = [name for _, names in view.form_fieldsets for name in names if name not in view.fixed_columns]
    yield from _wrong("as_grid.by", view.model, [grid.by], _is_many_to_one, "такой ссылки нет")
    yield from _wrong("as_grid.head", view.model, [grid.head], _is_path, "такого поля нет")
    yield from _wrong("as_grid", view.model, ["version"], _is_column, "колонки с версией нет")
    yield from (("as_grid.columns", f"«{name}» не изменяется в форме") for name in grid.columns if name not in fields)


def _asked(view: type[Declaration]) -> Iterator[tuple[str, str]]:
    real = [name for names in view.order_by.values() for name in names]
    yield from _wrong("default_order", view.model, view.default_order, _is_ordered, "упорядочить нельзя")
    yield from _wrong("more_columns", view.model, view.more_columns, _is_path, "такого поля нет")
    turned = [name.removeprefix("-") for name in view.list_order]
    yield from _wrong("list_order", view.model, turned, _is_ordered_path, "упорядочить нельзя")
    yield from _wrong("order_by", view.model, real, _is_ordered, "упорядочить нельзя")
    yield from _wrong("order_by", view.model, view.order_by, _is_path, "такого поля нет")
    yield from _wrong("lookup_filters", view.model, view.lookup_filters, _is_column, "такой колонки нет")
    filtered = [name for name in view.filter_columns if name not in view.filter_choices]
    yield from _wrong("filter_columns", view.model, filtered, _is_filtered, "отобрать нельзя")
    yield from _wrong("filter_choices", view.model, view.filter_choices, _is_column_path, "такой колонки нет")


def _related(view: type[Declaration]) -> Iterator[Found]:
    for item in view.related:
        model, place = item.model, f"{view.__name__}.related, {item.model.__name__}"
        if model not in RESOURCES or registry.main_view(model) is None:
            yield "SGO045", f"{place}: у модели нет вида.", "Добавьте вид или уберите таблицу."
            continue
        shown = [*item.columns, *([item.link] if item.link else [])]
        order = [name.removeprefix("-") for name in item.order]
        found = (
            *_wrong("key", model, [item.key], _is_column, "такой колонки нет"),
            *_wrong("columns", model, shown, _is_path, "такого поля нет"),
            *_wrong("order", model, order, _is_ordered_path, "упорядочить нельзя"),
        )
        for part, text in found:
            yield "SGO044", f"{place}, {part}: {text}.", f"См. модель {model.__name__}."


def _is_path(model: Any, path: str) -> bool:
    """A column, a relation or a property; a dotted path goes on through relations."""
    head, _, rest = path.partition(".")
    relation = inspect(model).relationships.get(head)
    if rest:
        return relation is not None and _is_path(relation.mapper.class_, rest)
    made = isinstance(getattr(model, head, None), property | Computed)
    return made or relation is not None or _is_column(model, head)


def _is_column(model: Any, name: str) -> bool:
    return name in inspect(model).columns


def _is_column_path(model: Any, path: str) -> bool:
    return _at_the_end(model, path, _is_column)


def _is_field(model: Any, name: str) -> bool:
    return _is_column(model, name) or _is_many_to_one(model, name) or name in rows_of(model)


def _is_many_to_one(model: Any, name: str) -> bool:
    relation = inspect(model).relationships.get(name)
    return is_to_one(relation) and registry.main_view(relation.mapper.class_) is not None


def _is_ordered(model: Any, name: str) -> bool:
    return _is_column(model, name) and kind_of(inspect(model).columns[name]).ordered


def _is_ordered_path(model: Any, path: str) -> bool:
    return _at_the_end(model, path, lambda end, name: computed_of(end, name) is not None or _is_ordered(end, name))


def _is_filtered(model: Any, path: str) -> bool:
    return _at_the_end(model, path, _takes_condition)


def _takes_condition(model: Any, name: str) -> bool:
    if _is_many_to_one(model, name):
        return True
    if (found := computed_of(model, name)) is not None:
        return SHAPES[found.kind].filters is not None
    return _is_column(model, name) and shape_of(inspect(model).columns[name]).filters is not None


def _at_the_end(model: type, path: str, fits: Callable[[type, str], bool]) -> bool:
    """Whether a dotted path goes through many-to-ones and its end fits."""
    try:
        found = path_of(model, path)
    except KeyError:
        return False
    return fits(found.model, found.name)


def computed_columns() -> Iterator[Found]:
    """What a model computes is of the kind that it says, and counts no other table's rows past the guard unsaid."""
    for model in RESOURCES:
        for name in dir(model):
            if name.startswith("_") or (found := computed_of(model, name)) is None:
                continue
            expression, place = found.on(model, date(2026, 1, 1)), f"{model.__name__}.{name}"
            if kind_of(expression) is not found.kind:
                yield "SGO070", f"{place}: вид значения не «{found.kind.name}».", "Приведите выражение: .cast(…)."
            past = {each.__tablename__ for each in found.past()}
            bare = sorted(_bare_tables(expression, inspect(model).local_table) - past)
            if bare and not found.system:
                text = f"{place}: таблицы {', '.join(bare)} читаются в обход прав."
                yield "SGO071", text, "Пишите модели, а не таблицы, или назовите счёт: system=…."
            said = past | {each.__tablename__ for each in found.over()}
            if not said >= _other_tables(expression, inspect(model).local_table):
                yield "SGO071", f"{place}: over не называет, чьи строки читаются.", "Перечислите модели в over."


def _other_tables(expression: Any, own: Any) -> set[str]:
    return {each.name for each in iterate(expression) if isinstance(each, Table) and each.name != own.name}


def _bare_tables(expression: Any, own: Any) -> set[str]:
    """Tables that an expression reads by themselves and not as mapped classes: the guard does not see them."""
    parts = list(iterate(expression))
    columns = [each for each in parts if isinstance(each, Column)]
    bare: set[Any] = {each.table for each in columns if "parententity" not in each._annotations}
    for part in parts:
        if isinstance(part, Select) and "compile_state_plugin" not in part._propagate_attrs:
            bare |= set(part.get_final_froms())
    return {getattr(getattr(each, "element", each), "name", "") for each in bare} - {own.name}


def rows_hold() -> Iterator[Found]:
    """Rows that a model declares: where they hang, what they ask for, what it depends on (app/models/rows.py)."""
    for model in RESOURCES:
        yield from _show_for(model, model, getattr(model, "__show_for__", {}), "__show_for__")
        for rows in getattr(model, "__rows__", ()):
            yield from _rows(model, rows)


def _rows(model: Any, rows: ChildRows) -> Iterator[Found]:
    place = f"{model.__name__}.__rows__, {rows.of().__name__}"
    relation = inspect(rows.model).relationships.get(rows.parent)
    back = inspect(model).relationships.get(str(relation.back_populates)) if relation is not None else None
    if relation is None or relation.mapper.class_ is not model or back is None or not back.cascade.delete_orphan:
        text = f"{place}: «{rows.parent}» – не ссылка на {model.__name__} с back_populates и delete-orphan."
        yield "SGO046", text, "Задайте reference(…, back_populates=…) и referring(…, cascade=…)."
        return
    wrong = [
        *_wrong("columns", rows.model, rows.columns, _is_field, "такого поля нет"),
        *_wrong("fill_from", rows.model, rows.fill_from, _is_path, "такого поля нет"),
        *_wrong("fill_from", rows.model, rows.fill_from.values(), _is_path, "такого поля нет"),
        *_from_target(rows),
    ]
    for part, text in wrong:
        yield "SGO046", f"{place}, {part}: {text}.", f"См. модель {rows.model.__name__}."
    yield from _show_for(model, rows.model, rows.show_for, place)


def _from_target(rows: ChildRows) -> Iterator[tuple[str, str]]:
    """What is added by many and what a row is filled from begins with whom the row is about."""
    target = inspect(rows.model).relationships[rows.target].mapper.class_ if rows.target else None
    for part, names in (("fill_from", rows.fill_from.values()), ("add_many", [many.by for many in rows.add_many])):
        if names and target is None:
            yield part, f"«{rows.columns[0]}» – не ссылка, заполнять нечем"
            return
    yield from (
        ("fill_from", f"«{path}» – начинается не с «{rows.target}»")
        for path in rows.fill_from.values()
        if path.partition(".")[0] != rows.target
    )
    if target is not None:
        yield from _wrong("add_many", target, [many.by for many in rows.add_many], _is_many_to_one, "это не ссылка")


def _show_for(model: Any, owner: Any, follows: Mapping[str, ShowFor], place: str) -> Iterator[Found]:
    """A column that is shown for some of the choices of another: both are there, and the other is a choice."""
    for name, each in follows.items():
        column = inspect(model).columns.get(each.column)
        is_choice = column is not None and getattr(column.type, "enum_class", None) is not None
        if not is_choice or not _is_path(owner, name):
            text = f"{place}, show_for: «{name}» по «{each.column}» – нет такого поля или выбора."
            yield "SGO046", text, f"См. модели {model.__name__} и {owner.__name__}."


def every() -> Iterator[Found]:
    """Kinds first: what has none cannot be asked about further."""
    yield from references_have_keys()
    unknown = list(columns_have_kinds())
    yield from unknown
    yield from computed_columns()
    if not unknown:
        yield from columns_exist()
        yield from states_hold()
        yield from rows_hold()
