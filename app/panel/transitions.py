"""Buttons of a record's transitions, shown where they are possible, and their pages. A part of the one base view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wtforms
from flask import flash, redirect, request
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.models.states import Transition, in_words, state_of, states_of
from app.panel import way_back
from app.panel.declaration import Button, Declaration
from app.panel.editing import doubts, forms, validators
from app.panel.registry import WrongDeclaration
from app.security.actor import Actor
from app.services.engine import states
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.engine.warnings import Unconfirmed
from app.web import resumed_form

CHANGED = "Пока страница была открыта, запись изменил другой человек. Проверьте её и нажмите ещё раз."


class TransitionPages(Declaration):
    """A page for each button, at `/<route>/<transition>/<number>`."""

    def tools(self, actor: Actor, obj: Any) -> list[dict[str, Any]]:
        """The buttons of a card: of the transitions that the record can go now and the person may."""
        found = []
        for button in self.transitions:
            way = self.way(button)
            if not states.hindered(obj, way) and self.may(actor, obj, way.action):
                url = self.url(button.name, pk=obj.id)
                found.append({"title": button.label, "url": url, "icon": button.icon, "primary": False})
        return found

    def state_badge(self, obj: Any) -> list[dict[str, str]]:
        """The state on the card, where it has a colour: what is usual is not told."""
        if states_of(self.model) is None or not state_of(obj).color:
            return []
        return [{"text": in_words(obj), "color": state_of(obj).color}]

    def way(self, button: Button) -> Transition:
        return self.model.__states__.transition(button.name)

    def reason_field(self, way: Transition) -> wtforms.Field | None:
        return forms.column_field(self.model, way.reason, [validators.Required()]) if way.reason else None

    def transit(self, button: Button, pk: str) -> Any:
        """Ask for the reason and go; what cannot be any more is said on a page of its own (409)."""
        way = self.way(button)
        obj = self.get(pk, way.action)
        _require(obj, way)
        form = self._reason_form(way)
        if request.method == "GET":
            form.version.data = str(obj.version)
        elif not resumed_form.asked() and form.validate():
            return self._go(button, obj, form)
        return self._render_transition(button, obj, form), 422 if form.errors else 200

    def _reason_form(self, way: Transition) -> forms.Form:
        reason = {way.reason: self.reason_field(way)} if way.reason else {}
        return type("TransitionForm", (forms.Form,), reason)()

    def _go(self, button: Button, obj: Any, form: forms.Form) -> Any:
        way, seen = self.way(button), form.version.data or ""
        reason = form[way.reason].data if way.reason else ""
        try:
            if seen != str(obj.version):
                raise Changed
            states.move(db.session, obj, button.name, reason, doubts.answered())
        except Changed:
            return self._transition_again(button, form, [CHANGED]), 409
        except Unconfirmed as error:
            doubts.attach(form, error.warnings)
        except Refused as error:
            forms.attach(form, error.errors)
        else:
            flash(button.done, "success")
            return redirect(way_back.to_card(self, obj))
        return self._transition_again(button, form), 422

    def _transition_again(self, button: Button, form: forms.Form, told: list[str] | None = None) -> Any:
        """The page once more, for the record as it is now."""
        obj = self.get((request.view_args or {})["pk"], self.way(button).action)
        _require(obj, self.way(button))
        form.version.data = str(obj.version)
        form.form_errors = [*form.form_errors, *(told or ())]
        return self._render_transition(button, obj, form)

    def _render_transition(self, button: Button, obj: Any, form: forms.Form) -> str:
        way = self.way(button)
        names = [way.reason] if way.reason else []
        foretold = self.foretold([obj], button.name).get(obj.id, ())
        return self.render(
            self.form_template,
            title=f"{button.title}: {obj}",
            form=form,
            sections=[{"title": "Причина" if names else button.label, "hint": button.hint, "fields": names}],
            back_url=way_back.to_card(self, obj),
            submit_label=button.label,
            conflict=None,
            foretold=foretold,
        )


def _require(obj: Any, way: Transition) -> None:
    if told := states.hindered(obj, way):
        raise Conflict(told)


def page_of(button: Button) -> Callable[..., Any]:
    """The page of one button, as a method of its view."""

    def page(self: TransitionPages, pk: str) -> Any:
        return self.transit(button, pk)

    page.__name__ = button.name
    page.__doc__ = f"«{button.label}»."
    return expose(f"/{button.name}/<pk>", methods=["GET", "POST"])(has_access(page))


def add_pages(view: Any) -> None:
    """Give a view the page of each of its buttons, open to whoever has the transition's right."""
    declared = states_of(view.model)
    names = {way.name for way in declared.transitions} if declared is not None else set()
    for button in view.transitions:
        if button.name not in names or hasattr(view, button.name):
            raise WrongDeclaration(
                f"SGO052: {view.__name__}.transitions: «{button.name}» – такого перехода у модели нет,"
                " или так уже называется другая страница вида."
            )
        setattr(view, button.name, page_of(button))
        rights = {button.name: view.model.__states__.transition(button.name).action}
        view.method_permission_name = view.method_permission_name | rights
        view.resumable = view.resumable | {button.name}
