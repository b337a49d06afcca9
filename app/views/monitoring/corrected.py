"""How many corrections touch the numbers of a page of terms, each number opening them."""

from typing import Any

from flask import request, url_for

from app.extensions import db
from app.regulation.rights import Action, Resource
from app.security.guard import person_of
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists
from app.services.monitoring.compliance import Question
from app.views.monitoring.compliance_tables import kept

UNCONFIRMED = "снято, ждёт подтверждения"
"""What nothing was entered for and an act has set aside."""


def numbers(question: Question) -> list[dict[str, Any]]:
    """Corrections for whoever may see them; what was set aside for everybody who sees the terms."""
    rule = {"rule": request.args["rule"]} if request.args.get("rule") else {}
    asked = kept() | rule | {"org": question.organisation.code}
    return [*_corrections(question, asked), *_unconfirmed(question, asked)]


def of_unconfirmed() -> bool:
    """Whether the page lists what that number counts."""
    return request.args.get("unconfirmed") == "1"


def _unconfirmed(question: Question, asked: dict[str, str]) -> list[dict[str, Any]]:
    number = monitoring.unconfirmed_number(db.session, question)
    url = url_for("ComplianceView.records", unconfirmed="1", **asked) if number else None
    return [{"title": UNCONFIRMED, "count": number, "url": url}]


def _corrections(question: Question, asked: dict[str, str]) -> list[dict[str, Any]]:
    if not person_of(db.session).may(Action.VIEW, Resource.CORRECTIONS):
        return []
    return [
        {
            "title": counted.title_ru,
            "count": number,
            "url": url_for("CorrectionView.list", counted=counted.value, **asked) if number else None,
        }
        for counted, number in correction_lists.numbers(db.session, question).items()
    ]
