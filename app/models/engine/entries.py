"""Entries of judged records beside those that stand in their own columns.

`past_entry`: what was entered, when and by whom, until something else took its place. `corrected_entry`: what a
confirmed correction has a record judged by, from the day of its confirmation on. Both are written by
app/security/entries.py alone; no right guards them, and nothing of them is a person's: dates, numbers of records and
who entered.
"""

from flask_appbuilder import Model
from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table

from app.choices import Choice
from app.models.base import Instant, choice_type


class EntryEnd(Choice):
    """Why an entry no longer stands."""

    CHANGED = "changed", "изменено"


past_entry = Table(
    "past_entry",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    # The judged record: its table and number.
    Column("subject", String(60), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    # The date from which the term ran, as it was entered, and everything else that was the trigger: {column: value}.
    Column("trigger_on", Date, nullable=True),
    Column("trigger", JSON, nullable=False),
    # The entry's own stamps, of the record's time zone, and the instant and local date of the end.
    Column("entered_at", Instant, nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_by_id", ForeignKey("ab_user.id"), nullable=True),
    Column("until_at", Instant, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("ended_by", String(200), nullable=False),
    Column("ended_by_id", ForeignKey("ab_user.id"), nullable=True),
    Column("ended", choice_type(EntryEnd), nullable=False),
    Index("ix_past_entry_subject", "subject", "subject_id"),
    Index("ix_past_entry_school", "school_id"),
)


class CorrectedTo(Choice):
    """What a confirmed correction makes of a record."""

    ENTRY = "entry", "судится по исправленному внесению"
    FREED = "freed", "не считается"
    STANDING = "standing", "считается неотозванным"


corrected_entry = Table(
    "corrected_entry",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("correction_id", ForeignKey("correction.id"), nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("corrected", choice_type(CorrectedTo), nullable=False),
    # The local day from which on it is so: a day before it is told as it was known then.
    Column("since_on", Date, nullable=False),
    # Of an entry: the date from which the term runs, its stamp, the instant up to which it takes the place of others.
    Column("trigger_on", Date, nullable=True),
    Column("entered_on", Date, nullable=True),
    Column("entered_by", String(200), nullable=True),
    Column("until_at", Instant, nullable=True),
    Index("ix_corrected_entry_subject", "subject", "subject_id"),
    Index("ix_corrected_entry_school", "school_id"),
    Index("ix_corrected_entry_correction", "correction_id"),
)
