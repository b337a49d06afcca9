"""Warnings on a form: told on top and at their fields, each with a tick; the ticks of a form that is sent."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask import request

from app.panel.editing import forms
from app.services.engine.warnings import Confirmed, Doubt

TICK = "confirm"
"""The name of every tick; its value is the keys of what it answers, with spaces between."""


def answered() -> Confirmed:
    """What was ticked in the form of this request. A forged key answers no warning."""
    return Confirmed(frozenset(key for value in request.form.getlist(TICK) for key in value.split()))


def attach(form: wtforms.Form, warnings: Sequence[Doubt]) -> None:
    """Put warnings on a form that comes back: its template shows them and asks for a tick each."""
    ticked = answered().keys
    form.doubts = [_told(form, number, warning, ticked) for number, warning in enumerate(warnings, 1)]


def _told(form: wtforms.Form, number: int, warning: Doubt, ticked: frozenset[str]) -> dict[str, Any]:
    field = forms.field_at(form, warning.field)
    told = {"id": f"confirm-{number}", "key": warning.key, "words": warning.words, "ticked": warning.key in ticked}
    if field is not None:
        field.doubts = [*getattr(field, "doubts", []), told]
    return told | {"field": field}
