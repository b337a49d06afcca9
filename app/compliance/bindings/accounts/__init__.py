"""The three `account-*` rules bound to documents, stays and the handing over of accounts (3.3.2.4).

No term stands here: due dates come from the regulation.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select

from app.compliance.bindings.accounts.employees import EMPLOYEE, Hired, dismissed_on
from app.compliance.bindings.accounts.leaving import KIN, child_left_on, pupil_left_on
from app.compliance.bindings.accounts.stays import ByDocument, ByHand, Parents, Whose
from app.compliance.bindings.accounts.tables import with_entry
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, PUPIL
from app.compliance.duties import Binding, Ground, Told, Words, declare
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee, Guardianship, Parent
from app.regulation import load_regulation
from app.russian import format_date

PARENT = Parent.__table__
NAMES = ("last_name", "first_name", "middle_name")
WITHDRAWN = "приказ аннулирован {}"
UNDONE = "{} {} без учётной записи: передать её уже некому, опоздание – по этот день"
Details = Callable[[FromClause, FromClause], tuple[FromClause, dict[str, ColumnElement[Any]]]]
Keys = Callable[[list[int]], Select[tuple[int]]]


def details(
    fact: FromClause, source: FromClause, kind: str, card: FromClause
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """Whose account it is, his class or his child's, and the entry of its handing over."""
    card, group = card.alias(f"owner_{kind}"), CLASS.alias(f"class_{kind}")
    source = source.outerjoin(card, card.c.id == fact.c.about_id).outerjoin(group, group.c.id == fact.c.group_id)
    source, entry = with_entry(fact, source, kind)
    columns = {name: card.c[name] for name in NAMES} | {name: group.c[name] for name in ("grade", "letter")}
    given = {name: entry.c[name] for name in ("account_id", "handed_on", "entered_by")}
    return source, columns | given | {"in_school": entry.c.school_id == fact.c.school_id}


def _with_child(fact: FromClause, source: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """Of a parent's, for which child."""
    source, columns = details(fact, source, "parent", PARENT)
    line, member, child = LINE.alias("line_of_child"), MEMBER.alias("stay_of_child"), PUPIL.alias("child")
    source = source.outerjoin(line, line.c.id == fact.c.subject_id).outerjoin(member, member.c.id == -fact.c.subject_id)
    source = source.outerjoin(child, child.c.id == func.coalesce(line.c.pupil_id, member.c.pupil_id))
    return source, columns | {f"child_{name}": child.c[name] for name in NAMES[:2]}


def told(values: Mapping[str, Any]) -> Told:
    """A fact in words. Who noted it in another school is not told."""
    given, is_near = values["handed_on"], values["in_school"]
    child = " ".join(filter(None, (values.get(f"child_{name}") for name in NAMES[:2])))
    group = f"{values['grade']} «{values['letter']}»" if values["letter"] else ""
    return Told(
        caption=" ".join(values[name] for name in NAMES if values[name]),
        group=", ".join(part for part in (child and f"за ребёнка: {child}", group) if part),
        evidence_caption=f"выдана {format_date(given)}" if given is not None else "",
        evidence_id=values["account_id"],
        entered_by=None if given is None else values["entered_by"] if is_near else "в другой школе",
    )


def _of_stays(group: str, rule: str, whose: Whose, tells: Details, grounds: tuple[Ground, ...], **more: Any) -> Binding:
    return declare(
        Binding(
            group,
            (ByDocument(rule, whose), ByHand(rule, whose)),
            about=whose.kind,
            evidence="ab_user",
            narrowed_by=(whose.kind,),
            details=tells,
            told=told,
            done_by="account_id",
            ends_late=True,
            grounds=grounds,
            **more,
        )
    )


def _grounds(keys: Callable[[Select[tuple[int]]], Select[tuple[int]]], through: Keys | None = None) -> list[Ground]:
    """What tells that a pupil is enrolled; `keys`: from the numbers of pupils to the cards."""
    order = Ground(MovementOrder, lambda ids: keys(select(LINE.c.pupil_id).where(LINE.c.order_id.in_(ids))))
    line = Ground(MovementLine, lambda ids: keys(select(LINE.c.pupil_id).where(LINE.c.id.in_(ids))), "pupil", through)
    member = Ground(
        ClassMembership, lambda ids: keys(select(MEMBER.c.pupil_id).where(MEMBER.c.id.in_(ids))), "pupil", through
    )
    return [order, line, member]


def _parents(pupils: Any) -> Select[tuple[int]]:
    return select(KIN.c.parent_id).where(KIN.c.pupil_id.in_(pupils))


def _itself(ids: list[int]) -> Select[tuple[int]]:
    return select(EMPLOYEE.c.id).where(EMPLOYEE.c.id.in_(ids))


KIN_GROUND = Ground(Guardianship, lambda ids: select(KIN.c.parent_id).where(KIN.c.id.in_(ids)), "parent")

PUPILS = _of_stays(
    "pupil_accounts",
    "account-student",
    Whose(),
    partial(details, kind="pupil", card=PUPIL),
    tuple(_grounds(lambda pupils: pupils)),
    ended=pupil_left_on,
    words=Words(WITHDRAWN, ended="выбыл {} до окончания срока", ended_late=UNDONE.format("выбыл", "{}")),
)
PARENTS = _of_stays(
    "parent_accounts",
    "account-parent",
    Parents(),
    _with_child,
    (*_grounds(_parents, _parents), KIN_GROUND),
    ended=child_left_on,
    ended_by=("subject_id",),
    words=Words(
        WITHDRAWN, ended="ребёнок выбыл {} до окончания срока", ended_late=UNDONE.format("ребёнок выбыл", "{}")
    ),
)
EMPLOYEES = declare(
    Binding(
        "employee_accounts",
        (Hired("account-employee"),),
        about=EMPLOYEE.name,
        evidence="ab_user",
        narrowed_by=(EMPLOYEE.name,),
        details=partial(details, kind=EMPLOYEE.name, card=EMPLOYEE),
        told=told,
        done_by="account_id",
        ended=dismissed_on,
        ends_late=True,
        grounds=(Ground(Employee, _itself, columns=frozenset({"hired_on", "hiring_order_date", "dismissed_on"})),),
        words=Words(ended="уволен {} до окончания срока", ended_late=UNDONE.format("уволен", "{}")),
    )
)
RULES = tuple(rule for rule in load_regulation().rules if rule in (*PUPILS.rules, *PARENTS.rules, *EMPLOYEES.rules))
"""As the regulation lists them."""
