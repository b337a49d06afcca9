"""Which view shows which model: links, look-ups and related tables are found here."""

from typing import Any

from app.security.resources import RESOURCES

VIEWS: dict[type, Any] = {}
"""Model → its full view class, filled as the view classes are declared."""
BY_RESOURCE: dict[tuple[type, Any], Any] = {}


def full_resources(model: type) -> tuple[Any, ...]:
    """The rights under which a record shows all its columns: a brief view's right is none of them."""
    return tuple(each for each in RESOURCES[model] if not getattr(BY_RESOURCE.get((model, each)), "brief", False))


def view_of(model: type) -> Any:
    """The view class of a model. A relation to a model without a view is a mistake of the declaration."""
    return VIEWS[model]
