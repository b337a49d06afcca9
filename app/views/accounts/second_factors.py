"""Which roles sign in with a second factor: set by the region."""

from typing import Any

from app.models.accounts.second_factor_roles import SecondFactorRole, second_factor_roles
from app.panel.editing import fields, validators
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource


class SecondFactorRoleView(RecordView, model=SecondFactorRole):
    resource = Resource.SIGN_IN
    route = "second_factor_roles"
    menu = Menu("Школа и доступ", order=50, icon="shield-lock", hint="Какие роли входят с кодом с телефона")
    guide, clause = "regional#второй-фактор", "1.5"
    list_columns = ["caption", "valid_from"]
    order_by = {"caption": ("role",)}
    default_order = ("role",)
    form_fieldsets = [("Второй фактор", ["role", "valid_from"])]
    show_fieldsets = [("Второй фактор", {"fields": ["caption", "valid_from"]})]
    add_label = "Роль"

    def form_extra(self) -> dict[str, Any]:
        choices = list(second_factor_roles().items())
        return {"role": fields.SelectField("Роль", [validators.Required()], choices=choices, blank=True)}
