"""What a constraint of the database forbids, told in Russian by the columns that it names."""

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from app.models.base import label_of
from app.services.engine.errors import Conflict


def told(model: type, error: IntegrityError) -> Conflict:
    text = str(error.orig)
    for constraint in sorted(inspect(model).local_table.constraints, key=lambda c: str(c.name)):
        columns = [column.name for column in getattr(constraint, "columns", ())]
        if constraint.__visit_name__ != "unique_constraint" or "id" in columns:
            continue
        sqlite_words = ", ".join(f"{model.__tablename__}.{name}" for name in columns)
        if str(constraint.name) in text or sqlite_words in text:
            own = [name for name in columns if name != "school_id"]
            labels = ", ".join(f"«{label_of(model, name)}»" for name in own)
            return Conflict(f"Такая запись уже есть: повторяется {labels}.", own[-1] if own else "")
    if f"ex_{model.__tablename__}_period" in text:
        return Conflict(
            "В эти дни уже действует другая такая запись: проверьте, с какого и по какой день.", "valid_from"
        )
    if "FOREIGN KEY" in text.upper():
        return Conflict("Запись ссылается на данные другой школы или на удалённую запись. Выберите значение из списка.")
    return Conflict("Значения противоречат друг другу: проверьте даты и обязательные поля.")
