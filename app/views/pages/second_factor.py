"""One's own second factor: begun, with new recovery codes, left (ИАФ.1)."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField

from app.extensions import db
from app.models.accounts import Account
from app.panel import cells
from app.panel.editing import forms
from app.panel.editing.validators import Required
from app.panel.page import Page
from app.security.manager import OWES_SECOND_FACTOR
from app.services.accounts import refusals, second_factor, second_step
from app.services.engine.errors import Refused
from app.views.pages.first_factor import EnrolForm
from app.views.pages.first_factor import page as first_page
from app.views.pages.sign_in import go_on, known_device, onward
from app.web import resumed_form
from app.web.open_to import OpenTo


class CodeForm(FlaskForm):
    code = StringField(
        "Код",
        [Required("Введите код.")],
        description="Из приложения на телефоне или один из кодов восстановления.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class SecondFactorView(Page):
    """Open also to whoever needs one and has none: he can do nothing else."""

    open_to = OpenTo.WITHOUT_FACTOR
    route_base = "/second_factor"
    default_view = "index"
    guide, clause = "panel#второй-фактор", "1.5"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Any:
        """Begin it, or see what there is of it."""
        account = current_user._get_current_object()
        if second_factor.is_on(db.session, account):
            return _managed(CodeForm(formdata=None), account)
        form = EnrolForm()
        codes, status = _tried(form, lambda: _enrol(account, form))
        if codes is None:
            page = first_page(form, account)
            return (page, status) if form.errors else page
        session.pop(OWES_SECOND_FACTOR, None)
        go_on(account)
        return known_device(account, _codes_page(codes, "Второй фактор включён. Остальные сеансы завершены."))

    @expose("/codes", methods=["POST"])
    def codes(self) -> Any:
        account, form = current_user._get_current_object(), CodeForm()
        codes, status = _tried(form, lambda: second_step.renew_codes(db.session, account, form.code.data))
        if codes is None:
            return _managed(form, account), status
        return _codes_page(codes, "Прежние коды восстановления больше не действуют.")

    @expose("/off", methods=["POST"])
    def off(self) -> Any:
        account, form = current_user._get_current_object(), CodeForm()
        done, status = _tried(form, lambda: second_step.leave(db.session, account, form.code.data) or True)
        if not done:
            return _managed(form, account), status
        flash("Второй фактор отключён: для входа достаточно пароля.", "success")
        return redirect(url_for("ProfileView.index"))

    @expose("/done", methods=["POST"])
    def done(self) -> Any:
        """The recovery codes are put away: on to what one wanted."""
        return onward(current_user)


def _enrol(account: Account, form: EnrolForm) -> list[str]:
    return second_step.enrol(db.session, account, form.offer.data or "", form.code.data, form.password.data)


def _tried(form: FlaskForm, act: Callable[[], Any]) -> tuple[Any, int]:
    """What the act gives, or None and the status; what is wrong stands in the form."""
    if not form.validate_on_submit():
        return None, 422
    try:
        return act(), 200
    except Refused as error:
        forms.attach(form, error.errors)
    except refusals.TooOften as error:
        form.form_errors = [str(error)]
        return None, 429
    return None, 422


def _managed(form: CodeForm, account: Account) -> Any:
    state = second_factor.state_of(db.session, account)
    if state is None:
        return redirect(url_for("SecondFactorView.index"))
    return render_template(
        "pages/second_factor.html",
        form=form,
        since=cells.plain(state.begun_at),
        codes_left=state.codes_left,
        is_required=second_factor.is_required(db.session, account),
    )


def _codes_page(codes: list[str], told: str) -> str:
    return render_template(
        "pages/recovery_codes.html",
        codes=codes,
        told=told,
        kept=request.form.get(resumed_form.FIELD, ""),
        next=request.args.get("next", ""),
    )
