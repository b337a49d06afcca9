"""A file that somebody has sent, between its check and its run: sealed, its owner's alone, gone after a day.

It lies in the folder of the results of jobs, whose sweeping takes what no job knows (job_files.py).
"""

import json
import re
import secrets
import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from app.security.guard import person_of
from app.services.engine import job_files, sealing

Content = dict[str, Any]
TOKEN = re.compile(r"[0-9a-f]{32}")
BEGUN = ".begun"


def keep(session: Session, content: Content) -> str:
    """Keep it for the actor; the token that it is found by."""
    token = secrets.token_hex(16)
    write(token, content | {"account": person_of(session).account_id})
    return token


def write(token: str, content: Content) -> None:
    """Keep it anew under its token: whole or as it was before. Raises OSError when the disk is full."""
    text = json.dumps(content, ensure_ascii=False).encode()
    with job_files.writing(_name(token)) as file:
        file.write(sealing.box("uploaded file").encrypt(zlib.compress(text)))


def own(session: Session, token: str) -> Content | None:
    """The actor's own; another's, one that is gone, or no token at all is none."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        sealed = job_files.path_of(_name(token)).read_bytes()
        content = json.loads(zlib.decompress(sealing.box("uploaded file").decrypt(sealed)))
    except (FileNotFoundError, InvalidToken):
        return None
    return content if content["account"] == person_of(session).account_id else None


def begin(token: str) -> bool:
    """Whether this caller is the first to begin the run; a second press of the button is not."""
    try:
        job_files.path_of(_name(token) + BEGUN).open("xb").close()
    except FileExistsError:
        return False
    return True


def again(token: str) -> None:
    """The run did not begin after all."""
    job_files.discard(_name(token) + BEGUN)


def discard(token: str) -> None:
    job_files.discard(_name(token))
    job_files.discard(_name(token) + BEGUN)


def _name(token: str) -> str:
    return f"upload-{token}"
