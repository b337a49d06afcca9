"""From which day a school keeps its records here: set by the region with an act; before it nothing is owed."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import insert

from app.compliance.starts import every_start
from app.models.engine.entries import EntryEnd, past_entry
from app.models.monitoring.corrections import Correction, CorrectionState
from app.models.monitoring.starts import RegionStart, SchoolStart
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.study import SchoolClass
from tests.panel.importing.files import Desk, counts, workbook
from tests.panel.reading import at_fields, body
from tests.reports.reading import read_text
from tests.support.locks import pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
JULY = datetime(2026, 7, 10, 1, 0, tzinfo=UTC)
"""Graduations were due on 1 July; promotions are due on 31 August."""
ACT = {"act_number": "17-р", "act_date": "2026-07-01"}


@pytest.fixture(autouse=True)
def july() -> Any:
    with time_machine.travel(JULY, tick=False):
        yield


@pytest.fixture
def move(sign_in: Any, session: Any, world: Any) -> Any:
    """The regional specialist moves the day of a school."""

    def run(since: str, **more: str) -> Any:
        session.rollback()
        start = session.query(SchoolStart).filter_by(school_id=world.schools[SCHOOL]).one()
        form = {"since": since, "version": str(start.version), **ACT, **more}
        session.rollback()
        return sign_in("regional").post(f"/school_starts/edit/{start.id}", data=form)

    return run


def status(app: Any, code: str = SCHOOL) -> dict[str, dict[str, int]]:
    answer = app.test_cli_runner().invoke(args=["compliance", "status", "--org", code, "--json"])
    return {row["rule"]: row for row in json.loads(answer.stdout)["rules"]}


def test_what_was_due_before_is_counted_nowhere_and_what_is_due_after_by_everybody(move: Any, app: Any) -> None:
    stood = status(app)
    assert (stood["order-graduation"]["overdue"], stood["order-promotion"]["pending"]) == (2, 5)
    assert move("2026-07-02").status_code == 302
    now = status(app)
    assert (now["order-graduation"]["total"], now["order-promotion"]["pending"]) == (0, 5)
    assert status(app, "65002")["order-graduation"]["overdue"] == 2, "of that school alone"


def test_what_is_due_on_the_very_day_is_owed(move: Any, app: Any) -> None:
    assert move("2026-07-01").status_code == 302
    assert status(app)["order-graduation"]["overdue"] == 2


def test_moving_it_is_a_correction_with_its_effect_and_moving_it_back_another(move: Any, session: Any) -> None:
    move("2026-07-02")
    move("2024-09-01", act_number="18-р")
    session.rollback()
    there, back = session.query(Correction).order_by(Correction.id)
    assert there.state is CorrectionState.CONFIRMED
    assert (there.document, there.decided_by) == ("№ 17-р от 01.07.2026", "Специалист Имя")
    assert there.about == "Ведение в панели с 02.07.2026, было с 01.09.2024"
    told = [
        (each.effect["order-graduation"]["before"]["overdue"], each.effect["order-graduation"]["after"]["overdue"])
        for each in (there, back)
    ]
    assert told == [(2, 0), (0, 2)]


def test_a_day_that_changes_no_number_makes_no_correction(move: Any, session: Any) -> None:
    assert move("2025-08-30").status_code == 302
    assert session.query(Correction).count() == 0


def test_the_card_tells_what_is_counted_nowhere(move: Any, sign_in: Any, world: Any) -> None:
    move("2026-07-02")
    page = body(sign_in(f"deputy.{SCHOOL}").get(f"/pupils/show/{world.pupils[(SCHOOL, 'Вдовина')]}"))
    assert "до начала ведения в панели (02.07.2026)" in page


def test_the_school_page_tells_the_day_and_the_initial_load_that_opens_as_a_list(
    move: Any, sign_in: Any, session: Any, world: Any
) -> None:
    move("2026-07-02")
    client = sign_in(f"deputy.{SCHOOL}")
    page = body(client.get("/compliance/"))
    assert "Ведение в панели с 02.07.2026 (акт № 17-р от 01.07.2026)" in page
    school = world.schools[SCHOOL]
    marked = session.query(ClassMembership).filter_by(school_id=school, is_initial=True).count()
    address = f"/memberships/list/?is_initial=1&amp;school={school}"
    assert f'Первоначальная загрузка: <a href="{address}">{marked}</a>' in page
    opened = body(client.get(address.replace("&amp;", "&")))
    assert len(set(re.findall(r"/memberships/show/(\d+)", opened))) == marked
    assert "ведение с 02.07.2026" in body(sign_in("municipal.64754000").get("/compliance/"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"since": "вчера"}, "since"),
        ({"since": ""}, "since"),
        ({"since": "1914-08-01"}, "since"),
        ({"since": "2031-08-01"}, "since"),
        ({"act_number": ""}, "act_number"),
        ({"act_number": "  "}, "act_number"),
        ({"act_date": ""}, "act_date"),
        ({"act_date": "2026-08-01"}, "act_date"),
    ],
)
def test_a_wrong_day_is_told_at_its_field(move: Any, session: Any, typed: dict[str, str], field: str) -> None:
    answer = move(**{"since": "2026-07-02"} | typed)
    assert (answer.status_code, set(at_fields(body(answer)))) == (422, {field})
    assert {start.since for start in session.query(SchoolStart)} == {date(2024, 9, 1)}


@pytest.mark.parametrize("login", [f"director.{SCHOOL}", f"deputy.{SCHOOL}", "municipal.64754000", "operator"])
def test_others_read_it_and_do_not_move_it(sign_in: Any, session: Any, world: Any, login: str) -> None:
    start = session.query(SchoolStart).filter_by(school_id=world.schools[SCHOOL]).one()
    client = sign_in(login)
    assert client.get(f"/school_starts/show/{start.id}").status_code == 200
    form = {"since": "2026-07-02", "version": "1", **ACT}
    assert client.post(f"/school_starts/edit/{start.id}", data=form).status_code == 403
    assert client.post("/region_start/add", data={"since": "2026-07-02", **ACT}).status_code == 403


def test_a_school_does_not_see_another_ones(sign_in: Any, session: Any, world: Any) -> None:
    start = session.query(SchoolStart).filter_by(school_id=world.schools["65003"]).one()
    for login in (f"director.{SCHOOL}", "municipal.64754000"):
        assert sign_in(login).get(f"/school_starts/show/{start.id}").status_code == 404


def test_without_an_act_the_first_record_decides_and_without_one_the_region(
    sign_in: Any, session: Any, world: Any, app: Any
) -> None:
    session.query(SchoolStart).delete()
    session.commit()
    school = world.schools[SCHOOL]
    assert every_start(session.connection(), frozenset({school}))[school].on == date(2025, 9, 1)
    assert "Ведение в панели с 01.09.2025 (по первой записи)" in body(
        sign_in("regional").get(f"/compliance/?org={SCHOOL}")
    )
    region = session.query(RegionStart).count()
    answer = sign_in("regional").post("/region_start/add", data={"region": "1", "since": "2026-07-02", **ACT})
    assert (answer.status_code, region) == (302, 0)
    assert every_start(session.connection(), None)[school].on == date(2025, 9, 1), "it is not silent"
    assert session.query(Correction).count() == 0


def test_every_start_is_one_query(session: Any, count_queries: list[str]) -> None:
    connection = session.connection()
    count_queries.clear()
    every_start(connection, None)
    assert len(count_queries) == 1


def test_a_first_date_that_was_corrected_hides_nothing_before_the_new_one(session: Any, world: Any) -> None:
    """Without an act of the region the first record decides; its entries are kept, and the first of them counts."""
    school = world.schools[SCHOOL]
    session.query(SchoolStart).filter_by(school_id=school).delete()
    first = every_start(session.connection(), frozenset({school}))[school].first
    stamp = {"entered_at": JULY, "entered_on": JULY.date(), "entered_by": "Секретарь"}
    ended = {"until_at": JULY, "until_on": JULY.date(), "ended_by": "Секретарь", "ended": EntryEnd.CHANGED}
    row = {"subject": "movement_line", "subject_id": 1, "school_id": school, "trigger": {}} | stamp | ended
    session.execute(insert(past_entry).values(row | {"trigger_on": first - timedelta(days=3)}))
    assert every_start(session.connection(), frozenset({school}))[school].on == first - timedelta(days=3)


def printed(client: Any, form: str, org: str, on: str = "") -> str:
    answer = client.get(f"/forms/print/{form}?org={org}&on={on}")
    assert answer.status_code == 200
    return read_text(answer.data)


def test_the_printed_form_and_the_command_name_the_day(move: Any, sign_in: Any, app: Any) -> None:
    """Of a school the day with its act, of many how many have not begun."""
    move("2026-07-05")
    client, runner = sign_in("regional"), app.test_cli_runner()
    assert "Ведение в панели: с 05.07.2026 (акт № 17-р от 01.07.2026)" in printed(client, "movement", SCHOOL)
    assert "Ведение в панели: начато во всех школах" in printed(client, "movement", "64754000")
    assert "Ведение в панели: школ, где ещё не начато, – 1" in printed(client, "movement", "region", "2026-07-04")
    told = runner.invoke(args=["compliance", "status", "--org", SCHOOL]).output
    assert "Ведение в панели: с 05.07.2026 (акт № 17-р от 01.07.2026)" in told
    before = ["compliance", "status", "--org", "region", "--on", "2026-07-04"]
    assert "Ведение в панели: школ, где ещё не начато, – 1" in runner.invoke(args=before).output
    assert json.loads(runner.invoke(args=[*before, "--json"]).stdout)["not_begun"] == 1
    own = json.loads(runner.invoke(args=["compliance", "status", "--org", SCHOOL, "--json"]).stdout)
    assert own["start"] == "2026-07-05"


HEADINGS = ["Обучающийся", "Класс", "Дата начала"]


@pytest.fixture
def newcomer(session: Any, world: Any) -> Pupil:
    """A card with no class: he came when the school had begun already."""
    pupil = Pupil(school_id=world.schools[SCHOOL], last_name="Новиков", first_name="Ян", birth_date=date(2015, 3, 4))
    session.add(pupil)
    session.commit()
    return pupil


def load(client: Any, day: date, *, is_csv: bool = False, **more: str) -> Any:
    """The class list of one pupil as a file; sent and, if it is taken, saved."""
    desk, row = Desk(client, "memberships"), ["Новиков Ян", "5 «А», 2025/26", day]
    data = workbook(HEADINGS, row)
    if is_csv:
        data = "\n".join(";".join(map(str, each)) for each in (HEADINGS, row)).encode()
    answer = desk.send(data, "состав.csv" if is_csv else "состав.xlsx", **more)
    return desk.run() if answer.status_code == 200 and not_refused(answer) else answer


def not_refused(answer: Any) -> bool:
    return counts(answer).get("отказано", 0) == 0


@pytest.mark.parametrize("is_csv", [False, True])
def test_an_initial_load_is_marked_and_owes_no_enrolment(
    move: Any, sign_in: Any, session: Any, newcomer: Pupil, app: Any, is_csv: bool
) -> None:
    """By the file's tick, within thirty days of the start, whatever the day of the membership says."""
    move("2026-06-20")
    stood = status(app)["order-enrolment"]["total"]
    page = load(sign_in(f"deputy.{SCHOOL}"), date(2026, 7, 1), is_csv=is_csv, mark="1")
    assert (counts(page)["новая"], "Первоначальная загрузка" in page.text) == (1, True)
    session.rollback()
    [row] = session.query(ClassMembership).filter_by(pupil_id=newcomer.id)
    assert row.is_initial
    assert status(app)["order-enrolment"]["total"] == stood


