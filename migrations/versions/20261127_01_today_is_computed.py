"""A pupil's card keeps where he stands from day to day: what holds, what comes next, and when only the history tells.

What the columns told so far and the history of classes does not becomes a membership where the class and the day are
known; the rest is listed for its school.

Revision ID: 20261127_01
Revises: 20261127_40
Create Date: 2026-11-27 10:00:00

"""

from collections import defaultdict
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "20261127_01"
down_revision = "20261127_40"
branch_labels = None
depends_on = None

STATUSES = {"new": "не зачислен", "enrolled": "обучается", "departed": "выбыл", "graduated": "окончил школу"}
LEFT = {"departure": "departed", "graduation": "graduated"}
STAMPS = ("entered_at", "entered_on", "entered_by", "entered_by_id")
RENAMED = {"status": "kept_status", "status_since": "kept_since", "class_id": "kept_class_id"}
ADDED = {"turns_on": sa.Date(), "next_status": sa.String(32), "next_class_id": sa.Integer(), "then_on": sa.Date()}
KEPT = ("kept_status", "kept_class_id", "kept_since", "turns_on", "next_status", "next_class_id", "then_on")
DAY = timedelta(days=1)
CHUNK = 1_000


def _table(name, *columns):
    dates = [each for each in columns if each.endswith(("_on", "since"))]
    return sa.table(name, *(sa.column(each, sa.Date() if each in dates else None) for each in columns))


pupil = _table("pupil", "id", "school_id", *KEPT, *STAMPS)
member = _table(
    "class_membership",
    *("id", "version", "school_id", "pupil_id", "class_id", "starts_on", "ends_on", "closed_by_id"),
    *STAMPS,
)
outcome = _table("year_outcome", "version", "school_id", "membership_id", "pupil_id", "class_id", "outcome", *STAMPS)
line = _table("movement_line", "id", "kind")
school_class = _table("school_class", "id", "grade")
school = _table("school", "id", "code")

BACK = """
UPDATE pupil SET (status, status_since, class_id) = (
    SELECT CASE WHEN m.ends_on IS NULL THEN 'enrolled' WHEN l.kind = 'departure' THEN 'departed'
                WHEN l.kind = 'graduation' THEN 'graduated' ELSE 'new' END,
           CASE WHEN m.ends_on IS NULL THEN m.starts_on ELSE m.ends_on END,
           CASE WHEN m.ends_on IS NULL THEN m.class_id END
    FROM class_membership m LEFT JOIN movement_line l ON l.id = m.closed_by_id
    WHERE m.pupil_id = pupil.id ORDER BY m.starts_on DESC LIMIT 1)
WHERE EXISTS (SELECT 1 FROM class_membership m WHERE m.pupil_id = pupil.id)
"""
NOTHING = """
UPDATE pupil SET status = 'new', status_since = NULL, class_id = NULL
WHERE NOT EXISTS (SELECT 1 FROM class_membership m WHERE m.pupil_id = pupil.id)
"""


def upgrade():
    op.drop_index("ix_pupil_class_id", table_name="pupil")
    for old, new in RENAMED.items():
        op.execute(f"ALTER TABLE pupil RENAME COLUMN {old} TO {new}")
    with op.batch_alter_table("pupil") as batch_op:
        for name, kind in ADDED.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.drop_constraint(op.f("fk_pupil_class_id_school_id"), type_="foreignkey")
        for key in ("kept_class_id", "next_class_id"):
            name, columns = op.f(f"fk_pupil_{key}_school_id"), [key, "school_id"]
            batch_op.create_foreign_key(name, "school_class", columns, ["id", "school_id"])
        batch_op.create_check_constraint(
            op.f("ck_pupil_nextstatus"), f"next_status IN ({', '.join(map(repr, STATUSES))})"
        )
    _translate()


def downgrade():
    """The columns told what everything entered so far leads to, the days to come included."""
    with op.batch_alter_table("pupil") as batch_op:
        batch_op.drop_constraint(op.f("ck_pupil_nextstatus"), type_="check")
        for key in ("kept_class_id", "next_class_id"):
            batch_op.drop_constraint(op.f(f"fk_pupil_{key}_school_id"), type_="foreignkey")
        for name in ADDED:
            batch_op.drop_column(name)
    for old, new in RENAMED.items():
        op.execute(f"ALTER TABLE pupil RENAME COLUMN {new} TO {old}")
    with op.batch_alter_table("pupil") as batch_op:
        batch_op.create_foreign_key(
            op.f("fk_pupil_class_id_school_id"), "school_class", ["class_id", "school_id"], ["id", "school_id"]
        )
    op.create_index("ix_pupil_class_id", "pupil", ["class_id"])
    op.execute(BACK)
    op.execute(NOTHING)


