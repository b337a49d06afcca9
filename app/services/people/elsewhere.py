"""A pupil who studies in another school as well: the one sentence that a school hears, unless it is lawful."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.movement.double_study import LawfulStudy
from app.models.people import Pupil, PupilStatus
from app.security import beyond
from app.services.people.twins import Found, Known, Marks

CERTAIN, LIKELY = "Числится и в другой организации", "Похоже, числится и в другой организации"
ADVICE = ", обратитесь в МОУО."


def told(session: Session, pupils: Iterable[Pupil]) -> dict[int, str]:
    """By the number of each of these pupils who studies in another school today: the sentence, without `ADVICE`. One
    query for all of them, and one for each who is found."""
    wanted = {pupil.id: (pupil, Marks.of_card(pupil)) for pupil in pupils}
    known = Known(session, Pupil).ask(marks for _, marks in wanted.values())
    found = {key: words(session, pupil, marks, known.like(marks)) for key, (pupil, marks) in wanted.items()}
    return {key: each for key, each in found.items() if each}


def words(session: Session, pupil: Pupil, marks: Marks, others: Iterable[Found]) -> str:
    """The sentence about one, from the cards that are like his; empty where there is nothing to say."""
    there = studying(pupil, marks, others)
    lawful = _lawful(session, pupil.id) if there else frozenset()
    grounds = [marks.ground_across(each.marks) for each in there if each.id not in lawful]
    certain = any(ground is not None and ground.is_certain for ground in grounds)
    return "" if not grounds else CERTAIN if certain else LIKELY


def studying(pupil: Pupil, marks: Marks, others: Iterable[Found]) -> Sequence[Found]:
    """The cards of the same pupil in other schools where he is in a class today."""
    away = (each for each in others if each.stands and each.school_id != pupil.school_id)
    return [each for each in away if marks.ground_across(each.marks) is not None]


def has_left(pupil: Pupil) -> bool:
    """He is in no class here, and to be in one elsewhere is as it should be."""
    return pupil.status in (PupilStatus.DEPARTED, PupilStatus.GRADUATED)


def _lawful(session: Session, pupil_id: int) -> frozenset[int]:
    """The cards in other schools beside which this one is lawful."""
    mark = LawfulStudy
    of_pupil = or_(mark.first_id == pupil_id, mark.second_id == pupil_id), mark.withdrawn_on.is_(None)
    rows = beyond.rows(session, select(mark.first_id, mark.second_id).where(*of_pupil))
    return frozenset(key for row in rows for key in row) - {pupil_id}
