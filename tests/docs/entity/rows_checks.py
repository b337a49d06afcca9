"""What the outings of `docs/adding_an_entity_with_rows.md` can do; run by the test beside this folder in a copy."""

import io
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.support.reading import body, rows_of

from tests.support.locks import pressed

SCHOOL = "65001"


@pytest.fixture
def deputy(sign_in: Any) -> Any:
    return sign_in(f"deputy.{SCHOOL}")


@pytest.fixture
def going(world: Any) -> list[int]:
    return [key for (school, _), key in world.pupils.items() if school == SCHOOL][:3]


def planned(client: Any, pupils: list[int], **more: str) -> int:
    data = {"title": "Музей Чехова", "leaves_on": "2026-03-20"}
    for number, key in enumerate(pupils):
        data |= {f"pupils-{number}-pupil": key, f"pupils-{number}-note": f"место {number}"}
    added = client.post("/outings/add", data=data | more)
    assert added.status_code == 302, body(added).partition('id="errors"')[2].partition("<form")[0]
    return int(added.location.rpartition("/")[2])


def test_rows_come_and_go_with_their_record(deputy: Any, session: Any, going: list[int]) -> None:
    from app.models.outings import OutingPupil

    from app.models.engine.deleted import DeletedRecord

    key = planned(deputy, going)
    assert "место 2" in body(deputy.get(f"/outings/show/{key}"))
    assert "Добавить весь класс" in body(deputy.get("/outings/add"))
    data = {"title": "Музей Чехова", "leaves_on": "2026-03-20", "version": "1", "pupils-0-pupil": going[1]}
    assert deputy.post(f"/outings/edit/{key}", data=data).status_code == 302
    assert session.scalars(select(OutingPupil.pupil_id)).all() == [going[1]]
    assert session.scalar(select(func.count()).where(DeletedRecord.entity == "outing_pupil")) >= 1


def test_two_rows_change_places(deputy: Any, session: Any, going: list[int]) -> None:
    from app.models.outings import Outing

    key = planned(deputy, going[:2])
    page = body(deputy.get(f"/outings/edit/{key}"))
    stored = re.findall(r'name="(pupils-\d-id)"[^>]*value="(\d+)"', page)
    assert len(stored) == 2
    data = {"title": "Музей Чехова", "leaves_on": "2026-03-20", "version": "1"} | dict(stored)
    data |= {"pupils-0-pupil": going[1], "pupils-1-pupil": going[0]}
    assert deputy.post(f"/outings/edit/{key}", data=data).status_code == 302
    assert sorted(row.pupil_id for row in session.get(Outing, key).pupils) == sorted(going[:2])
    twice = data | {"version": str(session.get(Outing, key).version), "pupils-1-pupil": going[1]}
    assert deputy.post(f"/outings/edit/{key}", data=twice).status_code == 422


def test_a_closed_state_is_immutable(deputy: Any, session: Any, going: list[int]) -> None:
    from app.models.outings import Outing, OutingPupil, OutingState

    key = planned(deputy, going)
    assert pressed(deputy, f"/outings/approve/{key}").status_code == 302
    assert session.get(Outing, key).state is OutingState.APPROVED
    card = body(deputy.get(f"/outings/show/{key}"))
    assert "утверждён" in card
    assert f"/outings/cancel/{key}" not in card
    again = {"title": "Иначе", "leaves_on": "2026-03-20", "version": str(session.get(Outing, key).version)}
    assert 400 <= deputy.post(f"/outings/edit/{key}", data=again).status_code < 500
    assert 400 <= pressed(deputy, f"/outings/delete/{key}").status_code < 500
    assert 400 <= pressed(deputy, f"/outings/cancel/{key}", data={"cancel_reason": "Метель"}).status_code < 500
    session.expire_all()
    assert session.get(Outing, key).title == "Музей Чехова"
    assert session.scalar(select(func.count(OutingPupil.id))) == len(going)