def _translate():
    """As the panel keeps it on the day of this script; a shipped script does not follow what changes there later."""
    connection, today, history = op.get_bind(), date.today(), _histories()  # noqa: DTZ011 - true whatever the day
    codes = dict(tuple(row) for row in connection.execute(sa.select(school.c.id, school.c.code)))
    written = pupil.update().where(pupil.c.id == sa.bindparam("card"))
    written = written.values({name: sa.bindparam(name) for name in KEPT})
    cards = connection.execute(sa.select(pupil).order_by(pupil.c.school_id, pupil.c.id)).all()
    for start in range(0, len(cards), CHUNK):
        some = cards[start : start + CHUNK]
        for row in some:
            _compare(row, history, codes)
        connection.execute(written, [{"card": row.id} | _kept(history[row.id], today) for row in some])


def _histories():
    """Pupil → (class, first day, last day, how he left), oldest first."""
    found = defaultdict(list)
    columns = (member.c.pupil_id, member.c.class_id, member.c.starts_on, member.c.ends_on, line.c.kind)
    joined = member.outerjoin(line, line.c.id == member.c.closed_by_id)
    for row in op.get_bind().execute(sa.select(*columns).select_from(joined).order_by(member.c.starts_on)):
        found[row.pupil_id].append((row.class_id, row.starts_on, row.ends_on, LEFT.get(row.kind)))
    return found


def _compare(row, history, codes):
    """What stood on a card and follows from no history."""
    was, follows = (row.kept_status, row.kept_since, row.kept_class_id), _latest(history[row.id])
    if was != follows and not _placed(row, history[row.id]):
        print(
            f"Школа {codes[row.school_id]}, обучающийся № {row.id}: на карточке было «{_words(was)}», а по истории"
            f" классов и приказам – «{_words(follows)}». Теперь показывается второе: внесите недостающий приказ."
        )


def _latest(spans):
    if not spans:
        return "new", None, None
    class_id, starts_on, ends_on, left = spans[-1]
    return ("enrolled", starts_on, class_id) if ends_on is None else (left or "new", ends_on, None)


def _placed(row, spans):
    """Whether a class that stood on the card alone has become a membership, from the day that stood beside it."""
    since = row.kept_since or row.entered_on
    free = all(ends_on is not None and ends_on < since for _, _, ends_on, _ in spans)
    if row.kept_status != "enrolled" or row.kept_class_id is None or not free:
        return False
    connection, stamps = op.get_bind(), {name: getattr(row, name) for name in STAMPS}
    same = {"version": 1, "school_id": row.school_id, "pupil_id": row.id, "class_id": row.kept_class_id} | stamps
    connection.execute(member.insert().values(same | {"starts_on": since}))
    number = sa.select(member.c.id).where(member.c.pupil_id == row.id, member.c.starts_on == since)
    grade = connection.scalar(sa.select(school_class.c.grade).where(school_class.c.id == row.kept_class_id))
    usual = "graduation" if grade in (9, 11) else "promotion"
    connection.execute(outcome.insert().values(same | {"membership_id": connection.scalar(number), "outcome": usual}))
    spans.append((row.kept_class_id, since, None, None))
    return True


def _kept(spans, day):
    ends = {ends_on if left else ends_on + DAY for _, _, ends_on, left in spans if ends_on is not None}
    coming = sorted(turn for turn in {starts_on for _, starts_on, _, _ in spans} | ends if turn > day)
    status, class_id, since = _standing(spans, day)
    turns_on = coming[0] if coming else None
    next_status, next_class_id, _ = _standing(spans, turns_on) if coming else (None, None, None)
    then_on = coming[1] if len(coming) > 1 else None
    return dict(zip(KEPT, (status, class_id, since, turns_on, next_status, next_class_id, then_on), strict=True))


def _standing(spans, day):
    begun = [span for span in spans if span[1] <= day]
    if not begun:
        return "new", None, None
    class_id, starts_on, ends_on, left = begun[-1]
    if ends_on is None or day < ends_on or (day == ends_on and not left):
        return "enrolled", class_id, starts_on
    return (left, None, ends_on) if left else ("new", None, ends_on + DAY)


def _words(state):
    status, since, _ = state
    return STATUSES[status] + (f" с {since:%d.%m.%Y}" if since else "")
