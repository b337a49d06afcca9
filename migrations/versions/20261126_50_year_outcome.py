"""year outcome: what the council decides stands in a table of its own, under a right of its own

Revision ID: 20261126_50
Revises: 20261126_40
Create Date: 2026-11-26 14:30:00

"""

from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from alembic import op

revision = "20261126_50"
down_revision = "20261126_40"
branch_labels = None
depends_on = None

OUTCOMES = ("promotion", "conditional", "repeat", "graduation", "repeat_9")
STAMPS = "entered_at, entered_on, entered_by, entered_by_id, changed_at, changed_by, changed_by_id"
KEY = ["id", "school_id", "pupil_id", "class_id"]
COMMON_COLUMNS = {"pupil", "school_class", "outcome", "school", "entered_on", "entered_by", "changed_by"}
"""Columns that the lists of memberships (before) and of outcomes (after) both have."""

deleted_record = sa.table("deleted_record", sa.column("id"), sa.column("data", sa.JSON))
saved_list = sa.table("saved_list", *map(sa.column, ("id", "account_id", "route", "name", "query")))
audit_event = sa.table(
    "audit_event",
    *map(sa.column, ("id", "at", "action", "account_id", "actor", "entity", "record_id", "record", "school_id")),
    sa.column("changes", sa.JSON),
    sa.column("address"),
)


def upgrade():
    _swap_key("ix_class_membership_class", ["class_id", "starts_on", "ends_on", "pupil_id"])
    with op.batch_alter_table("class_membership") as batch_op:
        batch_op.create_unique_constraint("uq_class_membership_" + "_".join(KEY), KEY)
    _create()
    op.execute(
        f"INSERT INTO year_outcome (version, membership_id, school_id, pupil_id, class_id, outcome, {STAMPS})"
        f" SELECT 1, id, school_id, pupil_id, class_id, outcome, {STAMPS} FROM class_membership ORDER BY id"
    )
    numbers = {row.membership_id: row.id for row in _rows("SELECT id, membership_id FROM year_outcome")}
    numbers |= _split_deleted(max(numbers.values(), default=0))
    _copy_trail(numbers)
    _move_lists("memberships", "outcomes")
    with op.batch_alter_table("class_membership") as batch_op:
        batch_op.drop_constraint(op.f("ck_class_membership_outcome"), type_="check")
        batch_op.drop_column("outcome")


def downgrade():
    with op.batch_alter_table("class_membership") as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE class_membership SET outcome = (SELECT y.outcome FROM year_outcome y"
        " WHERE y.membership_id = class_membership.id)"
    )
    memberships = {row.id: row.membership_id for row in _rows("SELECT id, membership_id FROM year_outcome")}
    memberships |= _join_deleted()
    _return_trail(memberships)
    _move_lists("outcomes", "memberships")
    _return_favourites()
    op.drop_table("year_outcome")
    with op.batch_alter_table("class_membership") as batch_op:
        batch_op.drop_constraint("uq_class_membership_" + "_".join(KEY), type_="unique")
        batch_op.alter_column("outcome", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_check_constraint(op.f("ck_class_membership_outcome"), _one_of("outcome"))
    _swap_key("ix_class_membership_class", ["class_id", "starts_on", "ends_on", "outcome", "pupil_id"])


def _swap_key(name, columns):
    op.drop_index(name, table_name="class_membership")
    op.create_index(name, "class_membership", columns)


def _one_of(column):
    return f"{column} IN ({', '.join(map(repr, OUTCOMES))})"


def _create():
    op.create_table(
        "year_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(*OUTCOMES, name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("protocol", sa.String(length=30), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_year_outcome_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_year_outcome_entered_by_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"],
            ["school_class.id", "school_class.school_id"],
            name=op.f("fk_year_outcome_class_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id", "school_id", "pupil_id", "class_id"],
            [f"class_membership.{name}" for name in KEY],
            name=op.f("fk_year_outcome_membership_id_school_id_pupil_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupil.id", "pupil.school_id"],
            name=op.f("fk_year_outcome_pupil_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_year_outcome_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_outcome")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_year_outcome_membership_id")),
    )
    op.create_index("ix_year_outcome_outcome", "year_outcome", ["outcome", "membership_id"])
    op.create_index("ix_year_outcome_class", "year_outcome", ["class_id", "id"])
    op.create_index("ix_year_outcome_pupil", "year_outcome", ["pupil_id"])
    op.create_index("ix_year_outcome_school", "year_outcome", ["school_id", "id"])


def _rows(statement):
    return op.get_bind().execute(sa.text(statement)).all()


# The bin: a membership there comes back with its outcome.


