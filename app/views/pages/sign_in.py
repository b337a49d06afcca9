"""Signing in, signing out, the own password (1.4, 1.5)."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.views import AuthDBView
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy.exc import SQLAlchemyError
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo

from app.clock import utc_now
from app.extensions import db
from app.panel.editing import forms
from app.panel.editing.validators import Required
from app.panel.page import Page
from app.security.manager import OWES_SECOND_FACTOR, SESSION_KEY, begun_session, end_of_session, mark_of_session
from app.services import demo as demo_service
from app.services.accounts import accounts, devices, own_sessions, passwords, refusals, second_factor, second_step
from app.services.engine import jobs
from app.services.engine.errors import Refused
from app.views.pages import first_factor
from app.web import addresses, errors, resumed_form
from app.web.open_to import OpenTo

REFUSED = "Неверный логин или пароль, либо вход временно закрыт. Проверьте раскладку и попробуйте ещё раз."

DEVICE_COOKIE = "sgo_device"
BUSY = "База данных сейчас не отвечает или занята, войти не удалось. Попробуйте ещё раз через минуту."
STALE = "Страница входа устарела. Введите логин и пароль ещё раз."
WAITS, WAITS_FOR = "waits_for_code", 10 * 60
"""In the session of somebody whose password was right: the account, its key, since when; and for how many seconds."""
TOO_LATE = "Время для кода вышло. Введите логин и пароль ещё раз."


class LoginForm(FlaskForm):
    username = StringField("Логин", [Required("Введите логин.")], render_kw={"autocomplete": "username"})
    password = PasswordField("Пароль", [Required("Введите пароль.")], render_kw={"autocomplete": "current-password"})


class CodeForm(FlaskForm):
    code = StringField(
        "Код",
        [Required("Введите код.")],
        description="Шесть цифр из приложения на телефоне. Телефона нет – один из кодов восстановления.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )


class PasswordForm(FlaskForm):
    current = PasswordField("Текущий пароль", [Required()], render_kw={"autocomplete": "current-password"})
    new = PasswordField(
        "Новый пароль",
        [Required()],
        description=f"Не короче {passwords.SHORTEST} знаков; удобна фраза из нескольких слов.",
        render_kw={"autocomplete": "new-password"},
    )
    confirm = PasswordField(
        "Новый пароль ещё раз",
        [Required(), EqualTo("new", "Пароли не совпадают.")],
        render_kw={"autocomplete": "new-password"},
    )


class AuthView(AuthDBView):
    """Flask-AppBuilder's login with one neutral answer, lock-out and the trail."""

    open_to = {"login": OpenTo.EVERYBODY, "code": OpenTo.EVERYBODY, "logout": OpenTo.NEWCOMERS}
    guide, clause = "index#вход", "1.5"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        if current_user.is_authenticated:
            return onward(current_user)
        form, code = LoginForm(), 401
        if form.validate_on_submit():
            account, code = _account_of(form)
            if account is not None:
                return _code_asked(account) if second_factor.is_on(db.session, account) else _signed_in(account)
        _tell_stale(form)
        page = login_page(form, _carried())
        return (page, code) if form.errors else page

    @expose("/login/code", methods=["GET", "POST"])
    @no_cache
    def code(self) -> Any:
        """The second step, of an account that has a second factor."""
        if current_user.is_authenticated:
            return onward(current_user)
        waiting, form, code = _waiting(), CodeForm(), 401
        if waiting is None:
            flash(TOO_LATE, "warning")
            return login_page(LoginForm(formdata=None), _carried()), code
        if form.validate_on_submit():
            account, code = _account_by_code(form, waiting)
            if account is not None:
                return _signed_in(account)
        _tell_stale(form)
        page = _code_page(form)
        return (page, code) if form.errors else page

    @expose("/logout/", methods=["GET", "POST"])
    def logout(self) -> Any:
        """Leaving changes something, so it is a POST; a GET leads home."""
        if request.method == "POST" and current_user.is_authenticated:
            account = current_user._get_current_object()
            accounts.sign_out(db.session, account, mark_of_session(), end_of_session())
            logout_user()
            session.clear()
            flash("Вы вышли из системы.", "info")
            return redirect(url_for("AuthView.login"))
        return redirect(url_for("HomeView.index"))


def _account_of(form: LoginForm) -> tuple[Any, int]:
    """Whose credentials these are, or why nobody's."""
    given = form.username.data, form.password.data, request.remote_addr, request.cookies.get(DEVICE_COOKIE)
    return _proved(form, REFUSED, lambda: accounts.authenticate(db.session, *given))


def _account_by_code(form: CodeForm, waiting: tuple[int, str]) -> tuple[Any, int]:
    given = form.code.data, request.remote_addr, request.cookies.get(DEVICE_COOKIE)
    return _proved(form, second_step.WRONG, lambda: second_step.authenticate(db.session, *waiting, *given))


def _proved(form: FlaskForm, words: str, proving: Callable[[], Any]) -> tuple[Any, int]:
    """The account, or why there is none: the words are on top (no one field is wrong), the status beside."""
    account, code = None, 401
    try:
        account = proving()
    except refusals.TooOften as error:
        words, code = str(error), 429
    except SQLAlchemyError as error:
        if not errors.is_outage(error):
            raise
        errors.note_outage(error)
        words, code = BUSY, 503
    if account is None:
        form.form_errors = [words]
    return account, code


