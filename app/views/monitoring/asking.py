"""`/ask/<table>/<number>`: asking for a correction of a judged record; first what has happened, then what it takes."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access
from sqlalchemy import select

from app.compliance.corrected import FREED
from app.compliance.duties import judged_of, subject_of
from app.compliance.evaluate import Judgement
from app.extensions import db
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.panel.editing import fields, forms, validators
from app.panel.page import Page
from app.panel.registry import view_of
from app.regulation.rights import Action, Resource
from app.security.guard import person_of
from app.security.scoping import condition
from app.services.engine.errors import Refused
from app.services.monitoring import corrections
from app.services.monitoring.corrections import Draft, Subject
from app.web import arguments, resumed_form
from app.web.arguments import BadArgument

HINTS = {
    CorrectionKind.DATE: "Дата была вписана неверно и уже исправлена в приказе. Срок посчитают от верной даты,"
    " а внесением сочтут первое.",
    CorrectionKind.NO_EVENT: "Приказ внесён, а события не было. Запись перестанет считаться.",
    CorrectionKind.TWICE: "О том же есть другой приказ. Эта запись перестанет считаться, другая останется.",
    CorrectionKind.REPLACED: "Вместо этого приказа внесён другой. Он возьмёт день первого внесения.",
    CorrectionKind.PERSON: "Указан не тот обучающийся, верный – в другом приказе. Тот возьмёт день первого внесения.",
    CorrectionKind.WITHDRAWN: "Приказ аннулирован зря. Его сочтут неаннулированным.",
    CorrectionKind.KNOWN_LATER: "О событии узнали позже, чем оно случилось. Срок посчитают со дня, когда узнали.",
    CorrectionKind.CONDITIONS: "Внесённое верно, и основание есть: назовите документ. До подтверждения показатель"
    " стоит, как стоял, после – станет таким, какой следует из внесённого.",
    CorrectionKind.MOVED: "Событие перенесли, новая дата вписана в приказ. Судят по первой дате и первому внесению.",
}


SHOWN = ["trigger_on", "other", "document_number", "document_date", "reason"]
"""Of these the form has what the kind asks for."""


class AskCorrection(Page):
    route_base = "/ask"
    default_view = "ask"
    guide, clause = "secretary#исправления", "4.1"
    class_permission_name = Resource.CORRECTIONS.value
    method_permission_name = {"ask": Action.EDIT}
    resumable = frozenset({"ask"})

    @expose("/<table>/<pk>", methods=["GET", "POST"])
    @has_access
    def ask(self, table: str, pk: str) -> Any:
        declared = corrections.subjects().get(table) or abort(404)
        record = _record(declared, pk)
        offered = corrections.offered(db.session, record)
        card = declared.card(record)
        shown = {"told": declared.told(db.session, record), "back_url": card_url(card)}
        if not request.args.get("kind"):
            kinds, back = [_choice(kind, table, pk) for kind in offered], card.__titles__[0]
            return render_template("monitoring/asking.html", **shown, kinds=kinds, back_title=back)
        kind = _kind(offered)
        asked_of = declared.asked_of(db.session, record, kind)
        if asked_of is not record:
            return redirect(_address(asked_of.__tablename__, asked_of.id, kind), 307)  # what was typed goes with it
        others = declared.others(db.session, record, kind) if kind.asks.other else ()
        form = _form(kind, others, declared)
        if request.method == "POST" and not resumed_form.asked() and form.validate():
            try:
                made = corrections.ask(db.session, record, _draft(kind, form, others))
            except Refused as error:
                forms.attach(form, error.errors)
            else:
                flash("Исправление запрошено. Ответ появится на вашей главной странице.", "success")
                return redirect(view_of(Correction).url("show", pk=made.id))
        return _render(kind, form, **shown), 422 if form.errors else 200


def _record(declared: Subject[Any], pk: str) -> Any:
    """Of the actor's rows, and only for who enters such records."""
    scope = condition(declared.model, person_of(db.session))
    record = db.session.scalar(select(declared.model).where(declared.model.id == arguments.key(pk), scope)) or abort(
        404
    )
    if not corrections.may_ask(db.session, record.school_id, declared.rule(record), declared.authors(record)):
        abort(403)
    return record


