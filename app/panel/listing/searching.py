"""Search over the declared columns: every word anywhere, case-free, ё = е; by trigrams where a table has the index."""

from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, select, table

from app.extensions import db
from app.models.names import search_key
from app.panel.declaration import Declaration

TRIGRAM = 3
"""Letters from which a word can be looked up in the index; shorter ones are read from the column."""
LAST = "\U0010ffff"
"""Sorts after whatever follows a prefix: the folded text is compared by code points (`models.base.BY_CODE_POINT`)."""


def matches(view: type[Declaration] | Declaration, text: str) -> list[ColumnElement[bool]]:
    """Every word of the search anywhere in what the view searches."""
    if not text or not view.searchable:
        return []
    if own := [found for word in text.split() if (found := view.search_word(word)) is not None]:
        return own
    words = search_key(text).split()
    by_index = [word for word in words if len(word) >= TRIGRAM] if view.model.__search_index__ else []
    # What the index has settled needs no reading again, unless the view searches only a part of the text.
    rest = words if view.search_only else [word for word in words if word not in by_index]
    searched = _searched(view)
    # A word holds letters and digits alone (search_key): nothing in it is a wildcard.
    matching = [searched.like(f"%{word}%") for word in rest]
    return [*([_indexed(view.model, by_index)] if by_index else []), *matching]


def quick_matches(view: type[Declaration], text: str) -> list[ColumnElement[bool]]:
    """The same for a look at every kind at once: in a great table short words alone are looked for at the beginning."""
    key = search_key(text)
    if not view.model.__search_index__ or any(len(word) >= TRIGRAM for word in key.split()):
        return matches(view, text)
    beginning = view.model.search_text
    return [beginning >= key, beginning < key + LAST, beginning.like(f"{key}%"), *matches(view, text)]


def _indexed(model: Any, words: list[str]) -> ColumnElement[bool]:
    """The same condition in the words of the database's index (docs/adr/0014)."""
    if db.session.get_bind().dialect.name == "sqlite":
        name = f"{model.__tablename__}_search"
        wanted = " ".join(f'"{word}"' for word in words)
        return model.id.in_(select(column("rowid")).select_from(table(name)).where(column(name).op("MATCH")(wanted)))
    # pg_trgm serves LIKE as it is; without the extension the column is read.
    return and_(*(model.search_text.like(f"%{word}%") for word in words))


def _searched(view: type[Declaration] | Declaration) -> ColumnElement[str]:
    """The folded text, or its beginning: the columns that the view looks through stand first in it."""
    whole = view.model.search_text
    if not view.search_only:
        return whole
    widths = [func.length(func.coalesce(getattr(view.model, name), "")) + 1 for name in view.search_only]
    return func.substr(whole, 1, sum(widths[1:], widths[0]) - 1)
