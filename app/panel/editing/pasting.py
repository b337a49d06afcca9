"""A list pasted from a spreadsheet becomes rows of a form: what each column is, who each line is about.

Nothing is left out in silence: a line that names nobody, or several, becomes a row that says so and waits for a choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import wtforms
from sqlalchemy import and_, inspect, or_, select
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.models import numbers
from app.models.base import label_of
from app.models.names import search_key
from app.panel.editing import fields
from app.panel.editing.row import Column
from app.panel.editing.rows import RowsField
from app.panel.importing.columns import as_sent
from app.panel.importing.references import References
from app.panel.listing.searching import matches
from app.panel.loading import eager
from app.panel.place import served_view
from app.panel.registry import view_of
from app.russian import plural
from app.security.guard import actor_of
from app.security.scoping import condition

AT_ONCE = 50
"""Names that one query looks for."""
MOST_CANDIDATES = 2000
"""Records that one query may find: more is no name."""
TOLD = 4
"""Namesakes that are told by name."""
SAMPLE = 20
"""Lines by which a column is recognised."""
MOST_COLUMNS = 30


@dataclass
class Line:
    """One line of what was pasted."""

    number: int
    target: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    """Column → what its box is to hold: text, or {"id", "text"} of a record."""
    problems: dict[str, str] = field(default_factory=dict)
    """Column → why it is not filled, with what was pasted."""


@dataclass(frozen=True)
class Pasted:
    """What was understood."""

    columns: list[str]
    """For each pasted column the column of the rows, or ""."""
    samples: list[list[str]]
    has_head: bool
    lines: list[Line]


def table_of(text: str) -> list[list[str]]:
    """Cells of the pasted text: tabs between them, or semicolons where there is no tab. Empty lines are none."""
    mark = "\t" if "\t" in text else ";"
    table = [[" ".join(cell.split()) for cell in line.split(mark)][:MOST_COLUMNS] for line in text.splitlines()]
    table = [line for line in table if any(line)]
    width = max(map(len, table), default=0)
    return [line + [""] * (width - len(line)) for line in table]


def read(rows: RowsField, table: list[list[str]], given: Sequence[str]) -> Pasted:
    """Understand a table. `given` says what each column is; empty: it is recognised."""
    columns = {column.name: column for column in rows.columns if column.field is not None}
    columns = {name: column for name, column in columns.items() if name not in rows.skipped}
    heads = [_headed(rows, columns, cell) for cell in table[0]] if table else []
    has_head = any(heads)
    body = table[1:] if has_head else table
    kept = [name if name in columns else "" for name in given]
    chosen = kept if len(kept) == len(heads) else (heads if has_head else _recognised(rows, columns, body))
    first = 2 if has_head else 1
    lines = [Line(number) for number in range(first, first + len(body))]
    _fill(columns, chosen, body, lines)
    target = rows.rows.target
    for line in lines:
        line.target = line.values.pop(target, None) if target else None
        if target and line.target is None and target not in line.problems:
            line.problems[target] = "Не видно, о ком строка. Выберите из списка."
    return Pasted(chosen, [[line[n] for line in body[:3]] for n in range(len(heads))], has_head, lines)


# What a column is.


def _headed(rows: RowsField, columns: dict[str, Column], cell: str) -> str:
    """The column that a heading names: by its label, or a part of the name of whom the rows are about."""
    key = search_key(cell)
    for name, column in columns.items():
        if key and key in {search_key(label) for label in (column.label, *column.labels.values())}:
            return name
    return rows.rows.target or "" if key and key in _parts(rows) else ""


def _parts(rows: RowsField) -> set[str]:
    """What the columns of whom the rows are about are called: «Фамилия», «Имя», «СНИЛС»."""
    if rows.rows.target is None:
        return set()
    model = inspect(rows.rows.model).relationships[rows.rows.target].mapper.class_
    labels = [model.__titles__[0], *(label_of(model, name) for name in model.__search__)]
    named = [each for each in dir(model) if isinstance(getattr(model, each), property)]
    return {search_key(label) for label in (*labels, *(label_of(model, name) for name in named))}


def _recognised(rows: RowsField, columns: dict[str, Column], body: list[list[str]]) -> list[str]:
    """By what stands in the first lines: a date is a date; words before everything else are a name."""
    free = dict(columns)
    found: list[str] = []
    target = rows.rows.target
    for n in range(len(body[0]) if body else 0):
        cells = [line[n] for line in body[:SAMPLE] if line[n]]
        name = next((each for each in free if each != target and _fits(free[each], cells)), "")
        if not name and target in free and _is_name(cells) and set(found) <= {"", target}:
            name = target or ""
        elif name:
            del free[name]
        found.append(name)
    return found


def _fits(column: Column, cells: list[str]) -> bool:
    """Whether every cell is a value of a column that tells values apart."""
    if not cells or column.field is None:
        return False
    if column.field.type == "RemoteSelectField":
        return all(len(each) == 1 for each in named(column.field.model, cells).values())
    if _is_choice(column.field):
        return all(_is_chosen(column.field, cell) for cell in cells)
    if not isinstance(column.field, fields.ParsedField):
        return False
    return all(not _typed(column.field, cell).errors for cell in cells)


def _is_name(cells: list[str]) -> bool:
    """Letters, or the digits of a long number; a short one is the number of the line."""
    return bool(cells) and all(any(c.isalpha() for c in cell) or len(search_key(cell)) > 6 for cell in cells)


# What a line says.


def _fill(columns: dict[str, Column], chosen: list[str], body: list[list[str]], lines: list[Line]) -> None:
    for name in dict.fromkeys(each for each in chosen if each):
        box = columns[name].field
        texts = [" ".join(c for c, to in zip(cells, chosen, strict=True) if to == name and c) for cells in body]
        if box is not None and box.type == "RemoteSelectField":
            _choose(name, box, texts, lines)
            continue
        for line, text in zip(lines, texts, strict=True):
            if text:
                _put(name, box, text, line)


def _choose(name: str, box: Any, texts: list[str], lines: list[Line]) -> None:
    found, view = named(box.model, [text for text in texts if text]), served_view(view_of(box.model).route)
    for line, text in zip(lines, texts, strict=True):
        hits = found.get(text, [])
        if len(hits) == 1:
            line.values[name] = {"id": hits[0].id, "text": view.lookup_text(hits[0])}
        elif text:
            line.problems[name] = _unclear(view, text, hits)


def _unclear(view: Any, text: str, hits: list[Any]) -> str:
    if not hits:
        return f"«{text}» – никого и ничего не нашлось. Проверьте написание или выберите из списка."
    told = [", ".join(filter(None, (view.lookup_text(obj), view.lookup_hint(obj)))) for obj in hits[:TOLD]]
    more = f" и ещё {len(hits) - TOLD}" if len(hits) > TOLD else ""
    verb = plural(len(hits), "подходит", "подходят", "подходят")
    return f"«{text}» – {verb} {len(hits)}: {'; '.join(told)}{more}. Выберите из списка."


def _put(name: str, box: Any, text: str, line: Line) -> None:
    if _is_choice(box):
        try:
            line.values[name] = as_sent(box, text, References())
        except ValueError as error:
            line.problems[name] = str(error)
        return
    typed = _typed(box, text)
    line.values[name] = typed._value()
    if typed.errors:
        line.problems[name] = " ".join(typed.errors)


def _is_choice(box: Any) -> bool:
    return isinstance(box, wtforms.SelectField | wtforms.BooleanField)


def _is_chosen(box: Any, text: str) -> bool:
    try:
        return bool(as_sent(box, text, References())) or isinstance(box, wtforms.BooleanField)
    except ValueError:
        return False


def _typed(box: wtforms.Field, text: str) -> wtforms.Field:
    """The field of a row as if this had been typed in it."""
    form = type(box._form)(MultiDict({box.name: text}), prefix=box.name[: -len(box.short_name)])
    typed = form[box.short_name]
    typed.validate(form)
    return typed


# Who is meant.


def named(model: Any, texts: Sequence[str]) -> dict[str, list[Any]]:
    """Text → the records of the actor's scope that it names: by the whole name or number, or else by its beginnings
    («Иванов П. А.»)."""
    view, wanted = served_view(view_of(model).route), [text for text in dict.fromkeys(texts) if search_key(text)]
    found: dict[str, list[Any]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        candidates = _candidates(view, part)
        found |= {text: _meant(search_key(text), candidates) for text in part}
    return found


@dataclass(frozen=True)
class _Known:
    """A record and what it is called."""

    record: Any
    names: frozenset[str]
    """By itself, and as a look-up shows it («5 «Б», 2025/26»); without spaces."""
    words: frozenset[str]


def _candidates(view: Any, texts: list[str]) -> list[_Known]:
    model = view.model
    # What stands behind a comma only tells namesakes apart.
    named = or_(*(and_(*matches(view, text.partition(",")[0])) for text in texts))
    statement = select(model).where(condition(model, actor_of(db.session)), named)
    statement = statement.options(*eager(model, view.lookup_paths())).order_by(model.id).limit(MOST_CANDIDATES)
    found = db.session.scalars(statement)
    return [_Known(obj, frozenset(map(_squeezed, (str(obj), view.lookup_text(obj)))), _words_of(obj)) for obj in found]


def _words_of(obj: Any) -> frozenset[str]:
    """What a record is found by, its numbers with and without separators."""
    written = search_key(" ".join(str(getattr(obj, name) or "") for name in obj.numbers()))
    return frozenset(f"{numbers.readable(obj.search_text)} {written}".split())


def _squeezed(text: str) -> str:
    return search_key(text).replace(" ", "")


def _meant(key: str, known: list[_Known]) -> list[Any]:
    """Those that are called so, else those whose words are all of these, else those whose words begin so."""
    words = key.split()
    exact = [each for each in known if key.replace(" ", "") in each.names]
    whole = exact or [each for each in known if each.words.issuperset(words)]
    found = whole or [each for each in known if all(_begins(word, each.words) for word in words)]
    return [each.record for each in found]


def _begins(beginning: str, words: frozenset[str]) -> bool:
    return any(word.startswith(beginning) for word in words)
