"""Keys made from the panel's own: what opens one kind of thing opens no other and signs no session."""

import base64
import hmac

from cryptography.fernet import Fernet
from flask import current_app


def box(purpose: str) -> Fernet:
    """The lock of everything that is sealed for this purpose."""
    key = hmac.digest(str(current_app.secret_key).encode(), f"panel: {purpose}".encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
