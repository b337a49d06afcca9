"""States of a record and the ways between them, declared on its model as `__states__`.

The guard at the session holds them (app/security/states.py), a service goes the ways (app/services/engine/states.py),
a view names the buttons (app/panel/transitions.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.choices import Choice
from app.regulation.rights import Action
from app.russian import format_date


@dataclass(frozen=True)
class Transition:
    """A way from one state to another."""

    name: str
    """How code and addresses call it."""
    sources: tuple[Choice, ...]
    target: Choice
    action: Action = Action.EDIT
    """The right on the record that it takes."""
    reason: str = ""
    """The column of the reason, which must be given then."""
    barred: str = ""
    """The attribute that names the accounts that may not go it: nobody decides of what he did himself."""


@dataclass(frozen=True)
class States:
    """The states of a model, told by one column: a choice, or the date from which on a record is in the second state.

    A new record is in the source of the first transition. A record in a `closed` state is not changed and not deleted,
    its own rows (those that go with it when it is deleted) neither.
    """

    column: str
    transitions: tuple[Transition, ...]
    closed: frozenset[Choice] = frozenset()
    dated: tuple[Choice, Choice] | None = None
    """Of a date: the state while it is empty, and the state from that day on."""

    @property
    def initial(self) -> Choice:
        return self.transitions[0].sources[0]

    def known(self) -> Iterator[Choice]:
        for transition in self.transitions:
            yield from (*transition.sources, transition.target)

    def transition(self, name: str) -> Transition:
        """Raises LookupError for one that is not declared."""
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise LookupError(name)

    def of(self, value: Any) -> Choice:
        """The state that a value of the column tells."""
        return self.dated[value is not None] if self.dated is not None else value

    def value(self, state: Choice, day: date) -> Any:
        """What the column holds in a state that is reached on a day."""
        if self.dated is None:
            return state
        return day if state is self.dated[1] else None


def states_of(model: Any) -> States | None:
    """The states of a model or record; accounts, which are no `Record`, have none."""
    return getattr(model, "__states__", None)


def state_of(obj: Any) -> Choice:
    """The state that a record of a model with states is in, as it stands in the session."""
    return obj.__states__.of(getattr(obj, obj.__states__.column))


def is_closed(obj: Any) -> bool:
    """Whether a record may not be changed any more; of a model without states none is."""
    states = states_of(obj)
    return states is not None and state_of(obj) in states.closed


def is_barred(obj: Any, way: Transition, account_id: int | None) -> bool:
    """Whether this account is one of those that may not take the record through the transition."""
    return bool(way.barred) and account_id is not None and account_id in getattr(obj, way.barred)


def barred_words(obj: Any) -> str:
    return f"«{obj}»: этого не решает тот, кто сам это внёс или запросил."


def in_words(obj: Any) -> str:
    """The state, with its day where the model keeps it: «аннулирован 02.03.2026»."""
    day = getattr(obj, obj.__states__.column)
    return f"{state_of(obj).title_ru} {format_date(day)}" if isinstance(day, date) else state_of(obj).title_ru


def closed_words(obj: Any) -> str:
    """What to say to whoever would change a closed record."""
    return f"«{obj}»: {in_words(obj)}. Изменить или удалить это нельзя."
