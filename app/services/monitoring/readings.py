"""The register of readings (4.1): each reading, where it is used, what was chosen, what a choice would change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.clock import utc_now
from app.compliance import duties, queries
from app.compliance.readings import Choice, Readings, readings_of
from app.models.monitoring import ReadingChoice, readings
from app.regulation import load_regulation
from app.regulation.schema import Option, Reading, Rule, Unread
from app.security.actor import Actor
from app.services.engine import coherence
from app.services.monitoring import effects
from app.services.monitoring.compliance import Tally, organisation_for, rules_for
from app.services.territory.organisations import Organisation


@coherence.alone(ReadingChoice, "act_number")
def _choice(choice: ReadingChoice) -> Iterator[tuple[str, str]]:
    """A choice is an act, and an act has a number."""
    if not (choice.act_number or "").strip():
        yield "act_number", "Укажите номер акта."


def save(session: Session, choice: ReadingChoice) -> list[int]:
    """The schools whose numbers it changed: a correction of each. Errors are those of `records.save`."""

    def act(school_id: int) -> effects.Act:
        told, paper = (f"Чтение сроков на {choice.caption}", choice.act_text), (choice.act_number, choice.act_date)
        return effects.Act(choice.__tablename__, choice.id, *told, *paper, utc_now())

    return effects.save(session, choice, None, act)


@dataclass(frozen=True)
class Entry:
    """A reading of the register as it holds in a school year; `act` is empty where the default holds."""

    reading: Reading
    rules: tuple[Rule, ...]
    chosen: Option
    act: str

    @property
    def has_effect(self) -> bool:
        """Whether the panel keeps records of any rule that it reads."""
        return bool({rule.id for rule in self.rules}.intersection(duties.rules()))


@dataclass(frozen=True)
class Effect:
    """What an option would change: rule → counts as they are and as they would be, in an organisation's schools."""

    organisation: Organisation
    by_rule: dict[str, tuple[Tally, Tally]]

    @property
    def total(self) -> tuple[Tally, Tally]:
        return Tally.sum(one for one, _ in self.by_rule.values()), Tally.sum(one for _, one in self.by_rule.values())


def register(session: Session, start_year: int) -> list[Entry]:
    """Every reading, in the order of the regulation's file."""
    chosen = readings_of(session.connection())
    return [_entry(reading, chosen, start_year) for reading in load_regulation().readings.values()]


def _entry(reading: Reading, choices: Readings, start_year: int) -> Entry:
    chosen = reading.chosen(choices.in_year(start_year))
    return Entry(reading, rules_of(reading), chosen, choices.acts.get((start_year, reading.id), ""))


def rules_of(reading: Reading) -> tuple[Rule, ...]:
    """The rules whose text it reads."""
    rules = load_regulation().rules.values()
    return tuple(rule for rule in rules if any(reading in value.readings for value in rule.values))


def unread() -> list[tuple[Unread, tuple[Rule, ...]]]:
    """What could be read in several ways and is not, with the rules that say it."""
    known = load_regulation()
    return [(one, tuple(known.rules[rule] for rule in one.rules)) for one in known.unread.values()]


def offered() -> list[tuple[str, str]]:
    """What may be chosen: options of readings that have others, of rules whose records the panel keeps."""
    judged, known = set(duties.rules()), load_regulation().readings
    used = {key for key, one in known.items() if len(one.options) > 1 and judged & {rule.id for rule in rules_of(one)}}
    return [(option, text) for option, text in readings().items() if option.partition(":")[0] in used]


def effect(session: Session, actor: Actor, choice: Choice) -> Effect:
    """What a choice would change today in the schools of the actor's highest organisation.

    Raises LookupError where the actor may ask about no school's terms.
    """
    organisation = organisation_for(session, actor, None)
    used = {rule.id for rule in rules_of(load_regulation().readings[choice.reading])}
    rules = tuple(rule for rule in rules_for(actor, organisation) if rule in used)
    now = readings_of(session.connection())
    before, after = (_tallies(session, actor, organisation, rules, each) for each in (now, now.instead(choice)))
    return Effect(organisation, {rule: (before[rule], after[rule]) for rule in duties.rules() if rule in rules})


def _tallies(
    session: Session, actor: Actor, organisation: Organisation, rules: tuple[str, ...], choices: Readings
) -> dict[str, Tally]:
    asked: dict[str, Any] = {"group": "rule", "readings": choices}
    found = queries.counts(session.connection(), rules, organisation.school_ids, actor.today, **asked)
    return {rule: Tally.of(each for each in found if each.rule == rule) for rule in rules}
