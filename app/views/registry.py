"""Which view shows which model: links, look-ups and related tables are found here."""

from typing import Any

VIEWS: dict[type, Any] = {}
"""Model → its full view class, filled as the view classes are declared."""
BY_RESOURCE: dict[tuple[type, Any], Any] = {}


def view_of(model: type) -> Any:
    """The view class of a model. A relation to a model without a view is a mistake of the declaration."""
    return VIEWS[model]
