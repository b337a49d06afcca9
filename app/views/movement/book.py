"""The movement book: every line of every order (3.3.4.3)."""

from __future__ import annotations

import re

from app.models.movement import MovementLine
from app.panel.listing.terms import Through
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource

WITH_DIGIT = re.compile(".*[0-9].*")
"""What the number of an order has."""


class MovementBookView(RecordView, model=MovementLine):
    resource = Resource.MOVEMENT_BOOK
    route = "movement_book"
    menu = Menu("Движение", order=20, icon="book")
    readonly = True
    guide, clause = "secretary#книга-движения", "3.3.4.3"
    title_many = "Книга движения"
    list_columns = [
        "event_date",
        "pupil",
        "kind",
        "from_class",
        "to_class",
        "order",
        "entered_on",
        "counterpart",
        "freed",
        "school",
    ]
    search_hint = "Фамилия и имя обучающегося, номер приказа"
    search_through = (Through("pupil"), Through("order", shape=WITH_DIGIT))
    default_order = ("event_date",)
    default_descending = True
    filter_columns = [
        "kind",
        "event_date",
        "entered_on",
        "pupil",
        "from_class",
        "to_class",
        "order.order_date",
        "order.annulled_on",
        "school",
    ]
    show_fieldsets = [
        (
            "Запись книги движения",
            {
                "fields": [
                    "pupil",
                    "kind",
                    "event_date",
                    "from_class",
                    "to_class",
                    "order",
                    "counterpart",
                    "reason",
                    "entered_on",
                    "entered_by",
                    "freed",
                    "school",
                ]
            },
        )
    ]
