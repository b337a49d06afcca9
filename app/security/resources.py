"""Which right guards which table, gathered from the models' own declarations (`__rights__`, `Path.personal`)."""

from typing import Any

from flask_appbuilder import Model

from app.discovery import modules_of
from app.models.rows import owners
from app.regulation.rights import Resource

modules_of("app.models")


def _tables() -> list[Any]:
    """Every mapped class of the application, by its module and name."""
    mapped = (mapper.class_ for mapper in Model.registry.mappers)
    own = (model for model in mapped if model.__module__.startswith("app.models."))
    return sorted(own, key=lambda model: (model.__module__, model.__name__))


RESOURCES: dict[Any, tuple[Resource, ...]] = {
    model: model.__rights__ for model in _tables() if getattr(model, "__rights__", ())
}
"""The first resource guards writing, any of them reading."""
OWNERS = owners(RESOURCES)
"""Model of a row → how it belongs to its record."""
PERSONAL: tuple[Any, ...] = tuple(model for model in _tables() if model.__path__.personal)
"""Tables whose every row is its owner's alone."""
