"""roles.yaml against the table of clause 3.3's rights (access_table.md: resource × role)."""

from pathlib import Path

import pytest

from app.regulation import load_regulation
from app.regulation.schema import Action, Basis, Rows, Scope

REGULATION = load_regulation()
LETTERS = {
    "V": Action.VIEW,
    "E": Action.EDIT,
    "D": Action.DELETE,
    "P": Action.PRINT,
    "X": Action.EXPORT,
    "hand": Action.HAND_OVER,
}
# Roles whose unmarked cells mean something else than the own school's rows.
DEFAULT_ROWS = {"municipal": Rows.MUNICIPALITY, "regional": Rows.REGION}


def table() -> list[list[str]]:
    lines = (Path(__file__).parent / "access_table.md").read_text(encoding="utf-8").splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def expected(resource: str, cell: str, role: str) -> set[tuple[str, Action, Rows]]:
    words = cell.replace("*", "").replace(",", "").split()
    rows = Rows.OWN if "own" in words else DEFAULT_ROWS.get(role, Rows.SCHOOL)
    rows = Rows.OWN_CLASS if "own class" in cell else rows
    name = f"{resource}_brief" if "brief" in words else resource
    return {(name, LETTERS[word], rows) for word in words if word in LETTERS}


@pytest.mark.parametrize(("position", "role"), list(enumerate(REGULATION.roles)), ids=list(REGULATION.roles))
def test_grants_are_exactly_the_table(position, role):
    wanted = set().union(*(expected(row[0], row[position + 1], role) for row in table()))
    grants = REGULATION.roles[role].grants
    assert {(grant.resource, action, grant.rows) for grant in grants for action in grant.actions} == wanted


def test_the_13_roles():
    assert {role.code: role.clause for role in REGULATION.roles.values()} == {
        "director": "3.3.1",
        "administrator": "3.3.2",
        "deputy": "3.3.3",
        "secretary": "3.3.4",
        "hr": "3.3.4",
        "teacher": "3.3.5",
        "psychologist": "3.3.6",
        "technical": "3.7.1.1",
        "medical": "3.7.1.2",
        "student": "3.3.8",
        "parent": "3.3.8",
        "municipal": "3.3.9",
        "regional": "4.1",
    }


def test_scopes():
    scopes = {role.code: role.scope for role in REGULATION.roles.values() if role.scope is not Scope.SCHOOL}
    assert scopes == {
        "teacher": Scope.OWN,
        "student": Scope.OWN,
        "parent": Scope.OWN,
        "municipal": Scope.MUNICIPALITY,
        "regional": Scope.REGION,
    }


def test_exclusive_rights_of_3_3_2_2_are_held_by_the_administrator_alone():
    assert {(one.role, one.clause) for one in REGULATION.exclusive.values()} == {("administrator", "3.3.2.2")}
    for right in (("settings", "edit"), ("directories", "edit"), ("directories", "delete"), ("rights", "edit")):
        holders = {
            role.code
            for role in REGULATION.roles.values()
            for grant in role.grants
            if grant.resource == right[0] and right[1] in grant.actions
        }
        assert right in REGULATION.exclusive
        assert holders == {"administrator"}


def test_every_resource_is_granted_to_somebody():
    granted = {grant.resource for role in REGULATION.roles.values() for grant in role.grants}
    assert granted == set(REGULATION.resources)


def test_whoever_may_change_a_record_may_see_it():
    for role in (*REGULATION.roles.values(), REGULATION.operator):
        rights = {(grant.resource, grant.rows, action) for grant in role.grants for action in grant.actions}
        for resource, rows, action in rights:
            assert action is Action.HAND_OVER or (resource, rows, Action.VIEW) in rights, (role.code, resource, action)


def test_nobody_of_the_personal_cards_but_employees_is_open_to_the_operator():
    resources = {grant.resource for grant in REGULATION.operator.grants}
    assert resources.isdisjoint({"pupils", "parents", "movement_orders", "movement_book", "compliance"})
    employees = next(grant for grant in REGULATION.operator.grants if grant.resource == "employees")
    assert employees.actions == (Action.VIEW, Action.EDIT)


def test_the_operator_is_no_role_of_the_regulation():
    assert REGULATION.operator.code not in REGULATION.roles
    assert {grant.clause for grant in REGULATION.operator.grants} == {None}
    rights = next(grant for grant in REGULATION.operator.grants if grant.resource == "rights")
    assert rights.actions == (Action.VIEW,)


def test_every_grant_of_a_role_has_its_clause_and_basis():
    for role in REGULATION.roles.values():
        for grant in role.grants:
            assert grant.clause
            assert grant.basis in Basis
