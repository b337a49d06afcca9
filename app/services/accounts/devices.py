"""Devices known to an account (УПД.6): a stranger who keeps it locked does not keep its owner out of them.

A device is known by a signed token in its cookie, given after a good sign-in. It names the account and its session key,
so that changing the password or closing the account makes every device a stranger again.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.services.accounts import refusals

KNOWN_FOR = timedelta(days=180)
MOST = 5
"""Wrong passwords within refusals.OF_DEVICE; then a device is a stranger: a computer in the staff room is shared."""


def token_of(account: Account) -> str:
    return _signer().dumps([account.id, _key_of(account), secrets.token_hex(8)])


def name_of(account: Account | None, token: str | None) -> str | None:
    """By what failures of this device are counted, or None: the token is none, forged, old or another account's."""
    try:
        account_id, key, name = _signer().loads(token or "", max_age=int(KNOWN_FOR.total_seconds()))
    except (BadData, TypeError, ValueError):
        return None
    is_its_own = account is not None and account_id == account.id and hmac.compare_digest(key, _key_of(account))
    return str(name) if is_its_own else None


def is_trusted(session: Session, name: str | None) -> bool:
    return name is not None and not refusals.are_many_of_device(session, name, MOST)


def _key_of(account: Account) -> str:
    return hashlib.sha256(account.session_key.encode()).hexdigest()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="device known to an account")
