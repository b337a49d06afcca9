"""«Моя учётная запись»: who I am here, by what order, and an end to sessions left open elsewhere."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_appbuilder import expose
from flask_login import current_user

from app.extensions import db
from app.models.accounts import AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.panel import cells
from app.panel.page import Page
from app.russian import format_date
from app.security.guard import actor_of
from app.security.manager import mark_of_session
from app.services.accounts import own_sessions, profile, second_factor
from app.views.pages import agents
from app.views.pages.sign_in import go_on
from app.web import arguments
from app.web.open_to import OpenTo

UNASKED = "Если вы об этом не просили, сообщите оператору и завершите остальные сеансы в «Моей учётной записи»."


class ProfileView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/me"
    default_view = "index"
    guide = "panel#моя-учётная-запись"
    clause = "1.5"

    @expose("/")
    def index(self) -> str:
        account, day = current_user._get_current_object(), actor_of(db.session).today
        found = profile.of(db.session, account.id, day)
        return render_template(
            "pages/profile.html",
            account=account,
            last_login=cells.plain(account.last_login) or cells.EMPTY,
            appointments=[_appointment(each, day) for each in found.appointments],
            other_roles=_without_orders(found.appointments),
            resets=resets(account.id),
            persons=[_person(each) for each in found.persons],
            has_factor=second_factor.is_on(db.session, account),
            sessions=[_session(each) for each in own_sessions.of(db.session, account, mark_of_session())],
        )

    @expose("/sessions", methods=["POST"])
    def end_sessions(self) -> Any:
        account = current_user._get_current_object()
        profile.end_other_sessions(db.session, account)
        go_on(account)
        flash("Остальные сеансы завершены. Этот продолжается.", "success")
        return redirect(url_for("ProfileView.index"))

    @expose("/sessions/<pk>", methods=["POST"])
    def end_session(self, pk: str) -> Any:
        """One of one's own; anybody else's is not there."""
        if own_sessions.end(db.session, current_user._get_current_object(), arguments.key(pk)):
            flash("Сеанс завершён: там панель снова спросит пароль.", "success")
        else:
            flash("Этот сеанс уже завершён.", "info")
        return redirect(url_for("ProfileView.index", _anchor="sessions"))


def resets(account_id: int) -> list[tuple[str, str]]:
    """What the owner of an account is told of that somebody else has done to its sign-in, and what to do about it."""
    return [
        (f"{what} вашей учётной записи сбросил другой человек: {who}, {cells.plain(at)}.", UNASKED)
        for what, at, who in profile.told_of_resets(db.session, account_id)
    ]


def _appointment(each: Appointment, day: Any) -> dict[str, Any]:
    until = format_date(each.valid_to) if each.valid_to else "бессрочно"
    return {
        "role": each.role_name,
        "organisation": str(each.school or each.municipality or "Регион"),
        "order": f"Приказ № {each.order_number} от {format_date(each.order_date)}",
        "since": format_date(each.valid_from),
        "until": until,
        "ahead": each.valid_from > day,
    }


def _without_orders(appointments: list[Appointment]) -> list[dict[str, str]]:
    """Roles that follow from being a pupil, a parent or the operator."""
    ordered = {each.role for each in appointments}
    held = [held for held in actor_of(db.session).holdings if held.role not in ordered]
    return [{"role": each.title, "organisation": each.organisation} for each in held]


def _person(each: AccountPerson) -> dict[str, Any]:
    """Whose account it is; a link for those who may open the card."""
    owner = each.card
    kind = owner.__titles__[0] if owner is not None else ""
    where = owner.authority if isinstance(owner, Official) else str(each.school)
    return {"kind": kind, "name": cells.show(owner), "place": where}


def _session(each: own_sessions.OwnSession) -> dict[str, Any]:
    return {
        "number": each.number,
        "is_this": each.is_this,
        "device": agents.in_words(each.agent),
        "address": each.address or cells.EMPTY,
        "begun": cells.plain(each.begun_at),
        "seen": "сейчас" if each.is_this else cells.plain(each.seen_at),
    }
