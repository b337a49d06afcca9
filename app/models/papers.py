"""Numbers and dates of papers as people type them: something must stand there by which the paper is found.

Pure functions, as in `values`.
"""

import re
from datetime import date

from app.models.names import visible
from app.models.values import check_document_date

OLDEST_ACT = date(2012, 1, 1)
"""An act that moves terms of the panel's years is no older."""
NO_NUMBER = re.compile(r"б\s*[/.\\-]?\s*н\.?|без\s+(№|номера)", re.IGNORECASE)


def normalise_document_number(text: str) -> str:
    """The number of an order or a paper, with «б/н» for one that has none; «-» or «№» alone says nothing."""
    value = visible(text).strip()
    if not any(character.isalnum() for character in value):
        raise ValueError("Укажите номер: в нём есть хотя бы одна цифра или буква. Если номера нет, напишите «б/н».")
    return value


def normalise_act_number(text: str) -> str:
    """The number of an act: whoever moves the terms of others names an act that can be found, so no «б/н»."""
    value = visible(text).strip()
    if not any(character.isalnum() for character in value) or NO_NUMBER.fullmatch(value):
        raise ValueError("Укажите номер акта: по нему акт находят. «Б/н» и прочерк – не номер.")
    return value


def check_act_date(day: date, today: date) -> date:
    """The date of an act by which terms are moved: signed already, and not of another age."""
    if day < OLDEST_ACT:
        raise ValueError(f"Проверьте год акта: {day.year}. Ожидается не раньше {OLDEST_ACT.year} года.")
    return check_document_date(day, today)
