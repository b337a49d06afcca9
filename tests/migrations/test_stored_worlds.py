"""Migrations on a copy of the demo as it was: nothing of it is lost; what breaks a new rule is told, not refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from app import create_app
from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.extensions import db
from app.models.names import search_key
from app.models.people import Employee, Parent, Pupil
from scripts.migration_world import Rows, rows_of
from tests.conftest import WORKER
from tests.migrations.stored import WORLDS, put, read, revision_of
from tests.support.databases import BACKENDS, PostgresDatabase, SqliteDatabase

AT_OUTCOMES = "20261126_50"
BEFORE_TODAY, AT_TODAY = "20261127_40", "20261127_01"
PERSONAL = ("saved_list", "favourite")
BESIDE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE '%_trgm'",
}
ANSWERING = {
    "sqlite": "SELECT rowid FROM pupil_search WHERE pupil_search MATCH 'слыхан'",
    "postgresql": "SELECT id FROM pupil WHERE search_text LIKE '%слыхан%'",
}
AGREES = "INSERT INTO {0}_search({0}_search, rank) VALUES ('integrity-check', 1)"
"""SQLite's own comparison of an index with its table."""


class Old:
    """A database at the revision of a stored world, with its rows; or the same raised to today's scripts."""

    def __init__(self, database: Any, world: Path, raised: bool = False) -> None:
        self.database, self.revision, self.rows = database, revision_of(world), read(world)
        self.app = create_app(
            TESTING=True, SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI=database.url
        )
        with self.app.app_context():
            upgrade(revision=self.revision)
            write(self.rows)
            self.beside = beside()
            if raised:
                upgrade()
        self.close()
        database.keep()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def database_on(backend: str, request: pytest.FixtureRequest, name: str) -> Any:
    if backend == "sqlite":
        return SqliteDatabase(request.getfixturevalue("tmp_path_factory").mktemp(name))
    return PostgresDatabase(request.getfixturevalue("postgres"), f"{name}_{WORKER}")


@pytest.fixture(scope="module", params=WORLDS, ids=revision_of)
def world(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def kept(world: Path, backend: str, request: pytest.FixtureRequest) -> Iterator[Old]:
    made = Old(database_on(backend, request, "old_world"), world)
    yield made
    made.close()


@pytest.fixture(scope="module")
def kept_raised(world: Path, backend: str, request: pytest.FixtureRequest) -> Iterator[Old]:
    made = Old(database_on(backend, request, "raised_world"), world, raised=True)
    yield made
    made.close()


@pytest.fixture
def old(kept: Old) -> Iterator[Old]:
    """As it was, within the application's context. Raise it no higher than what is asked about: that costs a second."""
    yield from within(kept)


@pytest.fixture
def raised(kept_raised: Old) -> Iterator[Old]:
    """The same world when every script has run."""
    yield from within(kept_raised)


def within(kept: Old) -> Iterator[Old]:
    kept.database.restore()
    with kept.app.app_context():
        yield kept
    kept.close()


def stored() -> Rows:
    with db.engine.connect() as connection:
        return rows_of(connection)


def beside() -> dict[str, str]:
    """Name and text of what stands beside the tables and no model knows."""
    with db.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text(BESIDE[db.engine.dialect.name]))}


def write(rows: Rows) -> None:
    with db.engine.connect() as connection:
        put(connection, rows)


def keys(table: str, rows: list[dict[str, Any]]) -> set[Any]:
    columns = inspect(db.engine).get_pk_constraint(table)["constrained_columns"]
    return {tuple(row[column] for column in columns) for row in rows}


def test_a_stored_world_is_a_world(old: Old) -> None:
    """It is in the database as it is in the file, and has a row in each table of ours."""
    assert stored() == old.rows
    assert {name for name, rows in old.rows.items() if not rows and not name.startswith("ab_")} == set()


def test_no_row_is_lost_on_the_way_up(raised: Old) -> None:
    now = stored()
    for table, before in raised.rows.items():
        assert keys(table, before) <= keys(table, now[table]), table


def test_what_a_person_keeps_stays_as_it_was(raised: Old) -> None:
    now = stored()
    for table in PERSONAL:
        assert len(raised.rows[table]) == 2
        assert now[table] == raised.rows[table]


