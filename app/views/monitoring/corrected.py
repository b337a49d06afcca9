"""How many corrections touch the numbers of a page of terms, each number opening them."""

from typing import Any

from flask import request, url_for

from app.extensions import db
from app.regulation.rights import Action, Resource
from app.security.guard import person_of
from app.services.monitoring import correction_lists
from app.services.monitoring.compliance import Question

KEPT = ("on", "since", "rule")


def numbers(question: Question) -> list[dict[str, Any]]:
    """For whoever may see corrections."""
    if not person_of(db.session).may(Action.VIEW, Resource.CORRECTIONS):
        return []
    asked = {name: request.args[name] for name in KEPT if request.args.get(name)}
    asked["org"] = question.organisation.code
    return [
        {
            "title": counted.title_ru,
            "count": number,
            "url": url_for("CorrectionView.list", counted=counted.value, **asked) if number else None,
        }
        for counted, number in correction_lists.numbers(db.session, question).items()
    ]
