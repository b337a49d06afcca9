"""Accounts, their owners, when they were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.models.accounts import OWNERS, Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.handings import HandingOver
from app.panel.editing import forms
from app.panel.loading import TELLERS
from app.panel.menu import Menu
from app.panel.start import Block, Row, Tile, counted_tile, starts_with
from app.panel.view import RecordView, Related
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.security.guard import Denied, person_of
from app.services.accounts import accounts, handing_over, owners, roles_now, second_factor, second_step
from app.views.accounts import slips
from app.views.pages.profile import resets

RESET_ASKED = "Владелец войдёт по одному паролю, его сеансы завершатся. Сбросить второй фактор записи"
TAKE_BACK_ASKED = (
    "Отметка о выдаче «{}» поставлена по ошибке? Отметку сегодняшнего дня система забудет, более ранняя останется в"
    " истории, но засчитана не будет."
)
RESET = "Второй фактор сброшен, сеансы владельца завершены. Теперь он войдёт по паролю."


class AccountView(RecordView, model=Account):
    resource = Resource.ACCOUNTS
    route = "accounts"
    method_permission_name = RecordView.method_permission_name | {
        "reset_second_factor": Action.EDIT,
        "unlock": Action.EDIT,
        "hand_over": Action.HAND_OVER,
        "take_back": Action.HAND_OVER,
    }
    brief_columns, brief_title, brief_hint = ("full_name",), "Пользователи", "Фамилия"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.1"
    menu = Menu("Школа и доступ", order=20, icon="key", hint="Кто входит в систему и когда")
    guide, clause = "administrator#учётная-запись", "3.3.2.4"
    list_columns = ["full_name", "username", "roles_now", "state", "use", "handed_over_on", "school"]
    more_columns = ["owner_kind", "last_login"]
    order_by = {"full_name": ("search_text",), "username": ("username",)}
    default_order = ("search_text",)
    filter_columns = ["school", "owner_kind", "use", "active", "last_login", "handed_over_on"]
    search_hint, found_last = "Фамилия или логин", True
    add_label = "Учётная запись"
    form_fieldsets = [
        ("Владелец", ["school", "last_name", "first_name", "email"]),
        ("Вход", ["username"]),
        ("Закрытие", ["active", "closed_on", "closed_reason"]),
    ]
    show_fieldsets = [
        ("Владелец", {"fields": ["full_name", "email", "school", "municipality"]}),
        (
            "Вход",
            {
                "fields": [
                    *("username", "state", "last_login", "reset_at", "reset_by"),
                    *("handed_over_on", "closed_on", "closed_reason"),
                ]
            },
        ),
    ]
    fixed_columns = ("username",)
    lookup_filters = ("school_id",)
    related = [
        Related(AccountPerson, "account_id", ("person", "school"), "Владельцы"),
        Related(
            Appointment,
            "account_id",
            ("role_name", "order_number", "valid_from", "valid_to"),
            "Назначения на роли",
            ("-valid_from",),
        ),
        Related(
            HandingOver,
            "account_id",
            ("handed_on", "entered_on", "entered_by", "withdrawn_on", "ended_on"),
            "Выдачи владельцу",
            ("-entered_on",),
        ),
    ]

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """An account with an owner is called as the owner's card."""
        if obj is not None and obj.id is not None and owners.is_owned(db.session, obj.id):
            del form.last_name, form.first_name

    def why_shut(self, obj: Account, name: str) -> str:
        if name in ("last_name", "first_name"):
            return "Учётная запись названа по карточке владельца: измените карточку."
        return super().why_shut(obj, name)

    def write(self, form: forms.Form, obj: Account | None) -> Account:
        data = {name: form[name].data for name in self.form_columns if name in form}
        return accounts.save(db.session, obj or Account(), data)

    def get(self, pk: str, action: Action = Action.VIEW) -> Any:
        """Who sees an account that gives more than he reaches is told why he does not change it."""
        if action not in (Action.VIEW, Action.PRINT) and not self.may(person_of(db.session), super().get(pk), action):
            raise Denied(accounts.BEYOND)
        return super().get(pk, action)

    def card_toolbar(self, obj: Account) -> list[dict[str, Any]]:
        """A new slip for its owner, and what has to do with the second factor."""
        owner = owners.first_card(db.session, obj.id)
        new_slip = slips.button(*owner) if owner is not None else ()
        return [*new_slip, *self._handing_over(obj), *self._unlocking(obj), *self._second_factor(obj)]

    def _done(self, account: Account, words: str) -> Any:
        """Back on the card, where the button stood."""
        flash(words, "success")
        return redirect(self.url("show", pk=account.id))

    def _handing_over(self, obj: Account) -> list[dict[str, Any]]:
        """To note that its owner has got it, or that this was noted by mistake."""
        if handing_over.may_withdraw(db.session, obj):
            tool = {"title": "Снять отметку о выдаче", "url": self.url("take_back", pk=obj.id), "icon": "arrow-back-up"}
            return [tool | {"primary": False, "method": "post", "confirm": TAKE_BACK_ASKED.format(obj)}]
        if obj.handed_over_on is None and handing_over.may_hand_over(db.session, obj):
            tool = {"title": "Отметить выдачу", "url": self.url("hand_over", pk=obj.id), "icon": "check"}
            return [tool | {"primary": False, "method": "post"}]
        return []

    @expose("/hand_over/<pk>", methods=["POST"])
    @has_access
    def hand_over(self, pk: str) -> Any:
        account = self.get(pk, Action.HAND_OVER)
        handing_over.hand_over(db.session, [account.id], person_of(db.session).today)
        return self._done(account, "Выдача отмечена.")

    @expose("/take_back/<pk>", methods=["POST"])
    @has_access
    def take_back(self, pk: str) -> Any:
        account = self.get(pk, Action.HAND_OVER)
        handing_over.withdraw(db.session, account)
        return self._done(account, "Отметка о выдаче снята. Выдав талон, отметьте выдачу ещё раз.")

    def _unlocking(self, obj: Account) -> list[dict[str, Any]]:
        """Whoever is at the door need not wait for the lock to end."""
        if not obj.is_locked or not self.may(person_of(db.session), obj, Action.EDIT):
            return []
        tool = {"title": "Открыть вход", "url": self.url("unlock", pk=obj.id), "icon": "lock-off", "primary": False}
        return [tool | {"method": "post"}]

    @expose("/unlock/<pk>", methods=["POST"])
    @has_access
    def unlock(self, pk: str) -> Any:
        account = self.get(pk, Action.EDIT)
        accounts.unlock(db.session, account)
        return self._done(account, "Вход открыт.")

    def _second_factor(self, obj: Account) -> list[dict[str, Any]]:
        """The second factor of somebody who has lost the telephone: not one's own, and of no more than one manages."""
        actor = person_of(db.session)
        if (
            obj.id == actor.account_id
            or not self.may(actor, obj, Action.EDIT)
            or not second_factor.is_on(db.session, obj)
        ):
            return []
        tool = {"title": "Сбросить второй фактор", "url": self.url("reset_second_factor", pk=obj.id), "primary": False}
        return [tool | {"icon": "lock-off", "method": "post", "confirm": f"{RESET_ASKED} «{obj}»?"}]

    @expose("/reset_second_factor/<pk>", methods=["POST"])
    @has_access
    def reset_second_factor(self, pk: str) -> Any:
        account = self.get(pk, Action.EDIT)
        second_step.reset(db.session, account)
        return self._done(account, RESET)

    def erase(self, obj: Account) -> None:
        accounts.refuse_deletion(obj)

    def obstacles(self, rows: Sequence[Account]) -> dict[int, list[str]]:
        return {obj.id: [accounts.never_deleted(obj)] for obj in rows}

    def stays(self, obj: Account) -> bool:
        return True

    def lookup_hint(self, obj: Account) -> str:
        return obj.username


