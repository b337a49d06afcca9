"""What readings make otherwise of records that are judged by their own entries: by whose term and days, and by which of
two orders. Nothing of it stands in a statement where no such reading was chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, case, exists, false, or_

from app.compliance.columns import due_of, school_year_of
from app.compliance.relations import fenced
from app.compliance.within import ON, Within


@dataclass(frozen=True)
class OtherTerm:
    """By an option of a reading some of a rule's records have the term of another rule."""

    reading: str
    option: str
    rule: str
    key: ColumnElement[int]
    found: Select[tuple[int]]
    """The numbers of those records: joined, not asked of each, as SQLite parses only so deep."""

    def anchors(self, within: Within) -> list[str]:
        """The rules whose terms are wanted too."""
        return [self.rule] if within.is_read(self.reading, self.option) else []

    def instead(
        self, source: FromClause, due: Any, school_id: Any, anchor: Any, rule: str, within: Within, dialect: str | None
    ) -> tuple[FromClause, Any]:
        """The source and the due date, that of the other rule where it is read so in the school year of the anchor."""
        if not within.is_read(self.reading, self.option):
            return source, due
        source, other = due_of(source, school_id, anchor, [self.rule], dialect)
        found = fenced(self.found).subquery("of_other_term")
        source = source.outerjoin(found, found.c.id == self.key)
        read = within.chosen(self.reading, self.option, school_year_of(rule, anchor))
        return source, case((and_(found.c.id.is_not(None), read), other[self.rule]), else_=due)


@dataclass(frozen=True)
class InPlace:
    """By an option of a reading a record that came in place of another counts alone, while it stands.

    It is chosen for the school year of the record that came.
    """

    reading: str
    option: str
    rule: str
    table: Table
    continues: ColumnElement[Any]
    day: ColumnElement[Any]
    whole: Table
    part_of: ColumnElement[Any]
    withdrawn_on: ColumnElement[Any]

    def counts_alone(self, within: Within) -> ColumnElement[bool]:
        """Whether the record is one that counts alone."""
        if not within.is_read(self.reading, self.option):
            return false()
        return and_(self.continues.is_not(None), *self._stands(self.table, self.whole, within))

    def outdone(
        self, record_id: ColumnElement[Any], within: Within, came: Callable[[FromClause], ColumnElement[bool]]
    ) -> Sequence[ColumnElement[bool]]:
        """That none which counts alone `came` in the place of the record."""
        if not within.is_read(self.reading, self.option):
            return []
        later, whole = self.table.alias(), self.whole.alias()
        source = later.join(whole, whole.c.id == later.c[self.part_of.name])
        mine = later.c[self.continues.name] == record_id, came(later), *self._stands(later, whole, within)
        return [~exists().select_from(source).where(*mine).correlate_except(later, whole)]

    def _stands(self, row: FromClause, whole: FromClause, within: Within) -> list[ColumnElement[bool]]:
        gone, day = whole.c[self.withdrawn_on.name], row.c[self.day.name]
        read = within.chosen(self.reading, self.option, school_year_of(self.rule, day))
        return [whole.c.entered_on <= ON, or_(gone.is_(None), gone > ON), read]
