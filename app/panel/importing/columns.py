"""The columns of a file: which field of the form each is, and a cell as a browser would send the field."""

from collections.abc import Iterable, Sequence
from typing import Any

import wtforms

from app.exchange import reader
from app.panel.declaration import Declaration
from app.panel.editing import fields
from app.panel.editing.pages import EditingPages
from app.panel.editing.rows import RowsField
from app.panel.importing.declaration import Imports
from app.panel.importing.references import References

NUMBER, ERRORS = "№ записи", "Ошибки"
"""Columns that are no field: the number of a known record, and what was wrong with the row last time."""
CLEAR = "очистить"
"""What is written to empty a field; an empty cell changes nothing."""
YES, NO = frozenset({"да", "1", "x", "х", "+", "истина", "true"}), frozenset({"нет", "0", "-", "ложь", "false"})
NO_TOKEN = {"csrf": False}
"""The token of the page has been checked; rows carry none."""
SHOWN_CHOICES = 12


class WrongColumns(ValueError):
    """The headings are not those of the form; the message is Russian and says which."""


def folded(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").rstrip("* ").split())


def imports_of(view: Declaration) -> Imports:
    """What a view declares; one that declares nothing takes no files, and its pages are not made."""
    if view.imports is None:
        raise LookupError(f"{view.route}: no imports")
    return view.imports


def empty_form(view: EditingPages) -> Any:
    """The form of a new record as this person would see it, with nothing in it."""
    return view._form(None, formdata=None, meta=NO_TOKEN)


def offered(view: Declaration, form: Any) -> list[wtforms.Field]:
    """Fields that a file may have, in the order of the form."""
    named = imports_of(view).columns or view.form_columns
    return [form[name] for name in view.form_columns if name in named and name in form and _is_plain(form[name])]


def _is_plain(field: wtforms.Field) -> bool:
    return not isinstance(field, RowsField)


def fields_of(view: EditingPages, headings: Sequence[str]) -> dict[str, str]:
    """Heading → name of the field. Raises WrongColumns."""
    by_title = {folded(field.label.text): field.short_name for field in offered(view, empty_form(view))}
    by_title |= {folded(NUMBER): NUMBER, folded(ERRORS): ERRORS}
    unknown = [heading for heading in headings if folded(heading) not in by_title]
    if unknown:
        raise WrongColumns(
            f"{'Таких столбцов' if len(unknown) > 1 else 'Такого столбца'} в форме нет: {reader.quoted(unknown)}."
            " Уберите их из файла или назовите, как в шаблоне."
        )
    found = {heading: by_title[folded(heading)] for heading in headings}
    twice = [heading for heading in headings if list(found.values()).count(found[heading]) > 1]
    if twice:
        raise WrongColumns(f"Столбцы об одном и том же: {quoted(twice)}. Оставьте один.")
    if not set(found.values()) - {NUMBER, ERRORS}:
        raise WrongColumns("В первой строке нет заголовков столбцов. Скачайте шаблон и перенесите строки в него.")
    return found


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f"«{word}»" for word in words)


def as_sent(field: wtforms.Field, text: str, references: References) -> str:
    """What a browser would send for this cell. Raises ValueError in Russian."""
    if isinstance(field, fields.RemoteSelectField):
        return str(references.find(field, text))
    if isinstance(field, wtforms.BooleanField):
        return _tick(text)
    if isinstance(field, wtforms.SelectField):
        return _choice(field, text)
    return text


def _tick(text: str) -> str:
    if folded(text) not in YES | NO:
        raise ValueError(f"«{text[:40]}»: ожидается да или нет.")
    return "y" if folded(text) in YES else ""


def titles(field: wtforms.SelectField) -> dict[str, str]:
    """Title → value of what may be chosen; the empty choice is none."""
    return {title: value for value, title in dict(field.choices).items() if value != ""}


def _choice(field: wtforms.SelectField, text: str) -> str:
    found = {folded(title): value for title, value in titles(field).items()}
    if folded(text) not in found:
        known = list(titles(field))
        told = quoted(known[:SHOWN_CHOICES]) + (" …" if len(known) > SHOWN_CHOICES else "")
        raise ValueError(f"«{text[:40]}»: такого значения нет. Возможны: {told}.")
    return str(found[folded(text)])
