"""`/corrections/`: what was asked to be set right, and the buttons of who decides of it."""

from app.models.monitoring.corrections import Correction
from app.panel.menu import Menu
from app.panel.view import Button, RecordView
from app.regulation.rights import Resource
from app.services.monitoring import corrections, setting_right  # noqa: F401 - register what deciding does


class CorrectionView(RecordView, model=Correction):
    resource = Resource.CORRECTIONS
    route = "corrections"
    menu = Menu("Работа", order=15, icon="checks", hint="Что просят исправить и что решено")
    guide, clause = "deputy#исправления", "4.1"
    only_moved = True
    list_columns = ["entered_on", "kind", "about", "entered_by", "state", "decided_on", "school"]
    default_order, default_descending = ("id",), True
    filter_columns = ["state", "kind", "entered_on", "decided_on", "school"]
    search_hint = "О ком или причина"
    empty_hint = "Исправление просят в объяснении «Почему» на карточке приказа или в сроках."
    show_fieldsets = [
        ("Запрос", {"fields": ["kind", "about", "reason", "school"]}),
        ("Решение", {"fields": ["state", "refusal", "decided_on", "decided_by"]}),
    ]
    transitions = (
        Button(
            "confirm",
            "Подтвердить",
            "Подтверждение",
            "Исправление подтверждено.",
            icon="check",
            hint="С сегодняшнего дня показатели считаются с ним; прошедшие дни останутся, какими были известны.",
            bulk=True,
        ),
        Button(
            "refuse",
            "Отказать",
            "Отказ",
            "В исправлении отказано: запросивший увидит причину на своей главной странице.",
            icon="x",
            danger=True,
            bulk=True,
        ),
    )
