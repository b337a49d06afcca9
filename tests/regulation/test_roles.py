"""The blocks of rights against the table of clause 3.3's rights (access_table.md: resource × role, word for word)."""

from pathlib import Path

import pytest

from app.regulation import load_regulation
from app.regulation.rights import Action, Scope
from app.regulation.schema import Basis

REGULATION = load_regulation()
LETTERS = {
    "V": Action.VIEW,
    "E": Action.EDIT,
    "D": Action.DELETE,
    "P": Action.PRINT,
    "X": Action.EXPORT,
    "hand over": Action.HAND_OVER,
    "approve": Action.APPROVE,
}
ROWS = {
    "own class": Scope.OWN_CLASS,
    "own rules": Scope.OWN_RULES,
    "own lessons": Scope.OWN_LESSONS,
    "own": Scope.OWN,
    "school": Scope.SCHOOL,
    "municipality": Scope.MUNICIPALITY,
    "region": Scope.REGION,
}
"""Longer words first: «own» is a part of the others."""
# Roles whose unmarked cells mean something else than the own school's rows.
DEFAULT_ROWS = {"municipal": Scope.MUNICIPALITY, "regional": Scope.REGION}
BLOCKS = {
    "school card (digital profile)": "school",
    "regional and school settings": "settings",
    "directories (справочники)": "directories",
    "access rights of roles": "rights",
    "accounts": "accounts",
    "appointments to roles": "appointments",
    "academic year, periods, holidays, events, day transfers": "academic_years",
    "classes, class teachers": "classes",
    "outcomes of the year, decisions of the council on a pupil": "outcomes",
    "pupil card": "pupils",
    "parent card": "parents",
    "employee card": "employees",
    "movement orders": "movement_orders",
    "movement book, graduates, departed": "movement_book",
    "monitoring plan (Annex 2), requirements (Annex 1)": "monitoring_plan",
    "readings of terms, calendar overrides of the region": "calendar_region",
    "start of use («Ведение в панели с …»)": "start_of_use",
    "calendar overrides of the school": "calendar_school",
    "corrections that touch a verdict (deadlines.md): E = ask, approve = confirm or refuse": "corrections",
    "compliance: own duties (worklist)": "worklist",
    "compliance of the school / municipality / region": "compliance",
    "audit trail": "audit",
    "territory (region, municipalities)": "territory",
    "deleted records (restore)": "deleted",
}
WAITING = {
    "workplaces and ViPNet",
    "local acts",
    "list of published information, approval",
    "documents, announcements",
    "access log of the journal",
    "consents (152-ФЗ)",
    "subjects, curriculum",
    "teaching assignments",
    "timetable, extracurricular",
    "calendar-thematic plan (КТП)",
    "journal: lesson, topic, homework, attendance, marks",
    "period and final marks",
    "absence documents and reasons",
    "psychological characteristic, social status",
    "deviant behaviour",
    "medical data of pupils and staff",
    "special educational needs reports",
    "GIA results",
    "exams, official results days of the region",
    "statistical forms ОО-1, ОО-2",
    "progress and attendance reports",
    "portfolio of pupil",
    "portfolio of teacher",
    "portfolio of parent",
    "project portfolio",
    (
        "mail, forum (E = write, change own while nobody has read it; moderate: deputy, municipal, regional"
        " in their forums)"
    ),
    "parental fee norms in preschools",
    "monitoring: self-examination",
    "monitoring: municipal",
    "monitoring: regional",
    "custom fields (1.8)",
}
"""Rows whose entities are still to come."""
WAITING_PARTS = {("pupil card", "teacher", "V brief own lessons")}
"""Parts of cells that wait for another entity: lessons are what tells a subject teacher's pupils."""