def _split_deleted(last):
    """Membership → the number its outcome gets, taken from the table's own numbers."""
    numbers = {}
    for deleted in _deleted():
        parts = []
        for part in deleted.data:
            values = part.get("values", {})
            if part.get("entity") != "class_membership" or "outcome" not in values:
                parts.append(part)
                continue
            last += 1
            numbers[values["id"]] = last
            kept = {name: value for name, value in values.items() if name != "outcome"}
            parts += [part | {"values": kept}, {"entity": "year_outcome", "values": _outcome_of(values, last)}]
        _keep(deleted, parts)
    if last and op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('year_outcome', 'id'), {last})")
    return numbers


def _outcome_of(values, number):
    same = ["school_id", "pupil_id", "class_id", "outcome", *STAMPS.split(", ")]
    own = {"id": number, "version": 1, "membership_id": values["id"], "decided_on": None, "protocol": None}
    return own | {name: values.get(name) for name in same}


def _join_deleted():
    """The number of an outcome → its membership, of those in the bin."""
    memberships = {}
    for deleted in _deleted():
        outcomes = {
            part["values"]["membership_id"]: part["values"]
            for part in deleted.data
            if part.get("entity") == "year_outcome"
        }
        memberships |= {values["id"]: key for key, values in outcomes.items()}
        parts = []
        for part in deleted.data:
            if part.get("entity") == "class_membership" and part["values"].get("id") in outcomes:
                told = {"outcome": outcomes[part["values"]["id"]]["outcome"]}
                parts.append(part | {"values": part["values"] | told})
            elif part.get("entity") != "year_outcome":
                parts.append(part)
        _keep(deleted, parts)
    return memberships


def _deleted():
    return op.get_bind().execute(sa.select(deleted_record.c.id, deleted_record.c.data)).all()


def _keep(deleted, parts):
    if parts != deleted.data:
        of_row = deleted_record.c.id == deleted.id
        op.get_bind().execute(deleted_record.update().where(of_row).values(data=parts))


# The trail: nothing in it is changed; what it tells of outcomes is told once more of the new record.


def _copy_trail(numbers):
    told = [
        {**event, "entity": "year_outcome", "record_id": numbers[event["record_id"]], "record": ""}
        | {"changes": {"outcome": event["changes"]["outcome"]}}
        for event in _events("class_membership")
        if "outcome" in event["changes"] and event["record_id"] in numbers
    ]
    for event in told:
        del event["id"]
        event["record"] = f"Итог года № {event['record_id']}"
    if told:
        op.get_bind().execute(audit_event.insert(), told)


def _return_trail(memberships):
    """What was copied goes; what was written since is told of the membership."""
    before = {(event["record_id"], event["at"]) for event in _events("class_membership")}
    for event in _events("year_outcome"):
        membership, of_row = memberships.get(event["record_id"]), audit_event.c.id == event["id"]
        if (membership, event["at"]) in before:
            op.get_bind().execute(audit_event.delete().where(of_row))
        else:
            told = {"entity": "class_membership", "record_id": membership, "action": "change"}
            op.get_bind().execute(audit_event.update().where(of_row).values(told))


def _events(entity):
    statement = sa.select(audit_event).where(audit_event.c.entity == entity).order_by(audit_event.c.id)
    return [dict(row._mapping) for row in op.get_bind().execute(statement)]


# What a person keeps.


def _move_lists(here, there):
    """A saved list with a condition on the outcome goes where outcomes are listed now; on the way back all of them."""
    lists = op.get_bind().execute(sa.select(saved_list)).all()
    taken = {(each.account_id, each.route, each.name) for each in lists}
    for each in lists:
        pairs = parse_qsl(each.query, keep_blank_values=True)
        moved = there == "memberships" or any(name == "outcome" for name, _ in pairs)
        if each.route != here or not (moved or "outcome" in each.query):
            continue
        name = f"{each.name[:70]} (итоги)" if moved and (each.account_id, there, each.name) in taken else each.name
        query = urlencode([pair for pair in (_shown(*pair, moved) for pair in pairs) if pair[1]])
        values = {"route": there if moved else here, "name": name, "query": query}
        op.get_bind().execute(saved_list.update().where(saved_list.c.id == each.id).values(values))


def _shown(name, value, moved):
    """A part of an address; of columns and order only what the list it goes to has."""
    if name not in ("cols", "order"):
        return name, value
    columns = [one for one in value.split(",") if _there_is(one.removeprefix("-"), moved)]
    return name, ",".join(columns)


def _there_is(column, moved):
    return column in COMMON_COLUMNS if moved else column != "outcome"


def _return_favourites():
    op.execute(
        "INSERT INTO favourite (account_id, entity, record_id, added_at)"
        " SELECT f.account_id, 'class_membership', y.membership_id, f.added_at"
        " FROM favourite f JOIN year_outcome y ON y.id = f.record_id WHERE f.entity = 'year_outcome'"
        " AND NOT EXISTS (SELECT 1 FROM favourite o WHERE o.account_id = f.account_id"
        " AND o.entity = 'class_membership' AND o.record_id = y.membership_id)"
    )
    op.execute("DELETE FROM favourite WHERE entity = 'year_outcome'")