def test_a_transition_asks_for_its_reason(deputy: Any, session: Any, going: list[int]) -> None:
    from app.models.outings import Outing, OutingState

    key = planned(deputy, going)
    refused = pressed(deputy, f"/outings/cancel/{key}", data={"cancel_reason": " "})
    assert refused.status_code == 422
    assert "Причина отмены" in body(refused)
    assert pressed(deputy, f"/outings/cancel/{key}", data={"cancel_reason": "Метель"}).status_code == 302
    assert session.get(Outing, key).state is OutingState.CANCELLED
    assert "Метель" in body(deputy.get(f"/outings/show/{key}"))


def norm(client: Any, children: int, since: str, until: str = "") -> Any:
    return client.post("/escort_norms/add", data={"children": children, "valid_from": since, "valid_to": until})


def test_one_norm_on_a_day(deputy: Any, session: Any, world: Any) -> None:
    from app.models.outings import EscortNorm

    from app.models.dated import holding_on

    assert norm(deputy, 10, "2025-09-01", "2026-01-31").status_code == 302
    refused = norm(deputy, 8, "2026-01-31")
    assert refused.status_code == 422
    assert "2026-01-31" in body(refused)
    assert norm(deputy, 8, "2026-02-01").status_code == 302
    on = select(EscortNorm.children)
    assert session.scalars(on.where(holding_on(EscortNorm, date(2026, 1, 31)))).all() == [10]
    assert session.scalars(on.where(holding_on(EscortNorm, date(2026, 2, 1)))).all() == [8]
    assert rows_of(deputy.get("/escort_norms/list/")) == ["8", "10"]


def test_outings_from_a_file(deputy: Any, session: Any, going: list[int]) -> None:
    from app.models.outings import Outing

    planned(deputy, going)
    text = "Куда;Отъезд\r\nМузей Чехова;20.03.2026\r\nЛыжная база;27.03.2026\r\nБезымянная;32.03.2026\r\n"
    sent = deputy.post("/outings/import", data={"file": (io.BytesIO(text.encode("cp1251")), "выезды.csv")})
    assert sent.status_code == 302
    checked = body(deputy.get(sent.location))
    assert "32.03.2026" in checked
    assert session.scalar(select(func.count(Outing.id))) == 1
    token = re.search(r"/outings/import/([^/?]+)", sent.location)[1]
    assert deputy.post(f"/outings/import/{token}/run", data={}).status_code in (200, 302)
    session.expire_all()
    assert session.scalars(select(Outing.title).order_by(Outing.id)).all() == ["Музей Чехова", "Лыжная база"]


@pytest.mark.parametrize("role", ["director", "secretary"])
def test_who_sees_may_not_write(deputy: Any, sign_in: Any, session: Any, going: list[int], role: str) -> None:
    key = planned(deputy, going)
    reader = sign_in(f"{role}.{SCHOOL}")
    assert f"/outings/approve/{key}" not in body(reader.get(f"/outings/show/{key}"))
    for page in ("outings/add", f"outings/approve/{key}", "outings/import", "escort_norms/add"):
        assert reader.post(f"/{page}", data={}).status_code == 403, page


@pytest.mark.parametrize("role", ["teacher", "medical", "student", "parent"])
def test_who_may_not_see(sign_in: Any, role: str) -> None:
    client = sign_in(f"{role}.{SCHOOL}")
    for page in ("outings/list/", "outing_pupils/list/", "escort_norms/list/", "outings/import/template"):
        assert client.get(f"/{page}").status_code == 403, page


def test_another_school(deputy: Any, sign_in: Any, going: list[int]) -> None:
    key, other = planned(deputy, going), sign_in("deputy.65002")
    assert other.get(f"/outings/show/{key}").status_code == 404
    assert other.post(f"/outings/approve/{key}", data={}).status_code == 404
    forged = {"title": "Чужие", "leaves_on": "2026-03-20", "pupils-0-pupil": going[0]}
    assert other.post("/outings/add", data=forged).status_code == 422