BEYOND = {("territory", Action.EDIT, Scope.REGION): "regional"} | {
    ("double_study", action, scope): role
    for role, scope in (("municipal", Scope.MUNICIPALITY), ("regional", Scope.REGION))
    for action in (Action.VIEW, Action.EDIT, Action.EXPORT)
}
"""What the words below the table add: the regional specialist keeps the data that the region owns. Pupils of two
schools are seen, and decided of, from above alone."""
OFFICIALS = {("municipal", Action.VIEW)} | {
    ("regional", action) for action in (Action.VIEW, Action.EDIT, Action.DELETE, Action.EXPORT)
}
"""Cards of the people above schools: access.md names them below the table («officials»; ADR 0040)."""
SIGN_IN = {("director", Action.VIEW), ("administrator", Action.VIEW)} | {
    ("regional", action) for action in (Action.VIEW, Action.EDIT, Action.DELETE)
}
"""The region's setting of which roles need a second factor: the table knows settings of a school alone."""
ADDED = {"double_study", "officials", "readings", "sign_in"}
"""Blocks that are no row of the table of their own."""
ALIKE = {"readings": "calendar_region"}
"""Block → the one whose row of the table names it too: who keeps the panel (the operator) has them apart."""


def table() -> dict[str, list[str]]:
    lines = (Path(__file__).parent / "access_table.md").read_text(encoding="utf-8").splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return {name: cells for name, *cells in rows}


def expected(name: str, cell: str, role: str) -> set[tuple[str, Action, Scope]]:
    found = set()
    for part in cell.replace("*", "").replace("(exclusive)", "").replace("(controls)", "").split(","):
        if (name, role, part.strip()) not in WAITING_PARTS:
            found |= _part(name, part.translate(str.maketrans("()", "  ")).strip(), role)
    return found


def _part(name: str, part: str, role: str) -> set[tuple[str, Action, Scope]]:
    rows = next((scope for words, scope in ROWS.items() if part.endswith(words)), None)
    if rows is None:
        rows = Scope.OWN if "own duties" in name else DEFAULT_ROWS.get(role, Scope.SCHOOL)
    resource = f"{BLOCKS[name]}_brief" if "brief" in part else BLOCKS[name]
    actions = {action for word, action in LETTERS.items() if word in part.split() or (" " in word and word in part)}
    return {(resource, action, rows) for action in actions}


def test_every_row_of_the_table_has_its_block_or_waits():
    assert table().keys() == BLOCKS.keys() | WAITING
    assert BLOCKS.keys().isdisjoint(WAITING)
    assert {row.code for row in REGULATION.resources.values() if not row.code.endswith("_brief")} == {
        *BLOCKS.values(),
        *ADDED,
    }


def test_what_waits_still_stands_in_the_table():
    for name, role, part in WAITING_PARTS:
        assert part in table()[name][list(REGULATION.roles).index(role)]


@pytest.mark.parametrize(("position", "role"), list(enumerate(REGULATION.roles)), ids=list(REGULATION.roles))
def test_grants_are_exactly_the_table(position, role):
    wanted = set().union(*(expected(name, table()[name][position], role) for name in BLOCKS))
    wanted |= {right for right, beyond in BEYOND.items() if beyond == role}
    wanted |= {("sign_in", action, DEFAULT_ROWS.get(role, Scope.SCHOOL)) for who, action in SIGN_IN if who == role}
    wanted |= {("officials", action, DEFAULT_ROWS[role]) for who, action in OFFICIALS if who == role}
    wanted |= {(name, *right) for name, row in ALIKE.items() for block, *right in wanted if block == row}
    grants = REGULATION.roles[role].grants
    assert {(one.resource, action, scope) for one in grants for action in one.actions for scope in one.scopes} == wanted


def test_the_exclusive_rights_are_those_the_table_marks():
    marked = {
        (BLOCKS[name], action)
        for name in BLOCKS
        for cell in table()[name]
        if "(exclusive)" in cell
        for action in (LETTERS[letter] for letter in "ED" if letter in cell.split("**")[1])
    }
    assert marked <= REGULATION.exclusive.keys()


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


def test_one_right_has_one_title():
    titles = [row.title for row in REGULATION.resources.values()]
    assert len(titles) == len(set(titles))


def test_whoever_may_change_a_record_may_see_it():
    for role in (*REGULATION.roles.values(), REGULATION.operator):
        rights = {
            (one.resource, scope, action) for one in role.grants for scope in one.scopes for action in one.actions
        }
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