class HandingOverView(RecordView, model=HandingOver):
    """By whose entries the terms of clause 3.3.2.4 are judged; made on the page of handing over."""

    resource = Resource.ACCOUNTS
    route = "handings_over"
    section = "Доступ"
    readonly = True
    guide, clause = "administrator#выдача", "3.3.2.4"
    list_columns = ["account", "handed_on", "entered_on", "entered_by", "withdrawn_on", "ended_on", "school"]
    default_order = ("entered_on",)
    default_descending = True
    filter_columns = ["account", "school", "handed_on", "entered_on"]
    show_fieldsets = [
        ("Выдача", {"fields": ["account", "handed_on", "withdrawn_on", "ended_on", "school"]}),
    ]


class AccountPersonView(RecordView, model=AccountPerson):
    resource = Resource.ACCOUNTS
    route = "account_persons"
    section = "Доступ"
    guide, clause = "administrator#учётная-запись", "3.3.2.4"
    list_columns = ["account", "person", "school"]
    filter_columns = ["account", "school"]
    form_fieldsets = [("Владелец учётной записи", ["account", *OWNERS])]
    fixed_columns = ("account",)

    def fill(self, obj: AccountPerson) -> None:
        owner = next(filter(None, (getattr(obj, name) for name in OWNERS)), None)
        obj.school_id = getattr(owner, "school_id", None)

    def erase(self, obj: AccountPerson) -> Any:
        return owners.unlink(db.session, obj)

    def obstacles(self, rows: Sequence[AccountPerson]) -> dict[int, list[str]]:
        found = super().obstacles(rows)
        return {obj.id: [*found[obj.id], *filter(None, [owners.obstacle(db.session, obj)])] for obj in rows}


def _roles_now(rows: Sequence[Account], action: Action) -> dict[int, str]:
    return roles_now.told(db.session, rows)


TELLERS[Account, "roles_now"] = _roles_now


@starts_with(order=0)
def sign_in_was_reset(actor: Actor) -> Block | None:
    """Somebody else has set the own password or reset the second factor: there is still something to be done."""
    found = resets(actor.account_id) if actor.account_id is not None else []
    rows = tuple(Row(told, url_for("ProfileView.index"), what_to_do) for told, what_to_do in found)
    return Block("Вход в вашу учётную запись", rows) if rows else None


@starts_with(order=8)
def to_hand_over(actor: Actor) -> Tile | None:
    """Accounts that were made and not given to their owners yet."""
    if not actor.may(Action.EDIT, Resource.ACCOUNTS):
        return None
    asked = {"handed_over_on_is": "empty", "active": "1"}
    return counted_tile(AccountView, "Учётные записи не выданы", asked, "key", "orange", "отметьте день выдачи")
