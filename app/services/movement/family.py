"""A family comes to the school: the pupil, his parents and the order, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Guardianship, Parent, Pupil, Relation
from app.services.engine import records, taken
from app.services.engine.errors import Refused
from app.services.engine.transaction import confirmed_in, transaction
from app.services.engine.warnings import Doubt, Unconfirmed
from app.services.movement import orders
from app.services.movement.checks import LineDraft, OrderDraft
from app.services.people import doubts  # noqa: F401 - what cards are asked about

PUPIL = "pupil"
LINE = "lines-0-"
NOBODY = "Не указан ни один родитель или представитель."
NO_ORDER = "Приказ не заполнен: обучающийся останется «не зачислен», приказ нужно будет внести отдельно."
TWICE = "Этот человек уже указан выше."


@dataclass(frozen=True)
class Kin:
    """Somebody who answers for the pupil. A parent without a number is a new card."""

    parent: Parent
    relation: Relation
    lives_with: bool | None = None


@dataclass(frozen=True)
class Family:
    """As typed. Without a number the pupil's card is a new one; `order` lacks the pupil."""

    pupil: Pupil
    kin: Mapping[str, Kin] = field(default_factory=dict)
    """By the part of the page in which each stands."""
    order: OrderDraft | None = None
    line: LineDraft | None = None


def move_in(session: Session, family: Family) -> Pupil:
    """Write the family in one transaction. Raises Refused and Unconfirmed with every place as `<part>-<column>`, of the
    order its own names; then nothing is saved."""
    _refuse(session, family)
    asked: list[Doubt] = []
    with transaction(session):
        _card(session, PUPIL, family.pupil, asked)
        for part, kin in family.kin.items():
            _card(session, part, kin.parent, asked)
            _tie(session, part, family.pupil, kin, asked)
        asked += _gaps(family)
        _enter(session, family, asked)
        if confirmed_in(session).left(asked):
            raise Unconfirmed(asked)
    return family.pupil


def _refuse(session: Session, family: Family) -> None:
    """What may be told of every person at once, before anything is written. Raises Refused."""
    errors: dict[str, list[str]] = {}
    cards: dict[str, Pupil | Parent] = {PUPIL: family.pupil, **{part: kin.parent for part, kin in family.kin.items()}}
    for part, card in cards.items():
        try:
            if card.id is None:
                taken.refuse(session, card)
        except Refused as error:
            errors |= {_at(part, place): told for place, told in error.errors.items()}
    seen: set[int] = set()
    for part, kin in family.kin.items():
        if kin.parent.id in seen:
            errors[f"{part}-card"] = [TWICE]
        seen |= {kin.parent.id} - {None}
    if errors:
        raise Refused(errors)


def _card(session: Session, part: str, card: Pupil | Parent, asked: list[Doubt]) -> None:
    """A card that is there already is taken as it is."""
    if card.id is not None:
        return
    with _placed(part, asked):
        records.stage(session, card)
        records.confirm(session, card)


def _tie(session: Session, part: str, pupil: Pupil, kin: Kin, asked: list[Doubt]) -> None:
    """Who answers for the pupil already goes on as it is."""
    tied = Guardianship.pupil_id == pupil.id, Guardianship.parent_id == kin.parent.id
    if session.scalar(select(Guardianship.id).where(*tied)) is not None:
        return
    link = Guardianship(pupil=pupil, parent=kin.parent, relation=kin.relation, lives_with=kin.lives_with)
    link.school_id = pupil.school_id
    with _placed(part, asked):
        records.stage(session, link)
        records.confirm(session, link)


def _gaps(family: Family) -> Iterator[Doubt]:
    """What may be left out, but seldom is."""
    if not family.kin and not family.pupil.guardianships:
        yield Doubt("family-nobody", NOBODY, "first-last_name")
    if family.order is None:
        yield Doubt("family-no-order", NO_ORDER, "kind")


def _enter(session: Session, family: Family, asked: list[Doubt]) -> None:
    """The order stands last: what it refuses takes everything back."""
    if family.order is None or family.line is None:
        return
    draft = replace(family.order, lines=(replace(family.line, pupil=family.pupil),))
    with _placed("", asked):
        try:
            orders.enter(session, draft)
        except Unconfirmed as error:
            raise Unconfirmed([*asked, *(_moved("", each) for each in error.warnings)]) from error


@contextmanager
def _placed(part: str, asked: list[Doubt]) -> Iterator[None]:
    """What is refused or asked within is told of a part of the page; questions are gathered."""
    try:
        yield
    except Unconfirmed as error:
        if not part:
            raise
        asked += [_moved(part, each) for each in error.warnings]
    except Refused as error:
        raise Refused({_at(part, place): told for place, told in error.errors.items()}) from error


def _moved(part: str, doubt: Doubt) -> Doubt:
    return replace(doubt, field=_at(part, doubt.field))


def _at(part: str, place: str) -> str:
    """Where a service's place stands on the page of the family."""
    if not part:
        name = place.removeprefix(LINE)
        return "pupil-card" if name == PUPIL else name
    if place == "parent":
        return f"{part}-birth_date"
    return f"{part}-{place}" if place else ""
