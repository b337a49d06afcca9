"""References inside a school: one declaration gives the composite key, the relation and its label (docs/adr/0005)."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, UniqueConstraint, inspect
from sqlalchemy.orm import RelationshipProperty, object_session, relationship

SCHOOL = ("school_id",)


@dataclass(frozen=True)
class Reference:
    """What `reference()` leaves in the class body until the class is complete."""

    key: str
    table: str
    shared: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Referring:
    """What `referring()` leaves in the class body until the class is complete."""

    key: str
    label: str
    options: dict[str, Any] = field(default_factory=dict)


def reference(key: str, table: str, *, shared: tuple[str, ...] = SCHOOL, **options: Any) -> Any:
    """A many-to-one within a school: `employee: Mapped[Employee] = reference("employee_id", "employee")`.

    `key` is the own column that holds the target's `id`, `table` the target's table; `shared` are the columns that
    both have alike and that the foreign key holds together with it. The label is the key's. Further options are
    those of `relationship()`.
    """
    return Reference(key, table, shared, options)


def referring(key: str, label: str, **options: Any) -> Any:
    """The other side: `lines: Mapped[list["MovementLine"]] = referring("MovementLine.order_id", "Строки", …)`.

    `key` names the reference's column as `Model.column`; the options are those of `relationship()`.
    """
    return Referring(key, label, options)


def declare(model: Any) -> None:
    """Turn the references in a class body into relations and keys, before the class is mapped."""
    declared = dict(vars(model))
    references = {name: each for name, each in declared.items() if isinstance(each, Reference)}
    for name, each in references.items():
        setattr(model, name, _many_to_one(model, each))
    for name, each in declared.items():
        if isinstance(each, Referring):
            setattr(model, name, _one_to_many(model, each))
    if references:
        given = getattr(model, "__table_args__", ())
        keys = tuple(_constraint(each) for each in references.values())
        model.__table_args__ = (*keys, given) if isinstance(given, dict) else (*keys, *given)


def _constraint(each: Reference) -> ForeignKeyConstraint:
    targets = [f"{each.table}.{name}" for name in ("id", *each.shared)]
    return ForeignKeyConstraint([each.key, *each.shared], targets)


def _many_to_one(model: Any, each: Reference) -> Any:
    """Joined by the key alone: the shared columns are other relations' to write."""
    return relationship(
        primaryjoin=lambda: getattr(model, each.key) == model.metadata.tables[each.table].c.id,
        foreign_keys=lambda: [getattr(model, each.key)],
        info={"label": vars(model)[each.key].column.info["label"]},
        **each.options,
    )


def _one_to_many(model: Any, each: Referring) -> Any:
    return relationship(
        primaryjoin=f"{each.key} == {model.__name__}.id",
        foreign_keys=each.key,
        info={"label": each.label},
        **each.options,
    )


NAME_BEHIND = "name_behind"
"""In session.info: (record, relation) → the name of what is out of the reader's reach (app/security/names.py)."""


def named(obj: Any, name: str) -> Any:
    """What a many-to-one leads to: the record, or only its name where the reader may not open it; None: nothing."""
    found, session = getattr(obj, name), object_session(obj)
    learn = session.info.get(NAME_BEHIND) if found is None and session is not None else None
    return learn(obj, name) if learn is not None else found


def key_of(relation: RelationshipProperty[Any]) -> Column[Any]:
    """The local column of a many-to-one that holds the target's `id`; a composite key has others beside it.

    Raises LookupError where there is none (start-up check SGO041).
    """
    target = inspect(relation.mapper).local_table.c.get("id")
    for local, remote in relation.local_remote_pairs or ():
        if remote is target:
            return local
    raise LookupError(f"{relation}: no column holds the target's id")


def sole_key(model: Any) -> Column[Any] | None:
    """The reference of which there is one record at most: `school_id` of a school's settings; None: of none."""
    table = inspect(model).local_table
    unique = (key.columns for key in table.constraints if isinstance(key, UniqueConstraint) and len(key.columns) == 1)
    return next((column for columns in unique for column in columns if column.foreign_keys), None)


def shared_of(relation: RelationshipProperty[Any]) -> list[tuple[Column[Any], Column[Any]]]:
    """The other pairs of a composite reference: (own column, the target's), of keys that hold the target's `id`."""
    own = key_of(relation)
    target = inspect(relation.mapper).local_table.c.id
    keys = inspect(relation.parent).local_table.foreign_key_constraints
    pairs = [[(element.parent, element.column) for element in key.elements] for key in keys]
    whole = [each for each in pairs if any(here is own and there is target for here, there in each)]
    return [(here, there) for each in whole for here, there in each if here is not own]