def test_scripts_and_models_agree_on_an_old_database(raised: Old) -> None:
    result = raised.app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_numbers_go_on(raised: Old) -> None:
    """What is added after the way up gets a number of its own."""
    person = {"account_id": raised.rows["ab_user"][0]["id"]}
    added = "INSERT INTO saved_list (account_id, route, name, query) VALUES (:account_id, 'pupils', 'Новый', '')"
    with db.engine.begin() as connection:
        connection.execute(text(added), person)
    assert len(stored()["saved_list"]) == 3


def test_down_and_up_again(raised: Old) -> None:
    """The rows, and what stands beside them: triggers and indexes of searching."""
    new = stored()
    assert len(raised.beside) == 12 or db.engine.dialect.name == "postgresql"  # where the server may lack trigrams
    assert beside_of(raised) == raised.beside
    downgrade(revision=raised.revision)
    assert stored() == raised.rows
    assert beside_of(raised) == raised.beside
    upgrade()
    assert stored() == new
    assert beside_of(raised) == raised.beside


def beside_of(raised: Old) -> dict[str, str | None]:
    """What there is now of what stood beside the tables of the old world."""
    now = beside()
    return {name: now.get(name) for name in raised.beside}


def test_searching_answers(raised: Old) -> None:
    sought = raised.rows["pupil"][0]["id"]
    renamed, asked = "UPDATE pupil SET search_text = 'неслыханный' WHERE id = :id", ANSWERING[db.engine.dialect.name]
    with db.engine.begin() as connection:
        connection.execute(text(renamed), {"id": sought})
        assert connection.scalars(text(asked)).all() == [sought]


@pytest.mark.parametrize("table", ["pupil", "parent", "employee", "ab_user"])
def test_the_index_of_searching_tells_what_its_table_has(raised: Old, table: str) -> None:
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            connection.execute(text(AGREES.format(table)))  # raises when it does not


@pytest.mark.parametrize("model", [Pupil, Parent, Employee], ids=lambda model: model.__tablename__)
def test_people_are_found_by_their_numbers(raised: Old, model: Any) -> None:
    """The folded text is what saving the card would make of it."""
    names = ", ".join(("search_text", *model.__search__))
    with db.engine.begin() as connection:
        rows = connection.execute(text(f"SELECT {names} FROM {model.__tablename__}")).mappings().all()  # noqa: S608
    assert rows
    assert [row["search_text"] for row in rows] == [model.search_text_of(dict(row)) for row in rows]


# What old data breaks is listed and left alone.


AT_CODES = "20261126_05"


def a_second_code(old: Old, number: int) -> dict[str, Any]:
    """Of a municipality that has one on the same days: nothing forbade it before 20261126_05."""
    return {**old.rows["municipality_code"][0], "id": 1000 + number, "oktmo": f"0000000{number}"}


