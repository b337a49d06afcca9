"""People of the municipalities' authorities and of the region's (3.3.9.1, 4.1)."""

from __future__ import annotations

from app.models.accounts import AccountPerson
from app.models.accounts.officials import Official
from app.panel.menu import Menu
from app.panel.view import Related
from app.regulation.rights import Resource
from app.services.accounts import officials  # noqa: F401 - what cards are asked about
from app.views.accounts import slips
from app.views.people import PersonView


class OfficialView(PersonView, model=Official):
    resource = Resource.OFFICIALS
    route = "officials"
    leads = (slips.lead("officials"),)
    section = "Территория"
    paper_title = "Карточка сотрудника органа управления"
    menu = Menu(
        "Территория", order=30, icon="id-badge-2", title="Сотрудники органов", hint="Кто работает в МОУО и в регионе"
    )
    guide, clause = "regional#сотрудники-органов-управления", "3.3.9.1"
    list_columns = ["full_name", "authority", "position", "phone", "hired_on", "dismissed_on"]
    more_columns = ["email", "account"]
    order_by = {"full_name": ("search_text",), "authority": ("municipality_id",)}
    filter_columns = ["municipality", "position", "hired_on", "dismissed_on", "account"]
    search_hint = "Фамилия, имя, должность, телефон"
    add_label = "Сотрудник"
    form_fieldsets = [
        ("Личные данные", ["last_name", "first_name", "middle_name", "snils"]),
        ("Работа", ["municipality", "position", "hired_on", "dismissed_on"]),
        ("Связь", ["phone", "email"]),
    ]
    fixed_columns = ("municipality",)
    related = [
        Related(
            AccountPerson,
            "official_id",
            ("account", "account.username", "account.state"),
            "Учётная запись",
            link="account",
        )
    ]
