"""Every check that a person can run into has Russian words at a field."""

from typing import Any

import pytest
from sqlalchemy import CheckConstraint, inspect

from app.models.people import Employee
from app.security.resources import RESOURCES

SCHOOL = "65001"


def checks() -> list[tuple[type, CheckConstraint]]:
    found = ((model, each) for model in RESOURCES for each in inspect(model).local_table.constraints)
    mine = [(model, one) for model, one in found if isinstance(one, CheckConstraint)]
    # Workers that run side by side must collect the tests in one order.
    return sorted(mine, key=lambda pair: (pair[0].__name__, str(pair[1].name)))


@pytest.mark.parametrize(
    ("model", "constraint"), checks(), ids=lambda each: str(getattr(each, "name", None) or each.__name__)
)
def test_a_check_says_what_is_wrong_and_where(model: type, constraint: CheckConstraint) -> None:
    if getattr(constraint, "_type_bound", False):
        return
    assert constraint.info.get("words"), f"{constraint.name}: info={{'field': …, 'words': …}}"
    assert constraint.info["field"] in inspect(model).columns


def test_a_dismissal_before_the_hiring_is_told_at_its_field(sign_in: Any, session: Any, world: Any) -> None:
    pk = world.rows["employee"][SCHOOL]
    client = sign_in(f"secretary.{SCHOOL}")
    employee = session.get(Employee, pk)
    data = {"last_name": "Иной", "first_name": "Пётр", "hired_on": "2020-09-01", "dismissed_on": "2020-08-31"}
    page = client.post(f"/employees/edit/{pk}", data=data | {"version": str(employee.version)})
    assert page.status_code == 422
    assert "Увольнение раньше приёма." in page.text
    assert 'aria-describedby="dismissed_on-help dismissed_on-error"' in page.text
    assert 'value="Иной"' in page.text
    session.expire_all()
    assert session.get(Employee, pk).last_name != "Иной"
