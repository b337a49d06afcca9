"""Sets of obligations: whose schools, whose calendars, how many questions to the database."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, event

from app.compliance import of_records, queries
from app.compliance.bindings.movement import RULES, rules_of
from app.compliance.calendars import calendars
from app.compliance.status import Status
from app.models.movement.kinds import OrderKind
from tests.compliance.worlds import DAY, World
from tests.support import standings

ON = date(2026, 3, 1)
DEPARTED, ENTERED = date(2025, 12, 30), date(2026, 1, 13)


@pytest.fixture
def region() -> World:
    """Two municipalities; schools 1 and 3 in the first, 2 in the second; one departure in each."""
    world = World()
    world.region(municipalities=2)
    for municipality, week in ((1, 5), (2, 6), (1, 5)):
        _school_with_a_departure(world, municipality, week)
    return world


def _school_with_a_departure(world: World, municipality: int, week: int) -> int:
    school = world.school(municipality, week)
    year = world.year(school, 2025)
    pupil = world.pupil(school)
    order = world.order(year, OrderKind.DEPARTURE)
    world.line(order, pupil, world.school_class(year, 5), DEPARTED, ENTERED)
    return school


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection, cursor, statement: str, *rest) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def counted(connection: Connection, schools: frozenset[int] | None, group: str = "school") -> dict:
    found = queries.counts(connection, RULES, schools, ON, group=group)
    return {each.group: each.number for each in found}


def test_schools_outside_the_question_do_not_exist(connection: Connection, region: World):
    region.store(connection)
    assert counted(connection, None) == {1: 1, 2: 1, 3: 1}
    assert counted(connection, None, "municipality") == {1: 2, 2: 1}
    assert counted(connection, frozenset({1, 2})) == {1: 1, 2: 1}
    assert counted(connection, frozenset({3}), "municipality") == {1: 1}
    assert [r.school_id for r in queries.records(connection, RULES, frozenset({2}), ON)] == [2]


@pytest.mark.parametrize("group", ["school", "municipality", "rule"])
def test_a_count_is_a_whole_number(group: str, connection: Connection, region: World):
    region.store(connection)
    assert {type(each.number) for each in queries.counts(connection, RULES, None, ON, group=group)} == {int}


def test_no_schools_is_not_every_school(connection: Connection, region: World):
    region.store(connection)
    nobody: frozenset[int] = frozenset()
    assert counted(connection, nobody) == {}
    assert queries.records(connection, RULES, nobody, ON) == []
    assert of_records.facts_about(connection, "pupil", [1], nobody, ON) == []
    assert of_records.facts_about(connection, "movement_order", [1], nobody, ON, rules_of(OrderKind.DEPARTURE)) == []
    assert queries.earliest_opening(connection, RULES, nobody, ON) is None
    assert calendars(connection, nobody) == {}


def test_a_foreign_pupil_or_order_has_no_facts(connection: Connection, region: World):
    region.store(connection)
    assert len(of_records.facts_about(connection, "pupil", [1], frozenset({1}), ON)) == 1
    assert of_records.facts_about(connection, "pupil", [1], frozenset({2, 3}), ON) == []
    of_order, departures = (connection, "movement_order", [2]), rules_of(OrderKind.DEPARTURE)
    assert len(of_records.facts_about(*of_order, frozenset({2}), ON, departures)) == 1
    assert of_records.facts_about(*of_order, frozenset({1, 3}), ON, departures) == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_thousand_are_asked_about_while_the_database_knows_no_numbers(connection: Connection):
    """A thousand lines, written a moment ago in the open transaction: no statistics yet, so one row is expected, and
    what was laid out for each row took a minute."""
    world = World()
    world.region(municipalities=1)
    school = world.school(1, 5)
    year = world.year(school, 2025)
    own, order = world.school_class(year, 5), world.order(year, OrderKind.DEPARTURE)
    pupils = [world.pupil(school) for _ in range(1000)]
    for pupil in pupils:
        world.member(pupil, own, date(2025, 9, 1), DEPARTED, initial=False)
        world.member(pupil, own, date(2026, 2, 2), initial=False)
        world.line(order, pupil, own, DEPARTED, ENTERED)
    world.store(connection)
    connection.exec_driver_sql("SET LOCAL statement_timeout = '30s'")
    assert len(of_records.facts_about(connection, "pupil", pupils, None, ON)) == 3000


def test_how_the_duties_of_some_stand(connection: Connection, region: World, statements: list[str]):
    region.store(connection)
    statements.clear()
    found = standings.standing(connection, "pupil", {1, 3}, frozenset({1, 2}), ON, RULES)
    assert found == [("order-departure", 1, 1, ENTERED, ENTERED, Status.ON_TIME)]
    assert len(statements) == 8  # four for the calendars, the dates, the readings, the starts, the duties
    assert standings.standing(connection, "movement_order", {2, 3}, None, ON) == [
        ("order-departure", 2, 2, date(2026, 1, 10), ENTERED, Status.LATE),
        ("order-departure", 3, 3, ENTERED, ENTERED, Status.ON_TIME),
    ]
    assert standings.standing(connection, "pupil", (), None, ON) == []
    with pytest.raises(LookupError, match="«school»"):
        standings.standing(connection, "school", {1}, None, ON)


def test_no_rules_no_questions(connection: Connection, region: World):
    region.store(connection)
    assert queries.counts(connection, (), None, ON) == []
    assert of_records.facts_about(connection, "movement_order", [1], None, ON, rules_of(OrderKind.TRANSFER)) == []
    assert rules_of(OrderKind.TRANSFER) == ()


def test_each_school_is_judged_by_its_own_week(connection: Connection, region: World):
    """Two working days after 30.12.2025. Where six days are worked nothing moves from Saturday 3 January (art. 112),
    so these are Friday the 9th and Saturday the 10th.
    """
    region.store(connection)
    found = queries.records(connection, RULES, None, ON)
    assert {record.school_id: (record.due, record.status) for record in found} == {
        1: (date(2026, 1, 13), Status.ON_TIME),
        2: (date(2026, 1, 10), Status.LATE),
        3: (date(2026, 1, 13), Status.ON_TIME),
    }


def test_the_schools_own_act_wins_over_the_regions(connection: Connection, region: World):
    region.add("region_calendar_day", region_id=1, day=date(2026, 1, 13), is_working=False, act="Указ")
    region.add("school_calendar_day", school_id=3, day=date(2026, 1, 13), is_working=True, act="Приказ")
    region.store(connection)
    found = queries.records(connection, RULES, frozenset({1, 3}), ON)
    assert {record.school_id: record.due for record in found} == {1: date(2026, 1, 14), 3: date(2026, 1, 13)}


def test_equal_settings_share_one_calendar(connection: Connection, region: World):
    region.tables["school_settings"].pop()  # school 3 keeps the default, a five-day week
    region.store(connection)
    found = calendars(connection, None)
    assert found[1] is found[3]
    assert (found[1].week, found[2].week) == (5, 6)


def test_the_week_is_the_one_that_held_on_the_day(connection: Connection, region: World):
    """Periods that follow each other; where none holds, five days; equal ones are no change."""
    region.tables["school_settings"].clear()
    autumn, last = date(2025, 9, 1), date(2026, 8, 31)
    region.settings(1, 5, until=autumn - DAY)
    region.settings(1, 6, autumn, last)
    region.settings(2, 6, autumn, last - DAY)
    region.settings(2, 6, last)
    region.settings(3, 5, date(2010, 1, 1), date(2014, 12, 31))
    region.store(connection)
    found = calendars(connection, None)
    told = {school: (found[school].week, found[school].changes) for school in (1, 2, 3)}
    assert told == {1: (5, ((autumn, 6), (last + DAY, 5))), 2: (5, ((autumn, 6),)), 3: (5, ())}
    saturdays = date(2025, 8, 30), date(2025, 9, 6), date(2026, 9, 5)
    assert [found[1].is_working(day) for day in saturdays] == [False, True, False]


@pytest.mark.parametrize("more_schools", [0, 7])
def test_questions_to_the_database_do_not_grow(
    more_schools: int, connection: Connection, region: World, statements: list[str]
):
    for _ in range(more_schools):
        _school_with_a_departure(region, municipality=1, week=5)
    region.store(connection)
    statements.clear()
    queries.counts(connection, RULES, None, ON)
    # Four for the calendars, the readings, the starts, the dates, what is held, the counts.
    assert len(statements) == 9
    statements.clear()
    queries.records(connection, RULES, None, ON)
    assert len(statements) == 11  # and the earlier entries, the corrections
    statements.clear()
    of_records.facts_about(connection, "pupil", [1], None, ON)
    assert len(statements) == 10  # with the terms, as the list has them


def test_another_day_and_calendar_are_the_same_statement(connection: Connection, region: World, statements: list[str]):
    """Terms travel as parameters: what is prepared once serves every day."""
    region.store(connection)
    texts = []
    for on in (date(2026, 1, 5), ON):
        statements.clear()
        queries.counts(connection, RULES, frozenset({1, 2}), on)
        texts.append(statements[-1])
    assert texts[0] == texts[1]


def test_the_first_opening(connection: Connection, region: World):
    region.store(connection)
    assert queries.earliest_opening(connection, RULES, None, ON) == DEPARTED
    assert queries.earliest_opening(connection, ("order-promotion",), None, ON) is None
    assert queries.earliest_opening(connection, RULES, frozenset({1}), DEPARTED.replace(day=29)) is None
