"""Keys made from the panel's own: what opens one kind of thing opens no other and signs no session."""

import base64
import hmac

from cryptography.fernet import Fernet
from flask import current_app


def box(purpose: str) -> Fernet:
    """The lock of everything that is sealed for this purpose."""
    return Fernet(base64.urlsafe_b64encode(_key(purpose)))


def mac(purpose: str, text: str) -> str:
    """By what a text of this purpose is known again, without being kept."""
    return hmac.new(_key(purpose), text.encode(), "sha256").hexdigest()


def _key(purpose: str) -> bytes:
    return hmac.digest(str(current_app.secret_key).encode(), f"panel: {purpose}".encode(), "sha256")
