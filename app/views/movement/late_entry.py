"""«Внести приказ» of an overdue duty: the form of an order, filled in from the duty that the address names."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.extensions import db
from app.panel.editing import forms, row_forms
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security.guard import actor_of, person_of
from app.services.movement import late
from app.services.movement.late import Duty, Filled
from app.web import arguments
from app.web.arguments import BadArgument

RULE, MEMBER, CLASS = "duty", "member", "of_class"
"""Arguments of the address: the rule, and the membership that owes it or the class that does."""
NOTHING_OVERDUE = "По этой обязанности просроченного нет: приказ уже внесён или обязанность изменилась."


def url(judged: Judgement) -> str | None:
    """Where the order is entered that an overdue duty of today waits for; None: it is not this person's to enter."""
    record, actor = judged.record, actor_of(db.session)
    if judged.status is not Status.OVERDUE or judged.on != actor.today or not late.is_of_member(record):
        return None
    return _add(record.rule, MEMBER, late.member_of(record)) if may_enter(record.school_id) else None


def url_of_class(rule: str, class_id: int) -> str:
    """The same for all who owe it in a class."""
    return _add(rule, CLASS, class_id)


def _add(rule: str, name: str, key: int) -> str:
    return url_for("MovementOrderView.add", **{RULE: rule, name: key})


def may_enter(school_id: int) -> bool:
    schools = late.schools_of(actor_of(db.session))
    return schools is None or school_id in schools


def asked() -> Duty | None:
    """The duty of this address. Raises BadArgument."""
    rule = request.args.get(RULE, "").strip()
    if not rule:
        return None
    keys = [arguments.key(request.args.get(name, "")) or None for name in (MEMBER, CLASS)]
    if rule not in load_regulation().rules or keys.count(None) != 1:
        raise BadArgument("Не сказано, чей приказ внести. Вернитесь к списку просроченного и нажмите «Внести приказ».")
    return Duty(rule, *keys)


def filled() -> Filled | None:
    """What the order is to say, as far as it follows from the duty of this address."""
    duty, person = asked(), person_of(db.session)
    return late.filled(db.session, person, duty, person.today) if duty is not None else None


def fill(form: forms.Form) -> None:
    """Open the form with the order of the duty of this address; where there is none, say so."""
    if asked() is None:
        return
    order = filled()
    if order is None:
        flash(NOTHING_OVERDUE, "info")
        return
    form.kind.data = order.draft.kind
    form.lines.fill(
        {name: value for name, value in vars(line).items() if value is not None} for line in order.draft.lines
    )
    row_forms.settle(form, None)
    tell(form, order)
    flash(
        f"Срок был {format_date(order.due)}. Впишите номер и дату приказа и сверьте с ним дату события: "
        "предложена та, что следует из учебного года и состава класса.",
        "info",
    )


def tell(form: forms.Form, order: Filled | None) -> None:
    """A pupil leaves the class of the duty, wherever he is now."""
    if order is None:
        return
    left = {line.pupil: str(one) for line, one in zip(order.draft.lines, order.left, strict=True)}
    for row in form.lines.entries:
        if words := left.get(row.form.pupil.data):
            row.said["from_class"] = words


def back() -> str | None:
    """The overdue duties among which this one was, for who may see them."""
    if asked() is None or not actor_of(db.session).may(Action.VIEW, Resource.COMPLIANCE):
        return None
    where: dict[str, Any] = {"rule": request.args[RULE], "status": Status.OVERDUE.value}
    return url_for("ComplianceView.records", **where)
