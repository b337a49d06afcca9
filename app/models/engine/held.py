"""Facts of closed terms that an act would better or remove, as they stood before it (deadlines.md, Entries, 2 and 3).

`held_fact`: such a fact stands, from the day of the act until its correction is confirmed or the act is taken back.
`stood_fact`: what failed when the day began, of the cards that an act of the day has touched: with it the acts of the
day are compared. Both are written by app/compliance/hold.py alone; no right guards them, and nothing of them is a
person's. They point to no card, so that they outlast what they are about.

`held_setting`: what a school set for all, as it stood when a day began on which it was changed; while it holds, terms
that were over by then are judged by it (app/compliance/settings.py). `held_span`: a school year of such a row and its
study periods, for statements that join them.
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

held_setting = Table(
    "held_setting",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    # What is set ("calendar", "year") and of what: the number of the school, or of the school year.
    Column("setting", String(20), nullable=False),
    Column("key", Integer, nullable=False),
    Column("stood", JSON, nullable=False),
    # The local day of the school on which it was changed.
    Column("since_on", Date, nullable=False),
    # From this day on it holds no longer.
    Column("until_on", Date, nullable=True),
    # False: nothing that was over is bettered, and the row only tells how the day began.
    Column("holds", Boolean, nullable=False),
    # What waits for who controls, or tells what the change of the day has moved.
    Column("correction_id", ForeignKey("correction.id"), nullable=True),
    Index("ix_held_setting_school", "school_id", "setting", "key"),
    Index("ix_held_setting_correction", "correction_id"),
)

held_span = Table(
    "held_span",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("held_id", ForeignKey("held_setting.id"), nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("academic_year_id", Integer, nullable=False),
    # The year itself, once; else one of its periods.
    Column("is_year", Boolean, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    # Of a period, the grades that it is of; none: of all.
    Column("grade_from", Integer, nullable=True),
    Column("grade_to", Integer, nullable=True),
    Index("ix_held_span_held", "held_id", "academic_year_id"),
)
