"""Columns of related records by a dotted path, and what of them a reader may be told."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from app.models.base import label_of
from app.models.leading import is_to_one
from app.panel import registry, sight
from app.panel.brief import tells
from app.regulation.rights import Action, Resource
from app.security.actor import Actor


@dataclass(frozen=True)
class Path:
    """`school_class.grade` of a pupil: the relations to go through, and the column or relation at the end."""

    steps: tuple[RelationshipProperty[Any], ...]
    model: Any
    """Whose column stands at the end."""
    name: str

    @property
    def hops(self) -> list[tuple[RelationshipProperty[Any], str]]:
        """Each relation with what of its record the path goes on to."""
        names = [*(step.key for step in self.steps[1:]), self.name]
        return list(zip(self.steps, names, strict=False))


def path_of(model: Any, path: str) -> Path:
    """Raises KeyError where a step is no many-to-one."""
    steps = []
    *heads, name = path.split(".")
    current = model
    for head in heads:
        relation = many_to_one(current, head)
        if relation is None:
            raise KeyError(f"{current.__name__}.{head}")
        steps.append(relation)
        current = relation.mapper.class_
    return Path(tuple(steps), current, name)


def many_to_one(model: Any, name: str) -> RelationshipProperty[Any] | None:
    relation: RelationshipProperty[Any] | None = inspect(model).relationships.get(name)
    return relation if is_to_one(relation) else None


def label(model: Any, path: str) -> str:
    """«Whose record, column»: whose column it is stands before it."""
    head, _, rest = path.partition(".")
    if not rest:
        return label_of(model, head)
    target = inspect(model).relationships[head].mapper.class_
    return f"{label_of(model, head)}, {small(label(target, rest))}"


def small(words: str) -> str:
    """A label inside a sentence; an abbreviation stays as it is."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def telling(model: Any, name: str) -> tuple[Resource, ...]:
    """The rights under which a reader of a record is told this column of it."""
    brief = [
        view.resource
        for view in registry.views_of(model)
        if view.brief and tells(model, (name,), tuple(view.list_columns))
    ]
    return tuple(dict.fromkeys((*registry.full_resources(model), *brief)))


def may_read(actor: Actor, path: Path) -> bool:
    """Whether the reader is told what stands at the end of the path, in those rows that he sees."""
    return sight.tells(actor, path.model, path.name) and all(
        any(actor.may(Action.VIEW, each) for each in telling(step.mapper.class_, name)) for step, name in path.hops
    )
