"""What an order and a membership by hand are asked about: a far date, an unlikely age, a pupil who studies elsewhere as
well."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.values import order_number_key
from app.russian import format_date
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.told import Card
from app.services.engine.warnings import Doubt
from app.services.movement import numbers
from app.services.movement.memberships import is_of_an_order
from app.services.people import elsewhere, likely
from app.services.people.ages import PUPIL_AGES, age, in_years, is_over_a_year
from app.services.people.twins import Marks


@warnings.on(MovementOrder)
def _order(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    if order.annulled_on is not None:
        return
    yield from _number(session, order)
    for number, line in enumerate(order.lines):
        if is_over_a_year(*sorted((order.order_date, line.event_date))):
            yield Doubt(
                "order-far",
                "Дата приказа и дата события расходятся больше чем на год.",
                f"lines-{number}-event_date",
                (order.order_date, line.event_date),
            )
        yield from _stands(line, f"lines-{number}-event_date")
        yield from _outlives(line, f"lines-{number}-event_date")
        if order.kind is not None and order.kind.is_enrolment:
            yield from _age(line.pupil, line.event_date, f"lines-{number}-event_date", "в день зачисления")

    yield from _entering(session, order)


def _number(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    """Numbers begin anew with a calendar year; within one they may repeat, but seldom do."""
    other = numbers.used(session, order)
    if other is not None:
        words = f"Приказ с этим номером в {order.order_date.year} году уже есть."
        cards = (Card(MovementOrder.__tablename__, other.id, other.caption),)
        about = order_number_key(order.number), order.order_date.year, other.id
        yield Doubt("order-number", words, "number", about, cards)


def _stands(line: MovementLine, place: str) -> Iterator[Doubt]:
    """The order is attached to what stands, and says another day."""
    stands = line.stands_on
    if stands is None or stands == line.event_date:
        return
    did = "выбыл" if line.kind.rules.leaves_as else "в классе с"
    words = (
        f"По составу класса обучающийся {did} {format_date(stands)}, по приказу – {format_date(line.event_date)}."
        " Состав класса останется как есть."
    )
    yield Doubt("order-other-day", words, place, (stands, line.event_date))


def _outlives(line: MovementLine, place: str) -> Iterator[Doubt]:
    """Who left on that day was moved on after it: those moves are taken back."""
    if line.outlives:
        words = f"Более поздние переводы отменятся: {', '.join(line.outlives)}."
        yield Doubt("order-outlives", words, place, (line.pupil_id, line.event_date, *line.outlives))


def _entering(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    """Whoever comes into the school and has not left another one."""
    if not order.kind.rules.enrols:
        return
    told = elsewhere.told(session, [line.pupil for line in order.lines])
    for number, line in enumerate(order.lines):
        if words := told.get(line.pupil_id):
            about = likely.about(Marks.of_card(line.pupil))
            yield Doubt("pupil-elsewhere", words + elsewhere.ADVICE, f"lines-{number}-pupil", about)


@warnings.on(ClassMembership)
def _membership(session: Any, membership: ClassMembership) -> Iterator[Doubt]:
    if not is_of_an_order(membership):
        yield from _age(membership.pupil, membership.starts_on, "starts_on", "в первый день в классе")
    if membership.ends_on is not None and membership.ends_on < person_of(session).today:
        return
    for words in elsewhere.told(session, [membership.pupil]).values():
        yield Doubt("pupil-elsewhere", words + elsewhere.ADVICE, "pupil", (membership.pupil_id,))


def _age(pupil: Pupil, day: date, place: str, then: str) -> Iterator[Doubt]:
    years = age(pupil.birth_date, day)
    if years not in PUPIL_AGES:
        words = f"Проверьте дату рождения: {then} обучающемуся {in_years(years)}."
        yield Doubt("enrolment-age", words, place, (pupil.birth_date, day))
