"""The map of the regulation: what the panel has for each duty of the text, in the words of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.compliance import duties
from app.regulation import load_regulation
from app.regulation.clause_map import DutyOfText, duties_of_text
from app.security.resources import RESOURCES
from app.services.monitoring.forms import Form, forms

DONE, PARTLY, AHEAD = "есть", "частично", "впереди"


@dataclass(frozen=True)
class Line:
    """A duty with the titles of what serves it. `counted`: its terms that are judged; `stated`: those not yet."""

    duty: DutyOfText
    data: tuple[str, ...]
    rights: tuple[str, ...]
    counted: tuple[str, ...]
    stated: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def state(self) -> str:
        """In a word, for who looks through the list."""
        if not self.duty.awaits:
            return DONE
        return PARTLY if self.duty.data or self.forms else AHEAD


def lines() -> list[Line]:
    """Raises LookupError: the map names a table or a form that is not there."""
    titles = {model.__tablename__: model.__titles__[1] for model in RESOURCES}
    printed, judged = forms(), frozenset(duties.rules())
    return [_line(duty, titles, printed, judged) for duty in duties_of_text()]


def _line(
    duty: DutyOfText, titles: Mapping[str, str], printed: Mapping[str, Form[Any]], judged: frozenset[str]
) -> Line:
    regulation = load_regulation()
    for name in (*set(duty.data).difference(titles), *set(duty.forms).difference(printed)):
        raise LookupError(f"Карта Регламента, пункт {duty.clause}: «{name}» в панели нет.")
    rules = {rule: regulation.rules[rule].title for rule in duty.rules}
    return Line(
        duty,
        data=tuple(titles[name] for name in duty.data),
        rights=tuple(regulation.resources[one].title for one in duty.rights),
        counted=tuple(title for rule, title in rules.items() if rule in judged),
        stated=tuple(title for rule, title in rules.items() if rule not in judged),
        forms=tuple(printed[name].title for name in duty.forms),
    )


def summary(found: list[Line]) -> dict[str, int]:
    """State → number of duties."""
    return {state: sum(line.state == state for line in found) for state in (DONE, PARTLY, AHEAD)}
