"""What the cards keep of the histories of classes, as the session would have written it."""

from collections import defaultdict
from datetime import date

from app.demo.engine.rows import Rows
from app.models.movement import MovementLine
from app.models.movement.keeping import Span, kept
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil


def keep_standing(rows: Rows, day: date) -> None:
    """For the pupils of a school that is not written yet."""
    kinds = {row["id"]: OrderKind(row["kind"]) for row in rows.waiting(MovementLine)}
    found: dict[int, list[Span]] = defaultdict(list)
    for row in rows.waiting(ClassMembership):
        ended = row.get("closed_by_id")
        left = kinds[ended].rules.leaves_as if ended is not None else None
        found[row["pupil_id"]].append(Span(row["class_id"], row["starts_on"], row.get("ends_on"), left))
    for row in rows.waiting(Pupil):
        row |= kept(found.get(row["id"], ()), day)