def _tell_stale(form: FlaskForm) -> None:
    if "csrf_token" in form.errors:
        form.csrf_token.errors = [STALE]


def _carried() -> str:
    """The form that this page carries through signing in."""
    return request.form.get(resumed_form.FIELD, "") if resumed_form.is_carried(request.endpoint) else ""


def _code_asked(account: Any) -> Any:
    """The password was right; nobody has signed in yet."""
    carried = _carried()
    session.clear()
    session.permanent = True
    session[WAITS] = account.id, second_step.key_of(account), int(utc_now().timestamp())
    g.pop("csrf_token", None)
    if carried:
        return _code_page(CodeForm(formdata=None))
    return redirect(url_for("AuthView.code", next=request.args.get("next") or None))


def _waiting() -> tuple[int, str] | None:
    """Whose password was right a moment ago."""
    account_id, key, since = session.get(WAITS) or (0, "", 0)
    return (account_id, key) if utc_now().timestamp() - since < WAITS_FOR else None


def _code_page(form: CodeForm) -> str:
    return render_template("pages/code.html", form=form, kept=_carried())


def _signed_in(account: Any) -> Any:
    """Begin the session: nothing of what stood in the cookie before comes along."""
    session.clear()
    session.permanent = True
    session.update(begun_session(account.session_key))
    session[jobs.MAY_HAVE] = True
    g.pop("csrf_token", None)  # made for the session that has just ended
    whence = request.remote_addr, request.user_agent.string
    own_sessions.begin(db.session, account, mark_of_session(), end_of_session(), *whence)
    if second_factor.is_owed(db.session, account):
        session[OWES_SECOND_FACTOR] = True
    login_user(account, remember=False)
    return known_device(account, onward(account))


def known_device(account: Any, answer: Any) -> Any:
    """From here its owner gets in although strangers have locked the account."""
    response = make_response(answer)
    response.set_cookie(
        DEVICE_COOKIE,
        devices.token_of(account),
        max_age=devices.KNOWN_FOR,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite=current_app.config["SESSION_COOKIE_SAMESITE"],
    )
    return response


def go_on(account: Any) -> None:
    """All sessions of the account have ended with its key; this one is given the new one."""
    session[SESSION_KEY] = account.session_key
    own_sessions.go_on(db.session, account, mark_of_session())


class PasswordView(Page):
    """One's own password; before the first change there is nothing else."""

    open_to = OpenTo.NEWCOMERS
    route_base = "/password"
    default_view = "change"
    guide, clause = "index#вход", "1.5"

    @expose("/", methods=["GET", "POST"])
    def change(self) -> Any:
        form, code = _password_form(), 422
        if form.validate_on_submit():
            account = current_user._get_current_object()
            try:
                accounts.change_password(db.session, account, form.data.get("current"), form.new.data)
            except Refused as error:
                forms.attach(form, error.errors)
            except refusals.TooOften as error:
                form.form_errors, code = [str(error)], 429
            else:
                go_on(account)
                flash("Пароль изменён. Остальные сеансы завершены.", "success")
                return known_device(account, onward(account))
        page = password_page(form)
        return (page, code) if form.errors else page


def login_page(form: LoginForm, carried: str, too_large: bool = False) -> str:
    logins = demo_service.demo_logins(db.session) if current_app.config["SGO_DEMO"] else []
    wanted = request.args.get("next", "")
    return render_template(
        "pages/login.html", form=form, demo_logins=logins, next=wanted, kept=carried, too_large=too_large
    )


def session_ended() -> tuple[str, int]:
    """In answer to a form that was sent too late: sign in, and it comes back."""
    carried = resumed_form.packed()
    return login_page(LoginForm(formdata=None), carried, too_large=not carried), 401


def onward(account: Any) -> Any:
    """After signing in: what was kept goes back to its owner alone; otherwise where one wanted to go."""
    if not request.form.get(resumed_form.FIELD):
        return redirect(safe_next())
    found = resumed_form.unpacked()
    if found is None:
        flash("Форму восстановить не удалось: прошло больше суток или данные повреждены.", "warning")
    elif found.owner != account.id:
        flash("Форма принадлежала другому человеку и не восстановлена.", "warning")
    elif account.must_change_password:
        return password_page(_password_form(formdata=None))
    elif session.get(OWES_SECOND_FACTOR):
        return first_factor.page(first_factor.EnrolForm(formdata=None), account)
    else:
        return render_template("pages/resume.html", kept=found)
    return redirect(url_for("HomeView.index"))


def _password_form(**given: Any) -> PasswordForm:
    """Before the first own password the one that was handed over is not asked for a second time."""
    form = PasswordForm(**given)
    if current_user.must_change_password:
        del form.current
    return form


def password_page(form: PasswordForm) -> str:
    return render_template("pages/password.html", form=form, kept=request.form.get(resumed_form.FIELD, ""))


def safe_next() -> str:
    """Where to go after signing in: only within this site, whatever the address says."""
    return addresses.within(request.args.get("next", "")) or url_for("HomeView.index")
