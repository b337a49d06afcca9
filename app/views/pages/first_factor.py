"""The page where a second factor is begun: a secret for the phone, as a picture and to be typed, and its first code."""

import segno
from flask import render_template, request, session
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import HiddenField, PasswordField, StringField

from app.models.accounts import Account
from app.panel.editing.validators import Required
from app.security.manager import OWES_SECOND_FACTOR
from app.services.accounts import second_factor
from app.web import resumed_form


class EnrolForm(FlaskForm):
    offer = HiddenField()
    code = StringField(
        "Код из приложения",
        [Required("Введите код, который показывает приложение.")],
        description="Шесть цифр; каждые полминуты они другие.",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    password = PasswordField("Пароль", [Required("Введите пароль.")], render_kw={"autocomplete": "current-password"})


def page(form: EnrolForm, account: Account) -> str:
    """The secret stays the same until its first code is right, for as long as the page is fresh."""
    secret = second_factor.taken_up(account, form.offer.data or "") or second_factor.new_secret()
    form.offer.data = second_factor.offered(account, secret)
    return render_template(
        "pages/first_factor.html",
        form=form,
        qr=_picture(second_factor.address_of(account, secret)),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        is_owed=session.get(OWES_SECOND_FACTOR),
        kept=request.form.get(resumed_form.FIELD, ""),
        next=request.args.get("next", ""),
    )


def _picture(text: str) -> Markup:
    """In the page itself: an address of a picture would leave the secret in logs and caches."""
    code = segno.make(text, error="l", micro=False)
    drawn = code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - what segno draws of a text: squares alone
