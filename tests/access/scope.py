"""The rows that an account should reach, by plain SQL over the whole database: what the lists are compared with."""

from typing import Any

from sqlalchemy import Engine, text

from tests.access.expected import COMMON_TABLES, ROLE_OF, SCHOOL, SHARED_TABLES, WHOLE, Right, reach, rows_of
from tests.access.marked import CHILD, CLASSMATE, MARKS, Marked

SCHOOL_COLUMN = {
    "school": "id",
    "lawful_study": "first_school_id",
    # Of a municipality: any of its schools, whose rows are reached by the same people.
    "official": "(SELECT min(school.id) FROM school WHERE school.municipality_id = official.municipality_id)",
}


class Scope:
    """Ids of rows: all of a table, and those that a right of an account reaches."""

    def __init__(self, engine: Engine, marked: Marked) -> None:
        self.engine, self.marked, self.world = engine, marked, marked.world
        self._rows: dict[str, dict[int, int | None]] = {}

    def query(self, sql: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), values))

    def all(self, table: str) -> dict[int, int | None]:
        """Row → its school."""
        # Exports are in the trail, so it grows under the walk.
        if table not in self._rows or table == "audit_event":
            school = "NULL" if table in COMMON_TABLES else SCHOOL_COLUMN.get(table, "school_id")
            self._rows[table] = dict(map(tuple, self.query(f"SELECT id, {school} FROM {table} ORDER BY id")))  # noqa: S608
        return self._rows[table]

    def visible(self, login: str, right: Right, table: str) -> set[int]:
        found = self._granted(login, right, table)
        if table == "class_membership":
            # Classes are the whole school's to see, who is in them only to those who see the pupils.
            pupils = self.visible(login, ("pupils", "view"), "pupil") | self.visible(
                login, ("pupils_brief", "view"), "pupil"
            )
            found &= self._leading_to(table, "pupil_id", pupils)
        return found

    def _granted(self, login: str, right: Right, table: str) -> set[int]:
        rows = rows_of(login, right)
        if rows is None:
            return set()
        return set().union(*(self._reached(login, each, table, right[1]) for each in rows))

    def _reached(self, login: str, rows: str, table: str, action: str) -> set[int]:
        if rows not in WHOLE:
            return self.own(login).get(table, set())
        if table in SHARED_TABLES:
            return self._of_directory(rows, table, action)
        if rows == "region" or table in COMMON_TABLES:
            return set(self.all(table))
        schools = reach(rows, self.world)
        return {key for key, school in self.all(table).items() if school in schools}

    def _of_directory(self, rows: str, table: str, action: str) -> set[int]:
        regions = {key for key, school in self.all(table).items() if school is None}
        if rows == "region":
            return set(self.all(table)) if action == "view" else regions
        own = {key for key, school in self.all(table).items() if school in reach(rows, self.world)}
        return own | regions if action == "view" else own

    def foreign(self, login: str, right: Right, table: str) -> list[int]:
        """For each school the first row that the right does not reach: the own school's too."""
        visible, first = self.visible(login, right, table), {}
        for key, school in self.all(table).items():
            if key not in visible:
                first.setdefault(school, key)
        return list(first.values())

    def own(self, login: str) -> dict[str, set[int]]:
        """The rows that «own» and «own class» mean for the three roles that have them."""
        world, role = self.world, ROLE_OF[login]
        child = world.pupils[(SCHOOL, CHILD)]
        family = {
            "pupil": {child},
            "school_class": {world.classes[(SCHOOL, 2025, "5А")]},
            "class_membership": self._leading_to("class_membership", "pupil_id", {child}),
        }
        if role == "student":
            return family
        if role == "parent":
            parents = {world.parents[SCHOOL]}
            return family | {"parent": parents, "guardianship": self._leading_to("guardianship", "parent_id", parents)}
        pupils = {world.pupils[(SCHOOL, name)] for name in (CHILD, CLASSMATE)}
        parents = {self.marked.parents[(SCHOOL, name)] for name in (CHILD, CLASSMATE)}
        return {
            "ab_user": self._accounts("pupil_id", pupils) | self._accounts("parent_id", parents),
            "pupil": pupils,
            "year_outcome": self._leading_to("year_outcome", "pupil_id", pupils),
            "parent": parents,
            "guardianship": self._leading_to("guardianship", "pupil_id", pupils),
            "employee": {world.employees[(SCHOOL, "teacher")]},
        }

    def _leading_to(self, table: str, column: str, keys: set[int]) -> set[int]:
        return {row.id for row in self.query(f"SELECT id, {column} AS target FROM {table}") if row.target in keys}  # noqa: S608

    def _accounts(self, column: str, persons: set[int]) -> set[int]:
        rows = self.query(f"SELECT account_id, {column} AS person FROM account_person")  # noqa: S608
        return {row.account_id for row in rows if row.person in persons}

    def forbidden_words(self, login: str) -> list[str]:
        """What no page of this account may show: other schools' marks, people out of reach."""
        role = ROLE_OF[login]
        reached = {"municipal": 2, "regional": 3, "operator": 3}.get(role or "", 1)
        words = list(MARKS.values())[reached:]
        surnames = {name for code, name in self.world.pupils if code == SCHOOL}
        known = {"teacher": {CHILD, CLASSMATE}, "student": {CHILD}, "parent": {CHILD}, None: set()}
        return words + sorted(surnames - known.get(role, surnames))

    def fingerprint(self) -> dict[str, list[str]]:
        """Every row of every table but the trail: a refused writing leaves it as it was."""
        from app.extensions import db

        tables = (table for table in db.metadata.sorted_tables if table.name != "audit_event")
        with self.engine.connect() as connection:
            return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in tables}
