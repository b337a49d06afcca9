"""Which views and pages there are, by their routes: links, look-ups, related tables and the menu are found here.

Filled as the classes are declared; a second one of the same route or endpoint stops the start (SGO007).
"""

from typing import Any

from sqlalchemy import inspect

from app.panel.declaration import Declaration
from app.regulation.rights import Resource
from app.security.resources import RESOURCES

BY_ROUTE: dict[str, type[Declaration]] = {}
"""Route → the view class of records."""
PAGES: dict[str, Any] = {}
"""Name of the class, which its endpoints begin with → a page of another kind."""


class WrongDeclaration(RuntimeError):
    """A declaration that contradicts another: the application must not start."""


def register(view: type[Declaration]) -> None:
    """Note a view of records."""
    for other in (BY_ROUTE.get(view.route), *(each for each in every() if each.__name__ == view.__name__)):
        if other is not None:
            raise WrongDeclaration(
                f"SGO007: {_place(view)} и {_place(other)} делят маршрут «/{route_of(other)}/» или имя."
                " Дайте виду свой route и своё имя."
            )
    BY_ROUTE[view.route] = view


def register_page(page: Any) -> None:
    """Note a page."""
    for other in every():
        if other.__name__ == page.__name__ or page.route_base == f"/{route_of(other)}":
            raise WrongDeclaration(f"SGO007: {_place(page)} и {_place(other)} делят маршрут или имя.")
    PAGES[page.__name__] = page


def every() -> list[Any]:
    return [*PAGES.values(), *BY_ROUTE.values()]


def index_page() -> Any:
    """The page at `/`."""
    found = [page for page in PAGES.values() if page.is_index]
    if len(found) != 1:
        raise WrongDeclaration(f"SGO008: страниц с is_index – {len(found)}, а нужна одна.")
    return found[0]


def served() -> list[Any]:
    """Everything to serve but the page at `/`, in a fixed order."""
    return sorted((each for each in every() if each is not index_page()), key=lambda each: each.__name__)


def route_of(view: Any) -> str:
    return getattr(view, "route", view.route_base.strip("/"))


def _place(view: Any) -> str:
    return f"{view.__module__}.{view.__name__}"


def views_of(model: type) -> list[type[Declaration]]:
    return [view for view in BY_ROUTE.values() if view.model is model]


def gridded_by(model: type) -> list[type[Declaration]]:
    """The views whose grid is the one of such a record."""
    with_grid = [view for view in BY_ROUTE.values() if view.as_grid is not None]
    return [view for view in with_grid if _owner(view) is model]


def _owner(view: type[Declaration]) -> Any:
    return inspect(view.model).relationships[view.as_grid.by].mapper.class_ if view.as_grid is not None else None


def main_views(model: type) -> list[type[Declaration]]:
    """The view that links and look-ups of a model lead to: its only full one, or those that say `main = True`."""
    full = [view for view in views_of(model) if not view.brief]
    return full if len(full) < 2 else [view for view in full if view.main]


def main_view(model: type) -> type[Declaration] | None:
    """The main view of a model, if it has any."""
    return next(iter(main_views(model)), None)


def table_view(table: str) -> type[Declaration] | None:
    """The main view of the records of a table, if it has any."""
    model = next((model for model in RESOURCES if model.__tablename__ == table), None)
    return main_view(model) if model is not None else None


def view_of(model: type) -> type[Declaration]:
    """The main view of a model. A relation to a model without a view is a mistake of the declaration."""
    found = main_view(model)
    if found is None:
        raise WrongDeclaration(f"У модели {model.__name__} нет вида.")
    return found


def full_resources(model: type) -> tuple[Resource, ...]:
    """The rights under which a record shows all its columns: a brief view's right is none of them."""
    views = views_of(model)
    brief = {view.resource for view in views if view.brief} - {view.resource for view in views if not view.brief}
    return tuple(each for each in RESOURCES[model] if each not in brief)
