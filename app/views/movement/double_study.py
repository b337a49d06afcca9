"""Who studies in two schools at once, for the МОУО and the region, and what they have decided of it (3.3.9.2)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.models.movement.double_study import LawfulStudy
from app.models.people import Pupil
from app.panel.editing import forms
from app.panel.menu import Menu
from app.panel.page import Page
from app.panel.registry import view_of
from app.panel.view import Button, RecordView
from app.regulation.rights import Action, Resource
from app.security.guard import person_of
from app.services.engine.errors import Refused
from app.services.movement import double_study
from app.services.movement.double_study import Pair, Side
from app.web import arguments, resumed_form
from app.web.arguments import BadArgument

STATES = {"open": "Без решения", "lawful": "Законная учёба", "all": "Все"}
SHOWN = 100
"""Pairs on the page."""
MARK = "Отметить как законную"


class DoubleStudyPage(Page):
    """The pairs of today; a pair is marked on a page of its own."""

    route_base = "/double_study"
    default_view = "index"
    menu = Menu("Движение", order=30, icon="friends", title="Учёба в двух школах", hint="Кто числится в двух школах")
    guide, clause = "municipal#учёба-в-двух-школах", "3.3.9.2"
    class_permission_name = Resource.DOUBLE_STUDY.value
    method_permission_name = {"index": Action.VIEW, "mark": Action.EDIT}
    resumable = frozenset({"mark"})

    @expose("/")
    @has_access
    def index(self) -> str:
        state = request.args.get("state", "open")
        if state not in STATES:
            raise BadArgument(f"Такого отбора нет. Возможны: {', '.join(STATES.values())}.")
        found = double_study.pairs(db.session)
        by_state = {
            "open": [pair for pair in found if pair.decision is None],
            "lawful": [pair for pair in found if pair.decision is not None],
            "all": found,
        }
        tabs = [
            {"title": title, "count": len(by_state[name]), "url": url_for(".index", state=name), "on": name == state}
            for name, title in STATES.items()
        ]
        shown, page = by_state[state], arguments.page_number(request.args)
        first = (page - 1) * SHOWN
        return render_template(
            "movement/double_study.html",
            tabs=tabs,
            rows=[_row(pair) for pair in shown[first : first + SHOWN]],
            first=first + 1,
            total=len(shown),
            prev_url=url_for(".index", state=state, page=page - 1) if page > 1 else None,
            next_url=url_for(".index", state=state, page=page + 1) if first + SHOWN < len(shown) else None,
            may_mark=person_of(db.session).may(Action.EDIT, Resource.DOUBLE_STUDY),
            decisions_url=view_of(LawfulStudy).url("list"),
        )

    @expose("/mark/<pair>", methods=["GET", "POST"])
    @has_access
    def mark(self, pair: str) -> Any:
        found = _asked(pair)
        if found.decision is not None:
            flash("Эта пара уже отмечена.", "info")
            return redirect(view_of(LawfulStudy).url("show", pk=found.decision.id))
        form = _form()
        if request.method == "POST" and not resumed_form.asked() and form.validate():
            try:
                made = double_study.mark(db.session, found, form.decided_on.data, form.reason.data)
            except Refused as error:
                forms.attach(form, error.errors)
            else:
                flash("Отмечено как законная учёба в двух школах.", "success")
                return redirect(view_of(LawfulStudy).url("show", pk=made.id))
        return _render(found, form), 422 if form.errors else 200


def _asked(text: str) -> Pair:
    """The pair of an address, `12-345`; another's, or one that has ended, does not exist."""
    first, _, second = text.partition("-")
    only = arguments.key(first), arguments.key(second)
    return next(iter(double_study.pairs(db.session, Action.EDIT, only)), None) or abort(404)


def _form() -> Any:
    fields = {name: forms.column_field(LawfulStudy, name) for name in ("decided_on", "reason")}
    return type("MarkForm", (forms.Form,), fields)()


def _render(pair: Pair, form: Any) -> str:
    sides = " и ".join(f"{side.school} (с {side.since:%d.%m.%Y})" for side in (pair.first, pair.second))
    hint = f"{sides}. Школы перестанут видеть предупреждение; пара останется в списке с вашим решением."
    return render_template(
        "panel/form.html",
        view={"title": "Учёба в двух школах"},
        title=f"Законная учёба: {_own(pair).name}",
        form=form,
        sections=[{"title": "Решение", "hint": hint, "fields": ["decided_on", "reason"]}],
        back_url=url_for("DoubleStudyPage.index"),
        submit_label=MARK,
        conflict=None,
    )


def _own(pair: Pair) -> Side:
    """The card whose name the reader may read."""
    return pair.first if pair.first.may_open or not pair.second.may_open else pair.second


def _row(pair: Pair) -> dict[str, Any]:
    decision, own = pair.decision, _own(pair)
    return {
        "name": own.name,
        "born": own.born,
        "sides": [_side(side) for side in (pair.first, pair.second)],
        "ground": pair.ground.title_ru,
        "certain": pair.ground.is_certain,
        "since": pair.since,
        "decision": decision,
        "decision_url": view_of(LawfulStudy).url("show", pk=decision.id) if decision is not None else None,
        "mark_url": url_for("DoubleStudyPage.mark", pair=f"{pair.first.id}-{pair.second.id}"),
    }


def _side(side: Side) -> dict[str, Any]:
    """Of a school beyond one's rows its name and the day, and no more."""
    url = view_of(Pupil).url("show", pk=side.id) if side.may_open else None
    return {
        "school": side.school,
        "since": side.since,
        "url": url,
        "name": side.name if url else "",
        "school_class": side.school_class if url else "",
    }


class LawfulStudyView(RecordView, model=LawfulStudy):
    """Every decision with its history, those withdrawn as well."""

    resource = Resource.DOUBLE_STUDY
    route = "lawful_studies"
    section = "Движение"
    guide, clause = "municipal#учёба-в-двух-школах", "3.3.9.2"
    only_moved = True
    list_columns = ["first", "first_school", "second_school", "decided_on", "reason", "withdrawn_on"]
    default_order, default_descending = ("id",), True
    filter_columns = ["first_school", "second_school", "decided_on", "withdrawn_on"]
    empty_hint = "Отметьте пару в списке «Учёба в двух школах»."
    show_fieldsets = [
        ("Обучающийся", {"fields": ["first", "first_school", "second", "second_school"]}),
        ("Решение", {"fields": ["decided_on", "reason", "withdrawn_on", "withdrawal_reason"]}),
    ]
    transitions = (
        Button(
            "withdraw",
            "Снять отметку",
            "Снятие отметки",
            "Отметка снята: пара снова среди тех, что без решения.",
            icon="arrow-back-up",
            hint="Школы снова увидят предупреждение. Отметка останется в списке как снятая.",
            danger=True,
        ),
    )
