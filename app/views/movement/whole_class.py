"""«Перевести класс», «Выпустить класс»: the form of an order, filled in with whole classes that the address names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import flash, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from app.extensions import db
from app.models.movement.kinds import OrderKind
from app.models.study import AcademicYear, SchoolClass
from app.panel import way_back
from app.panel.editing import forms, row_forms
from app.panel.registry import view_of
from app.regulation.rights import Resource
from app.russian import counted, school_year
from app.security.guard import actor_of, person_of
from app.security.scoping import condition
from app.services.movement import whole
from app.services.movement.whole import Missing, Whole
from app.web import arguments
from app.web.arguments import BadArgument

CLASSES = "of_classes"
"""Argument of the address: the numbers of the classes, with commas."""
MOST_CLASSES = 60
WORDS = {
    OrderKind.PROMOTION: ("Перевести класс", "Перевести классы"),
    OrderKind.GRADUATION: ("Выпустить класс", "Выпустить классы"),
}
"""Kind → what its button says, for one class and for several."""
NOBODY = "В этих классах нет никого, кого можно внести в такой приказ."
MOST_NAMED = 10


def url(kind: OrderKind, class_ids: Iterable[int]) -> str:
    """Where the order of whole classes is entered. Raises BadArgument for too many."""
    keys = [*class_ids]
    if len(keys) > MOST_CLASSES:
        raise BadArgument(f"В одном приказе – не больше {MOST_CLASSES} классов. Отметьте меньше.")
    return url_for("MovementOrderView.add", kind=kind.value, **{CLASSES: ",".join(map(str, keys))})


def asked() -> list[int]:
    """The classes of this address. Raises BadArgument."""
    text = request.args.get(CLASSES, "")
    keys = [arguments.key(each) for each in text.split(",")] if text else []
    if len(keys) > MOST_CLASSES:
        raise BadArgument(f"В одном приказе – не больше {MOST_CLASSES} классов.")
    return keys


def fill(form: forms.Form) -> None:
    """Open the form with everybody of these classes whose year ends by an order of the chosen kind."""
    keys, kind = asked(), form.kind.data
    if not keys or kind is None or not kind.rules.year_end:
        return
    scope = condition(SchoolClass, actor_of(db.session), resources=(Resource.CLASSES,))
    statement = select(SchoolClass).join(SchoolClass.academic_year).where(SchoolClass.id.in_(keys), scope)
    classes = db.session.scalars(statement.order_by(SchoolClass.grade, SchoolClass.letter)).all()
    order = whole.of_classes(db.session, kind, classes, person_of(db.session).today)
    form.lines.fill({name: value for name, value in vars(line).items() if value is not None} for line in order.lines)
    if not order.lines:
        form.lines.fill([{}])
    row_forms.settle(form, None)
    _tell(order, kind)


def back() -> str | None:
    """The card of the class from which one came, or the list of classes."""
    if not asked():
        return None
    return way_back.card() or view_of(SchoolClass).url("list")


def _tell(order: Whole, kind: OrderKind) -> None:
    """What was left out, and what is to be made first."""
    if order.unfit:
        flash(f"{kind.title_ru}: {kind.rules.from_words}. Не внесены: {_named(order.unfit)}.", "warning")
    for year, missing in _by_year(order.missing).items():
        flash(_absent(year, missing), "warning")
    if order.otherwise:
        words = [f"{pupil.short_name} – {outcome.title_ru}" for pupil, outcome in order.otherwise]
        flash(f"По итогам года не внесены: {_named(words)}.", "info")
    if order.done:
        flash(
            f"Приказ об итоге года уже есть: {counted(order.done, 'обучающийся', 'обучающихся', 'обучающихся')}.",
            "info",
        )
    if order.lines:
        flash("Впишите номер и дату приказа. Кто не входит в приказ – снимите отметку в его строке.", "info")
    else:
        flash(NOBODY, "warning")


def _absent(start_year: int, missing: Sequence[Missing]) -> Markup:
    may = any(view_of(model).may_add(actor_of(db.session)) for model in (SchoolClass, AcademicYear))
    return Markup("Нет класса на {} учебный год: {}. Выберите другой или оставьте пустым{}.").format(
        school_year(start_year), Markup(", ").join(map(_made, missing)), "" if may else "; классы создаёт завуч"
    )


def _named(things: Sequence[object]) -> str:
    more = f" и ещё {len(things) - MOST_NAMED}" if len(things) > MOST_NAMED else ""
    return ", ".join(map(str, things[:MOST_NAMED])) + more


def _by_year(missing: Iterable[Missing]) -> dict[int, list[Missing]]:
    found: dict[int, list[Missing]] = {}
    for each in missing:
        found.setdefault(each.start_year, []).append(each)
    return found


def _made(missing: Missing) -> str:
    """The class, as a link to make it for whoever may: its school year first."""
    model = SchoolClass if missing.year_id is not None else AcademicYear
    view, back = view_of(model), request.args.get(way_back.BACK)
    if not view.may_add(actor_of(db.session)):
        return missing.caption
    values = {"academic_year": missing.year_id, "grade": missing.grade, "letter": missing.letter}
    if missing.year_id is None:
        values = {"start_year": missing.start_year}
    words = "создать класс" if missing.year_id is not None else "создать учебный год"
    address = view.url("add", **values, **({way_back.BACK: back} if back else {}))
    return Markup('{} (<a href="{}">{}</a>)').format(missing.caption, address, words)