def test_a_file_without_the_tick_marks_nothing(
    move: Any, sign_in: Any, session: Any, newcomer: Pupil, app: Any
) -> None:
    move("2026-06-20")
    stood = status(app)["order-enrolment"]["total"]
    load(sign_in(f"deputy.{SCHOOL}"), date(2026, 7, 1))
    session.rollback()
    [row] = session.query(ClassMembership).filter_by(pupil_id=newcomer.id)
    assert not row.is_initial
    assert status(app)["order-enrolment"]["total"] == stood + 1


def test_long_after_the_start_nothing_is_marked(move: Any, sign_in: Any, session: Any, newcomer: Pupil) -> None:
    """The tick is closed and says why; sent all the same, the file is refused. No form of one record has it."""
    move("2026-06-01")
    client = sign_in(f"deputy.{SCHOOL}")
    words = "Первоначальная загрузка школы – с 02.05.2026 по 01.07.2026."
    assert words in client.get("/memberships/import").text
    answer = load(client, date(2026, 7, 1), mark="1")
    assert (answer.status_code, words in answer.text) == (422, True)
    form = {
        "pupil": newcomer.id,
        "school_class": session.query(SchoolClass.id).filter_by(grade=5, letter="А").first()[0],
    }
    ticked(client, "/memberships/add", form | {"starts_on": "2026-07-01", "is_initial": "y"})
    assert session.query(ClassMembership).filter_by(pupil_id=newcomer.id, is_initial=True).count() == 0


