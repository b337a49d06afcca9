"""A brief view: a few columns of the same records under a right of their own, derived from the full view."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import inspect

from app.models.base import shown_by
from app.regulation.rights import Resource

CARRIED = ("order_by", "default_order", "default_descending", "list_order", "filter_choices")
"""What holds for the brief list as for the full one."""


def derive(view: Any) -> type:
    """The brief view of a full one: `brief_columns` says what it shows, the right is the full one's with `_brief`."""
    title = f"{view.brief_title or view.title_many} (краткие сведения)"
    plain = (name for name in view.filter_columns if name in inspect(view.model).columns)
    filters = tuple(name for name in plain if tells(view.model, (name,), view.brief_columns))
    declared = {
        **{name: getattr(view, name) for name in CARRIED},
        "__module__": view.__module__,
        "__doc__": f"{view.model.__titles__[1]}, for those who may know these columns alone.",
        "brief": True,
        "resource": Resource(f"{view.resource.value}_brief"),
        "route": f"{view.route}_brief",
        "menu": _menu(view),
        "guide": view.brief_guide,
        "clause": view.brief_clause,
        "title_many": title,
        "list_columns": list(view.brief_columns),
        "filter_columns": filters,
        "search_only": search_only(view.model, view.brief_columns),
        "search_hint": view.brief_hint,
    }
    # Of the full view's own base: what it adds to its cards and forms is not for the brief one.
    return type(f"{view.__name__.removesuffix('View')}BriefView", view.__bases__, declared, model=view.model)


def _menu(view: Any) -> Any:
    """Beside the full entry; who has both reads only his own in full."""
    name = view.brief_title or view.menu.title or view.title_many
    return replace(view.menu, order=view.menu.order + 1, title=name, own="", hint="", reader_hint="")


def tells(model: type, names: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether these columns let one read all that stands under the names."""
    seen = {name for column in columns for name in (column, *shown_by(model, column))}
    return {part for name in names for part in shown_by(model, name)} <= seen


def search_only(model: Any, columns: Sequence[str]) -> tuple[str, ...]:
    """The first of the searched columns, as far as they are shown: a search must not tell the others."""
    searched = model.__search__
    first = next((n for n, name in enumerate(searched) if not tells(model, (name,), columns)), len(searched))
    return () if first == len(searched) else tuple(searched[:first])
