"""Facts of closed terms that an act would better or remove, as they stood before it (deadlines.md, Entries, 2 and 3).

`held_fact`: such a fact stands, from the day of the act until its correction is confirmed or the act is taken back.
`stood_fact`: what failed when the day began, of the cards that an act of the day has touched: with it the acts of the
day are compared. Both are written by app/compliance/hold.py alone; no right guards them, and nothing of them is a
person's. They point to no card, so that they outlast what they are about.
"""

from flask_appbuilder import Model
from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

held_fact = Table(
    "held_fact",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("correction_id", ForeignKey("correction.id"), nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    # As in a fact (app/compliance/columns.py); the table of the cards that `about_id` names.
    Column("rule", String(60), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("about", String(60), nullable=False),
    Column("about_id", Integer, nullable=False),
    Column("group_id", Integer, nullable=False),
    Column("detail", String(60), nullable=True),
    Column("anchor", Date, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    # Of what had none the day of the act: from it on the duty is late and can no longer be closed.
    Column("evidence", Date, nullable=False),
    Column("had_evidence", Boolean, nullable=False),
    Column("since_on", Date, nullable=False),
    # From this day on it no longer stands; before, it is told as it was.
    Column("until_on", Date, nullable=True),
    Index("ix_held_fact_about", "about_id", "about"),
    Index("ix_held_fact_school", "school_id", "opens_on"),
    Index("ix_held_fact_correction", "correction_id"),
)

stood_fact = Table(
    "stood_fact",
    Model.metadata,
    Column("about", String(60), primary_key=True),
    Column("about_id", Integer, primary_key=True, autoincrement=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    # The local day of the school; another day's is passed over and replaced.
    Column("day", Date, nullable=False),
    # Columns of `held_fact`, a list a fact.
    Column("facts", JSON, nullable=False),
    Index("ix_stood_fact_school", "school_id"),
)
