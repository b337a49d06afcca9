"""Who acts: the holdings of roles and what each of them grants. Rights add up, scopes do not (access.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app import clock
from app.regulation.rights import WHOLE, Action, Resource, Scope

Grants = Mapping[tuple[Resource, Action], frozenset[Scope]]
"""A right and whose rows it reaches; several scopes add up."""


@dataclass(frozen=True)
class Holding:
    """One role held, with the rows it may reach. `school_ids` None means every school."""

    role: str
    title: str
    grants: Grants
    organisation: str = ""
    school_ids: frozenset[int] | None = frozenset()
    municipality_ids: frozenset[int] = frozenset()
    """Of a role of a municipality's authority: whether it has schools or not."""
    class_ids: frozenset[int] = frozenset()
    pupil_ids: frozenset[int] = frozenset()
    parent_ids: frozenset[int] = frozenset()
    employee_ids: frozenset[int] = frozenset()
    account_id: int | None = None
    day: date | None = None
    """The local day for which it is computed: a pupil of one's class is one who is in it on this day."""


@dataclass(frozen=True)
class Actor:
    """The effective actor of a session. `is_system` reads and writes everything: commands state it explicitly."""

    name: str
    account_id: int | None = None
    holdings: tuple[Holding, ...] = ()
    is_system: bool = False
    address: str | None = None
    must_change_password: bool = False
    day: date | None = None
    """The local date that the rights were computed for."""
    _held: dict[tuple[Resource, Action], tuple[Holding, ...]] = field(default_factory=dict, compare=False, repr=False)

    def holding(self, resource: Resource, action: Action) -> tuple[Holding, ...]:
        """The held roles that grant the action on the resource."""
        key = (resource, action)
        if key not in self._held:
            self._held[key] = tuple(held for held in self.holdings if key in held.grants)
        return self._held[key]

    def may(self, action: Action, resource: Resource) -> bool:
        return self.is_system or bool(self.holding(resource, action))

    def school_ids(self, resource: Resource, action: Action) -> frozenset[int] | None:
        """The schools whose rows the actor reaches on a resource as a whole; None means every school."""
        if self.is_system:
            return None
        reached = [held.school_ids for held in self.holding(resource, action) if is_whole(held, resource, action)]
        return united(reached)

    @property
    def today(self) -> date:
        """The local date of all that the actor does, though midnight may pass; the system's is the clock's."""
        return self.day or clock.today()

    @property
    def default_school_id(self) -> int | None:
        """The school that a new record of this actor belongs to, when all that he holds lies in exactly one."""
        schools = united(each.school_ids for each in self.holdings)
        return next(iter(schools)) if schools is not None and len(schools) == 1 else None

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(held.role for held in self.holdings))


def united(schools: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    """All of these schools; None, which is every school, outweighs the rest."""
    found: set[int] = set()
    for ids in schools:
        if ids is None:
            return None
        found |= ids
    return frozenset(found)


def is_whole(held: Holding, resource: Resource, action: Action) -> bool:
    """Whether the role reaches all rows of its schools, not the own ones or those of the own classes alone."""
    return not WHOLE.isdisjoint(held.grants[(resource, action)])


def titles(holdings: Iterable[Holding]) -> list[str]:
    return list(dict.fromkeys(held.title for held in holdings))


SYSTEM = Actor(name="Система", is_system=True)
"""The command line and named system steps."""
