"""What a constraint of the database forbids, told in Russian at the field that it is about."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint, cast, inspect, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.base import label_of
from app.models.references import key_of
from app.security.resources import RESOURCES
from app.services.engine.errors import Conflict


def conflict_of(error: IntegrityError) -> Conflict:
    """What to tell in place of a constraint's error, and at which field."""
    text = str(error.orig)
    names = set(re.findall(r"\w+", text))
    for table in Model.metadata.sorted_tables:
        for constraint in _constraints(table):
            if str(constraint.name) in names or _is_meant_by_sqlite(constraint, table, text):
                return _words(table, constraint)
        if told := next((words for part, words in DIRECTORY.items() if _is_of(part, table.name, names)), None):
            return Conflict(told)
        if f"ex_{table.name}_period" in names:
            field = "valid_from" if "valid_from" in table.columns else "starts_on"
            return Conflict("В эти дни уже действует другая такая запись: проверьте, с какого и по какой день.", field)
        if (name := _empty_column(table, text)) is not None:
            return Conflict(f"Заполните поле «{_label(table, name)}».", name, table.name)
    if "FOREIGN KEY" in text.upper():
        return Conflict("Запись ссылается на данные другой школы или на удалённую запись. Выберите значение из списка.")
    return Conflict("Значения противоречат друг другу: проверьте даты и обязательные поля.")


DIRECTORY = {
    "reach": "Это значение справочника другой школы. Выберите своё или значение региона.",
    "name": "Такая запись уже есть в справочнике региона.",
    "owner": "Запись справочника не переходит от школы к региону и обратно.",
}
"""What the triggers of shared directories refuse (migrations/shared.py), by the end of their names."""


def _is_of(part: str, table: str, names: set[str]) -> bool:
    return any(name.startswith(f"sd_{table}_") and name.endswith(f"_{part}") for name in names)


def _constraints(table: Table) -> Iterator[Any]:
    """Checks with words, and what is unique by itself: a key with `id` in it only carries the school."""
    every: list[Any] = [*table.constraints, *table.indexes]
    for constraint in sorted(every, key=lambda each: str(each.name)):
        is_unique = _is_unique(constraint) and "id" not in constraint.columns
        if is_unique or (isinstance(constraint, CheckConstraint) and constraint.info.get("words")):
            yield constraint


def _is_unique(constraint: Any) -> bool:
    return isinstance(constraint, UniqueConstraint) or (isinstance(constraint, Index) and bool(constraint.unique))


def _empty_column(table: Table, text: str) -> str | None:
    """The column of this table that was left empty."""
    sqlite = re.search(rf"NOT NULL constraint failed: {table.name}\.(\w+)", text)
    postgres = re.search(rf'column "(\w+)" of relation "{table.name}" violates not-null', text)
    found = sqlite or postgres
    return found[1] if found else None


def _is_meant_by_sqlite(constraint: Any, table: Table, text: str) -> bool:
    """SQLite names the columns of a unique constraint and not the constraint."""
    columns = ", ".join(f"{table.name}.{column.name}" for column in constraint.columns)
    return _is_unique(constraint) and text.endswith(f"UNIQUE constraint failed: {columns}")


def _words(table: Table, constraint: Any) -> Conflict:
    if constraint.info.get("words"):
        return Conflict(constraint.info["words"], constraint.info["field"], table.name)
    own = [column.name for column in constraint.columns if column.name != "school_id"]
    if not own:
        return Conflict("Такая запись у школы уже есть, второй не бывает: откройте её и измените.", "school_id")
    labels = ", ".join(f"«{_label(table, name)}»" for name in own)
    return Conflict(f"Такая запись уже есть: повторяется {labels}.", own[-1], table.name)


def _label(table: Table, name: str) -> str:
    model: Any = next((each for each in RESOURCES if each.__tablename__ == table.name), None)
    return label_of(model, name) if model is not None else name


def broken(session: Session, model: Any, conflict: Conflict, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Which of these rows of a model break the CHECK that the conflict tells, by their place. A row: attribute → value,
    of a related record the record; what is not known breaks nothing."""
    words = {each for told in conflict.errors.values() for each in told}
    checks = [each for each in model.__table__.constraints if each.info.get("words") in words]
    if not checks or not isinstance(checks[0], CheckConstraint):
        return []
    return [place for place, row in enumerate(rows) if _breaks(session, checks[0], _stored(model, row))]


def _stored(model: Any, row: dict[str, Any]) -> dict[Any, Any]:
    links = [each for each in inspect(model).relationships if each.direction.name == "MANYTOONE"]
    keys = {key_of(each): getattr(row.get(each.key), "id", None) for each in links}
    return {column: keys.get(column, row.get(column.key)) for column in model.__table__.columns}


def _breaks(session: Session, check: CheckConstraint, values: dict[Any, Any]) -> bool:
    # SQLite makes of a date cast to DATE its year; PostgreSQL wants to know of what type a NULL is.
    is_sqlite = session.connection().dialect.name == "sqlite"
    given = {column: literal(value, column.type) for column, value in values.items()}
    made = [(each if is_sqlite else cast(each, column.type)).label(column.name) for column, each in given.items()]
    refused = select(literal(1)).select_from(select(*made).subquery()).where(text(f"NOT ({check.sqltext})"))
    return session.execute(refused).first() is not None
