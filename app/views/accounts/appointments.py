"""Appointments to roles by the director's order (3.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.extensions import db
from app.models.accounts.appointments import Appointment
from app.panel.editing import fields, forms, validators
from app.panel.menu import Menu
from app.panel.start import Tile, counted_tile, starts_with
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.services.accounts import accounts, appointments

ROLES = [(code, role.title) for code, role in load_regulation().roles.items() if code not in accounts.FAMILY]
"""The roles that an order gives."""
SOON = timedelta(days=30)
"""Roles that end within it are told to whoever appoints."""


class AppointmentView(RecordView, model=Appointment):
    resource = Resource.APPOINTMENTS
    route = "appointments"
    menu = Menu(
        "Школа и доступ", order=30, icon="user-check", hint="Приказы, дающие роли", reader_hint="Кто на какой роли"
    )
    guide, clause = "director#назначить", "3.3.1"
    list_columns = ["account", "role_name", "order_number", "order_date", "valid_from", "valid_to", "school"]
    order_by = {"role_name": ("role",)}
    default_order = ("valid_from",)
    default_descending = True
    filter_columns = ["account", "role", "school", "valid_from", "valid_to"]
    filter_choices = {"role": ROLES}
    add_label = "Назначение"
    form_fieldsets = [
        ("Кого и на какую роль", ["account", "role", "school", "municipality"]),
        ("Приказ", ["order_number", "order_date", "valid_from", "valid_to"]),
    ]
    show_fieldsets = [
        ("Кого и на какую роль", {"fields": ["account", "role_name", "school", "municipality"]}),
        ("Приказ", {"fields": ["order_number", "order_date", "valid_from", "valid_to"]}),
    ]
    fixed_columns = ("account", "role", "municipality")

    def form_extra(self) -> dict[str, Any]:
        return {"role": fields.SelectField("Роль", [validators.Required()], choices=ROLES, blank=True)}

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """A director appoints within the school: municipality and region are not theirs to give."""
        if obj is None and "school" not in form:
            del form.municipality
            form.role.choices = {
                code: title for code, title in form.role.choices.items() if code not in appointments.ABOVE_SCHOOL
            }

    def write(self, form: forms.Form, obj: Appointment | None) -> Appointment:
        data = {name: form[name].data for name in self.form_columns if name in form}
        return appointments.appoint(db.session, obj or Appointment(), data)

    def erase(self, obj: Appointment) -> Any:
        return appointments.withdraw(db.session, obj)

    def obstacles(self, rows: Sequence[Appointment]) -> dict[int, list[str]]:
        found = super().obstacles(rows)
        return {obj.id: [*found[obj.id], *filter(None, [appointments.obstacle(db.session, obj)])] for obj in rows}


@starts_with(order=9)
def ending_roles(actor: Actor) -> Tile | None:
    """Roles whose last day comes within a month."""
    if not actor.may(Action.EDIT, Resource.APPOINTMENTS):
        return None
    asked = {"valid_to_from": actor.today.isoformat(), "valid_to_to": (actor.today + SOON).isoformat()}
    return counted_tile(AppointmentView, "Роли кончаются", asked, "calendar-due", "orange", "в ближайшие 30 дней")