def test_clashing_periods_are_listed_and_left(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    write({"municipality_code": [a_second_code(old, 1)]})
    before = stored()["municipality_code"]
    capsys.readouterr()
    upgrade(revision=AT_CODES)
    told = capsys.readouterr().out
    assert f"Таблица municipality_code: периоды уже пересекаются в строках № {before[0]['id']}, 1001." in told
    assert "Они оставлены как есть: исправьте даты в панели." in told
    assert stored()["municipality_code"] == before


def test_what_clashes_anew_is_refused_all_the_same(old: Old) -> None:
    write({"municipality_code": [a_second_code(old, 1)]})
    upgrade(revision=AT_CODES)
    other = {**old.rows["municipality_code"][1], "id": 1002, "oktmo": "00000002"}
    with pytest.raises(IntegrityError, match="ex_municipality_code_period"):
        write({"municipality_code": [other]})


# One form of every key (20261126_70).

BEFORE_KEYS, AT_KEYS = "20261126_65", "20261126_70"


def alike(old: Old) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order under the number of another, written otherwise, and two classes: one alone, one beside its like."""
    order = {**stored()["movement_order"][0], "id": 90001}
    order["number"] = "№ " + order["number"].upper()
    one = stored()["school_class"][0]
    write(
        {
            "movement_order": [order],
            "school_class": [{**one, "id": 90001, "letter": "a"}, {**one, "id": 90002, "letter": "«э»"}],
        }
    )
    return order, one


def test_keys_that_clash_are_listed_for_the_school_and_left(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade(revision=BEFORE_KEYS)
    order, one = alike(old)
    before = stored()
    school = next(row["code"] for row in before["school"] if row["id"] == order["school_id"])
    capsys.readouterr()
    upgrade(revision=AT_KEYS)
    told = capsys.readouterr().out
    assert f"Школа {school}: приказы с одним номером и датой: " in told
    assert f"{order['number']} (запись 90001)" in told
    assert f"классы одного года с одной литерой: {one['grade']} «А» (запись {one['id']})" in told
    assert "исправьте их в панели" in told
    now = stored()
    letters = {row["id"]: row["letter"] for row in now["school_class"]}
    assert (letters[one["id"]], letters[90001], letters[90002]) == ("А", "a", "Э")
    kept = [{name: row[name] for name in order} for row in now["movement_order"]]
    assert kept == before["movement_order"]


def test_a_number_that_clashes_anew_is_refused_all_the_same(old: Old) -> None:
    upgrade(revision=BEFORE_KEYS)
    alike(old)
    upgrade(revision=AT_KEYS)
    other = stored()["movement_order"][1]
    with pytest.raises(IntegrityError, match=r"number_key"):
        write({"movement_order": [{**other, "id": 90002, "number": other["number"].lower() + " "}]})


# Outcomes of the year in a table of their own (20261126_50).

BEFORE_OUTCOMES = "20261126_40"


def owed() -> dict[str, dict[str, int]]:
    """Rule → status → number on the day on which the stored world ends."""
    found: dict[str, dict[str, int]] = {}
    with db.engine.connect() as connection:
        for each in queries.counts(connection, RULES, None, date(2026, 11, 24), group="rule"):
            found.setdefault(each.rule, {})[each.status.value] = each.number
    return found


def test_what_stood_on_a_card_alone_becomes_a_membership_or_is_listed(old: Old, capsys: Any) -> None:
    upgrade(revision=BEFORE_TODAY)
    rows = stored()
    named = {row["pupil_id"] for row in rows["class_membership"]}
    nobody = next(row for row in rows["pupil"] if row["id"] not in named)
    room = next(row for row in rows["school_class"] if row["school_id"] == nobody["school_id"] and row["grade"] == 9)
    inside = next(row for row in rows["pupil"] if row["status"] == "enrolled")
    given = "UPDATE pupil SET status = :status, status_since = :since, class_id = :room WHERE id = :key"
    with db.engine.begin() as connection:
        for key, status, since, into in (
            (nobody["id"], "enrolled", "2026-10-05", room["id"]),
            (inside["id"], "departed", "2026-10-06", None),
        ):
            day = date.fromisoformat(since)
            connection.execute(text(given), {"key": key, "status": status, "since": day, "room": into})
    capsys.readouterr()
    upgrade(revision=AT_TODAY)
    told, now = capsys.readouterr().out, stored()
    card = {row["id"]: row for row in now["pupil"]}
    made = next(row for row in now["class_membership"] if row["pupil_id"] == nobody["id"])
    assert (made["class_id"], made["starts_on"], made["ends_on"]) == (room["id"], "2026-10-05", None)
    outcome = next(row for row in now["year_outcome"] if row["membership_id"] == made["id"])
    assert outcome["outcome"] == "graduation"
    assert card[nobody["id"]]["kept_class_id"] == room["id"]
    assert f"обучающийся № {inside['id']}: на карточке было «выбыл с 06.10.2026», а по истории" in told
    assert told.count("внесите недостающий приказ") == 1
    assert card[inside["id"]]["kept_status"] == "enrolled"
    downgrade(revision=BEFORE_TODAY)
    back = {row["id"]: row for row in stored()["pupil"]}
    assert (back[nobody["id"]]["status"], back[nobody["id"]]["class_id"]) == ("enrolled", room["id"])


def a_repeater(old: Old) -> dict[str, Any]:
    """A pupil of the fifth to eighth classes of 2025/26, made one who repeats, as the schema was before."""
    grades = {row["id"]: row["grade"] for row in old.rows["school_class"]}
    rows = [row for row in old.rows["class_membership"] if row["starts_on"] == "2025-09-01"]
    row = next(row for row in rows if 5 <= grades[row["class_id"]] <= 8)
    with db.engine.begin() as connection:
        changed = "UPDATE class_membership SET outcome = 'repeat', changed_by = 'Завуч' WHERE id = :id"
        connection.execute(text(changed), {"id": row["id"]})
    return row | {"outcome": "repeat", "changed_by": "Завуч"}


def test_outcomes_move_with_their_stamps_and_back(old: Old) -> None:
    upgrade(revision=BEFORE_OUTCOMES)
    a_repeater(old)
    before = stored()["class_membership"]
    upgrade(revision=AT_OUTCOMES)
    moved = {row["membership_id"]: row for row in stored()["year_outcome"]}
    assert len(moved) == len(before)
    stamps = [name for name in before[0] if name.startswith(("entered_", "changed_"))]
    for row in before:
        for name in ("school_id", "pupil_id", "class_id", "outcome", *stamps):
            assert moved[row["id"]][name] == row[name], name
    downgrade(revision=BEFORE_OUTCOMES)
    assert stored()["class_membership"] == before


def test_judgement_is_the_same_after_the_move(raised: Old) -> None:
    """As the demo planted it; and whoever repeats owes the other order."""
    planted = next(row["changes"]["planted"] for row in raised.rows["audit_event"] if "planted" in row["changes"])
    assert owed() == planted
    downgrade(revision=BEFORE_OUTCOMES)
    a_repeater(raised)
    upgrade()
    assert sum(owed()["order-promotion"].values()) == sum(planted["order-promotion"].values()) - 1
    assert sum(owed()["order-repeat"].values()) == 1


def test_the_bin_the_trail_and_saved_lists_follow_the_outcome(old: Old) -> None:
    upgrade(revision=BEFORE_OUTCOMES)
    row, last = a_repeater(old), len(old.rows["class_membership"])
    person = old.rows["ab_user"][0]["id"]
    deleted = old.rows["deleted_record"][0] | {"id": 50, "entity": "class_membership", "record_id": 900}
    event = old.rows["audit_event"][0] | {"id": 50, "action": "change", "entity": "class_membership"}
    lists = [("Повторники", "outcome=repeat&cols=pupil,starts_on"), ("Колонки", "cols=pupil,outcome,ends_on")]
    given = {
        "deleted_record": [deleted | {"data": [{"entity": "class_membership", "values": row | {"id": 900}}]}],
        "audit_event": [event | {"record_id": row["id"], "changes": {"outcome": ["promotion", "repeat"]}}],
        "saved_list": [
            {"id": 50 + number, "account_id": person, "route": "memberships", "name": name, "query": query}
            for number, (name, query) in enumerate(lists)
        ],
    }
    write(given)
    before = stored()
    upgrade(revision=AT_OUTCOMES)
    now = stored()
    parts = next(each["data"] for each in now["deleted_record"] if each["id"] == 50)
    assert [part["entity"] for part in parts] == ["class_membership", "year_outcome"]
    assert "outcome" not in parts[0]["values"]
    told = {"id": last + 1, "membership_id": 900, "outcome": "repeat", "entered_at": row["entered_at"]}
    assert parts[1]["values"] | told == parts[1]["values"]
    number = next(each["id"] for each in now["year_outcome"] if each["membership_id"] == row["id"])
    assert [each["changes"] for each in now["audit_event"] if each["record_id"] == number][-1:] == [
        {"outcome": ["promotion", "repeat"]}
    ]
    kept = {each["name"]: (each["route"], each["query"]) for each in now["saved_list"] if each["id"] >= 50}
    assert kept["Повторники"] == ("outcomes", "outcome=repeat&cols=pupil")
    assert kept["Колонки"] == ("memberships", "cols=pupil%2Cends_on")
    downgrade(revision=BEFORE_OUTCOMES)
    after = stored()
    for table in ("deleted_record", "audit_event", "class_membership"):
        assert after[table] == before[table], table


# Periods of a year (20261126_75).

BEFORE_PERIODS, AT_PERIODS = "20261126_71", "20261126_75"


def broken_years(old: Old) -> dict[str, Any]:
    """A year without a place in its number, and in another two quarters that meet, a fifth one, one out of the year."""
    year, other = stored()["academic_year"][:2]
    period = next(row for row in stored()["study_period"] if row["academic_year_id"] == other["id"])
    start = other["start_year"]
    more = [
        (2, "trimester", f"{start}-09-01", f"{start}-11-20"),
        (3, "trimester", f"{start}-11-20", f"{start + 1}-02-20"),
        (5, "quarter", f"{start + 1}-08-30", f"{start + 1}-09-10"),
    ]
    rows = [
        period | {"id": 9000 + number, "number": number, "kind": kind, "starts_on": first, "ends_on": last}
        for number, kind, first, last in more
    ]
    lonely = year | {"id": 9001, "start_year": 2001, "starts_on": "2002-08-31", "ends_on": "2002-09-01"}
    write({"academic_year": [lonely], "study_period": rows})
    return other


def test_what_breaks_the_order_of_a_year_is_listed_and_left(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade(revision=BEFORE_PERIODS)
    other = broken_years(old)
    before, start = stored(), other["start_year"]
    school = next(row["code"] for row in before["school"] if row["id"] == other["school_id"])
    capsys.readouterr()
    upgrade(revision=AT_PERIODS)
    told = capsys.readouterr().out
    named = f"Школа {school}, {start}/{(start + 1) % 100:02d} учебный год: "
    assert "2001/02 учебный год: даты не его номера: 31.08.2002 – 01.09.2002. Оставлено как есть" in told
    assert f"{named}периоды пересекаются: 2 триместр (01.09.{start} – 20.11.{start}) и 3 триместр" in told
    assert f"{named}такого номера не бывает: 5 четверть" in told
    assert f"{named}период за пределами года: 5 четверть" in told
    now = stored()
    assert [now[name] for name in ("academic_year", "study_period")] == [
        before[name] for name in ("academic_year", "study_period")
    ]


def test_a_year_that_breaks_the_order_anew_is_refused_all_the_same(old: Old) -> None:
    upgrade(revision=BEFORE_PERIODS)
    broken_years(old)
    upgrade(revision=AT_PERIODS)
    lonely = next(row for row in stored()["academic_year"] if row["id"] == 9001)
    with pytest.raises(IntegrityError, match="ck_academic_year_dates"):
        write({"academic_year": [lonely | {"id": 9002, "start_year": 2004}]})
    five = next(row for row in stored()["study_period"] if row["id"] == 9005)
    with pytest.raises(IntegrityError, match="ck_study_period_number"):
        write({"study_period": [five | {"id": 9006, "number": 6}]})


# Entries of the trail (20261126_91).

BEFORE_ENTRIES = "20261126_90"


def a_change(old: Old, number: int, line: dict[str, Any], at: str, changes: dict[str, list[str]]) -> dict[str, Any]:
    told = {"action": "change", "actor": "Секретарь", "account_id": None, "entity": "movement_line"}
    return old.rows["audit_event"][0] | told | {"id": number, "record_id": line["id"], "at": at, "changes": changes}


def test_changes_of_dates_that_the_trail_tells_become_entries(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    """Two exact ones, of which one falls on the evening of the next day on Sakhalin; one that leads elsewhere."""
    upgrade(revision=BEFORE_ENTRIES)
    exact, vague, noted = [row for row in stored()["movement_line"] if row["kind"] == "departure"][:3]
    day, entered = exact["event_date"], exact["entered_on"]
    changes = [
        a_change(old, 70001, exact, "2026-11-20 14:00:00", {"event_date": ["2025-10-01", "2025-10-08"]}),
        a_change(old, 70002, exact, "2026-11-20 15:00:00", {"event_date": ["2025-10-08", "2025-10-09"]}),
        a_change(old, 70003, exact, "2026-11-22 01:00:00", {"event_date": ["2025-10-09", day]}),
        a_change(old, 70004, vague, "2026-11-22 01:00:00", {"event_date": ["2025-10-09", "1999-01-01"]}),
        a_change(old, 70005, noted, "2026-11-22 01:00:00", {"reason": ["а", "б"]}),
    ]
    write({"audit_event": changes})
    before = stored()
    order = next(row for row in before["movement_order"] if row["id"] == vague["order_id"])
    capsys.readouterr()
    upgrade(revision="20261126_91")
    told = capsys.readouterr().out
    assert "даты в строках приказов исправляли, но журнал не говорит точно, когда и на что" in told
    assert f"№ {order['number']} (запись {vague['id']})" in told
    now = stored()
    entries = [(row["trigger_on"], row["entered_on"], row["until_on"], row["ended_by"]) for row in now["past_entry"]]
    assert entries == [
        ("2025-10-01", entered, "2026-11-21", "Секретарь"),
        ("2025-10-09", "2026-11-21", "2026-11-22", "Секретарь"),
    ]
    lines = {row["id"]: row for row in now["movement_line"]}
    assert (lines[exact["id"]]["entered_on"], lines[exact["id"]]["entered_by"]) == ("2026-11-22", "Секретарь")
    assert all(row.items() <= lines[row["id"]].items() for row in (vague, noted))
    downgrade(revision=BEFORE_ENTRIES)
    assert stored()["movement_line"] == before["movement_line"]


# Dates that cannot be true (20261126_89).


def test_dates_that_cannot_be_true_are_listed(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade(revision="20261126_94")
    link, employee = stored()["guardianship"][0], stored()["employee"][0]
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE employee SET birth_date = hired_on WHERE id = :id"), {"id": employee["id"]})
        connection.execute(
            text("UPDATE parent SET birth_date = '2999-01-01' WHERE id = :id"), {"id": link["parent_id"]}
        )
    before = stored()
    capsys.readouterr()
    upgrade(revision="20261126_89")
    told = capsys.readouterr().out
    assert f"родитель не старше ребёнка: родство, записи № {link['id']}" in told
    assert f"приём на работу раньше рождения: сотрудники, записи № {employee['id']}. Оставлено как есть" in told
    assert f"дата рождения ещё не наступила: родители, записи № {link['parent_id']}." in told
    assert stored() == before


# Texts without what nobody sees (20261126_78).

BEFORE_VISIBLE = "20261126_77"
UNSEEN = "\u200b\u00ad\ufeff\u202e\ue000\x07"


def test_unseen_signs_go_and_what_would_clash_is_listed(old: Old, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade(revision=BEFORE_VISIBLE)
    before = stored()
    pupil, title = before["pupil"][0], before["position"][0]
    name, split = pupil["last_name"], pupil["last_name"][:2] + UNSEEN + pupil["last_name"][2:]
    one, order = before["school_class"][0], before["movement_order"][0]
    number = {"number": order["number"] + "\u200b", "number_key": "ИНОЙ", "note": "до\u00adбавлено"}
    write(
        {
            "movement_order": [order | {"id": 90001} | number],
            "pupil": [
                pupil | {"id": 90001, "last_name": split, "snils": None, "address": f"ул.\t{UNSEEN}Мира\nдом 1",
                         "search_text": "", "person_key": "", "phone": UNSEEN},
                pupil | {"id": 90002, "last_name": UNSEEN, "snils": None},
            ],
            "position": [title | {"id": 90001, "title": title["title"] + UNSEEN, "code": None, "search_text": "а б"}],
            "school_class": [one | {"id": 90001, "letter": "\u200b" + one["letter"]}],
        }
    )  # fmt: skip
    told_of = stored()
    capsys.readouterr()
    upgrade(revision="20261126_78")
    told, now = capsys.readouterr().out, stored()
    rows = {row["id"]: row for row in now["pupil"]}
    assert (rows[90001]["last_name"], rows[90001]["address"], rows[90001]["phone"]) == (name, "ул. Мира\nдом 1", None)
    assert rows[90001]["person_key"] == pupil["person_key"]
    assert rows[90001]["search_text"].startswith(search_key(f"{name} {pupil['first_name']}"))
    school = next(row["code"] for row in now["school"] if row["id"] == pupil["school_id"])
    assert f"Школа {school}: обучающийся (запись 90002): состоит из одних невидимых знаков" in told
    same = "без невидимых знаков повторяет другую запись. Оставлено как есть"
    assert f"приказ (запись 90001): «{order['number']}» {same}" in told
    assert next(row["note"] for row in now["movement_order"] if row["id"] == 90001) == "добавлено"
    assert f"должность (запись 90001): «{title['title']}» {same}" in told
    assert f"класс (запись 90001): «{one['letter']}» {same}" in told
    for table in now:
        shared = [{name: row[name] for name in told_of[table][0] if name in row} for row in now[table]]
        before = [{name: row[name] for name in shared[0]} for row in told_of[table]] if shared else []
        changed = [row for row in before if row not in shared]
        assert [row["id"] for row in changed] == ([90001] if table in ("pupil", "movement_order") else []), table