def _address(table: str, pk: Any, kind: CorrectionKind) -> str:
    return url_for("AskCorrection.ask", table=table, pk=pk, kind=kind.value)


def _choice(kind: CorrectionKind, table: str, pk: str) -> dict[str, str]:
    return {"title": kind.title_ru.capitalize(), "hint": HINTS[kind], "url": _address(table, pk, kind)}


def _kind(offered: Sequence[CorrectionKind]) -> CorrectionKind:
    asked = request.args.get("kind", "")
    for kind in offered:
        if kind.value == asked:
            return kind
    raise BadArgument("Для этой записи такого исправления нет. Выберите другое.")


def _form(kind: CorrectionKind, others: Sequence[Any], declared: Subject[Any]) -> Any:
    """Only what the kind asks for, and the reason."""
    asks, made = kind.asks, dict[str, wtforms.Field]()
    if asks.day:
        made["trigger_on"] = fields.DateField(asks.day, [validators.Required()])
    if asks.other:
        choices = [(str(each.id), declared.told(db.session, each)) for each in others]
        made["other"] = fields.SelectField(asks.other, [validators.Required()], choices=choices, blank=True)
    if asks.document:
        for name in ("document_number", "document_date"):
            made[name] = forms.column_field(Correction, name, [validators.Required()])
    made["reason"] = forms.column_field(Correction, "reason")
    return type("AskForm", (forms.Form,), made)()


def _draft(kind: CorrectionKind, form: Any, others: Sequence[Any]) -> Draft:
    given = {
        name: form[name].data for name in ("reason", "trigger_on", "document_number", "document_date") if name in form
    }
    chosen = form.other.data if "other" in form else None
    return Draft(kind, other=next((each for each in others if str(each.id) == chosen), None), **given)


def _render(kind: CorrectionKind, form: Any, told: str, back_url: str) -> str:
    return render_template(
        "panel/form.html",
        view={"title": told},
        title=kind.title_ru.capitalize(),
        form=form,
        sections=[{"title": "Исправление", "hint": HINTS[kind], "fields": SHOWN}],
        back_url=back_url,
        submit_label="Запросить исправление",
        conflict=None,
    )


def card_url(record: Any) -> str:
    return view_of(type(record)).url("show", pk=record.id)


def ask_url(judged: Judgement) -> str | None:
    """The page on which a correction of a judged record is asked for; None: not by this person, or not of it."""
    record = judged.record
    if record.held_id is not None:
        return _ask_anew(judged)
    table = judged_of(record.rule)
    is_told = record.evidence is not None if subject_of(record.rule) else record.asked_id is not None
    if table not in corrections.subjects() or not is_told or record.exempt == FREED:
        return None
    if not corrections.may_ask(db.session, record.school_id, record.rule):
        return None
    return url_for("AskCorrection.ask", table=table, pk=record.judged_id)


def _ask_anew(judged: Judgement) -> str | None:
    """Of what is held, until somebody confirms it."""
    record = judged.record
    if not judged.held or not corrections.may_ask(db.session, record.school_id, record.rule):
        return None
    return _of_act(record.correction_id)


def anew_url(correction: Correction) -> str | None:
    """Where a bettering act may be asked for with the paper."""
    ways = list(corrections.subjects()[Correction.__tablename__].kinds(db.session, correction))
    if not ways or not corrections.may_ask(db.session, correction.school_id, correction.rule, correction.involved):
        return None
    return _of_act(correction.id)


def _of_act(correction_id: int | None) -> str:
    """Of a bettering act there is one thing to ask."""
    kind = CorrectionKind.CONDITIONS.value
    return url_for("AskCorrection.ask", table=Correction.__tablename__, pk=correction_id, kind=kind)