def test_without_a_start_of_its_own_nothing_is_marked(sign_in: Any, session: Any, newcomer: Pupil) -> None:
    session.query(SchoolStart).delete()
    session.commit()
    assert "устанавливает региональный специалист" in sign_in(f"deputy.{SCHOOL}").get("/memberships/import").text


@pytest.mark.parametrize("login", [f"secretary.{SCHOOL}", f"director.{SCHOOL}", "regional"])
def test_who_keeps_no_class_lists_loads_none(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    assert client.get("/memberships/import").status_code == 403
    assert Desk(client, "memberships").send(workbook(HEADINGS)).status_code == 403


@pytest.mark.parametrize("act", ["delete", "edit"])
def test_a_first_membership_put_in_by_hand_keeps_its_day(
    sign_in: Any, session: Any, world: Any, newcomer: Pupil, act: str
) -> None:
    """Deleted, or begun later, on another day: the start by the first record stays where it was."""
    session.query(SchoolStart).delete()
    session.commit()
    school = world.schools[SCHOOL]
    into = world.classes[(SCHOOL, 2024, "4А")]
    made = {"pupil": newcomer.id, "school_class": into, "starts_on": "2024-09-02", "ends_on": "2025-05-31"}
    assert ticked(sign_in(f"deputy.{SCHOOL}"), "/memberships/add", made).status_code == 302
    session.rollback()
    row = session.query(ClassMembership).filter_by(pupil_id=newcomer.id).one()
    address = f"/memberships/{act}/{row.id}"
    changed = {"starts_on": "2025-02-03", "ends_on": "2025-05-31", "version": str(row.version)}
    session.rollback()
    with time_machine.travel(JULY + timedelta(days=1), tick=False):
        client = sign_in(f"deputy.{SCHOOL}")
        answer = pressed(client, address) if act == "delete" else ticked(client, address, changed)
    assert answer.status_code == 302
    session.rollback()
    assert every_start(session.connection(), frozenset({school}))[school].on == date(2024, 9, 2)


def test_deleted_on_its_own_day_it_has_never_been(sign_in: Any, session: Any, world: Any, newcomer: Pupil) -> None:
    session.query(SchoolStart).delete()
    session.commit()
    school, client = world.schools[SCHOOL], sign_in(f"deputy.{SCHOOL}")
    made = {"pupil": newcomer.id, "school_class": world.classes[(SCHOOL, 2024, "4А")], "starts_on": "2024-09-02"}
    ticked(client, "/memberships/add", made | {"ends_on": "2025-05-31"})
    session.rollback()
    row = session.query(ClassMembership).filter_by(pupil_id=newcomer.id).one().id
    session.rollback()
    assert pressed(client, f"/memberships/delete/{row}").status_code == 302
    assert every_start(session.connection(), frozenset({school}))[school].on == date(2025, 9, 1)
