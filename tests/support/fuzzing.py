"""Requests that no browser sends: every route as one account, its arguments, headers and body drawn at random.

Half of what a form is sent is what its page was opened with, so that rubbish gets past the first check. What must hold
of each answer: no 5xx, nothing of how the panel is made, no word of a row that the account may not see.
"""

import io
import logging
import random
import re
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.routing import Rule

from tests.support.rubbish import BODIES, BROKEN_QUERIES, FILES, HEADERS, NAMES, TEXTS

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
INPUT = re.compile(r"<(?:input|textarea|select|button)\b[^>]*?>")
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
INSIDE = (
    "Traceback (most recent call last)",
    "sqlalchemy.exc",
    "psycopg.",
    "sqlite3.",
    "jinja2.exceptions",
    "site-packages",
)
OFTENER = 12
UNTOUCHED = {"AuthView.logout", "ProfileView.end_sessions"}
"""These end the session that asks: tried by a wrong method alone, else a stranger would go on."""


@dataclass
class Report:
    """What was asked and what came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.statuses += other.statuses
        self.routes |= other.routes
        self.faults += other.faults

    def told(self) -> str:
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        head = f"{self.statuses.total()} requests, {len(self.routes)} routes; {statuses}; faults: {len(self.faults)}"
        return "\n".join([head, *self.faults])


class Errors(logging.Handler):
    """The last place that an error told of came from: a 500 answer itself says nothing of it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.place = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.place = place_of(record.exc_info[1])


def place_of(error: BaseException) -> str:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "/app/" in frame.filename]
    lines = " < ".join(f"{frame.filename.rpartition('/app/')[2]}:{frame.lineno}" for frame in own[:-6:-1])
    return f"{type(error).__name__}: {str(error)[:150]} at {lines}"


class Fuzzer:
    """One account with a seed. `rows` are numbers of rows, own and foreign, `words` what its pages may not show.

    What `may` says the account may open is asked for oftener: elsewhere it is told 403 before anything else is read.
    """

    def __init__(
        self,
        app: Flask,
        client: FlaskClient,
        seed: str,
        rows: Sequence[int],
        words: Sequence[str],
        may: Callable[[str], bool],
    ) -> None:
        self.app, self.client, self.rows, self.words = app, client, rows, words
        self.random = random.Random(seed)
        self.report, self.errors = Report(), Errors()
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
        self.weights = [OFTENER if may(rule.endpoint) else 1 for rule in self.rules]

    def run(self, requests: int) -> Report:
        logger = logging.getLogger()
        logger.addHandler(self.errors)
        self.app.logger.addHandler(self.errors)
        try:
            while self.report.statuses.total() < requests:
                self._one(self.random.choices(self.rules, self.weights)[0])
        finally:
            logger.removeHandler(self.errors)
            self.app.logger.removeHandler(self.errors)
        return self.report

    def _one(self, rule: Rule) -> None:
        self.report.routes.add(rule.endpoint)
        path, methods = self._path(rule), sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})
        if "POST" in methods and rule.endpoint not in UNTOUCHED and self.random.random() < 0.6:
            page = self._send("GET", path) if "GET" in methods and self.random.random() < 0.6 else ""
            self._send("POST", path, **self._body(fields_of(page)))
            return
        method = "GET" if "GET" in methods and self.random.random() < 0.85 else self.random.choice(METHODS)
        if rule.endpoint in UNTOUCHED:
            method = "PUT"
        self._send(method, f"{path}?{self._query()}", headers=self._headers())

    def _path(self, rule: Rule) -> str:
        return re.sub(
            r"<(?:\w+(?:\([^)]*\))?:)?\w+>", lambda found: quote(self._argument(found[0]), safe=""), rule.rule
        )

    def _argument(self, declared: str) -> str:
        if declared.startswith("<int") or self.random.random() < 0.4:
            return str(self.random.choice((*self.rows, *self.rows, 0, 1, 2**31, 2**63, 10**30)))
        return self.random.choice([text for text in TEXTS if text and len(text) < 1000])

    def _value(self) -> str:
        return str(self.random.choice(self.rows)) if self.random.random() < 0.25 else self.random.choice(TEXTS)

    def _query(self) -> str:
        if self.random.random() < 0.15:
            return self.random.choice(BROKEN_QUERIES)
        chosen = [(self.random.choice(NAMES), self._value()) for _ in range(self.random.randrange(4))]
        return urlencode([(name, value[:5000]) for name, value in chosen])

    def _headers(self) -> list[tuple[str, str]]:
        found = {}
        for _ in range(self.random.randrange(4)):
            name, values = self.random.choice(HEADERS)
            found[name] = self.random.choice(values)
        return [*found.items()]

    def _body(self, fields: list[tuple[str, str]]) -> dict[str, Any]:
        if self.random.random() < 0.12:
            kind, body = self.random.choice(BODIES)
            return {
                "data": body,
                "content_type": kind,
                "headers": [each for each in self._headers() if each[0] != "Content-Length"],
            }
        sent: dict[str, Any] = {}
        for name, value in fields:
            sent.setdefault(name, []).append(value)
        for _ in range(self.random.randrange(1, 4)):
            name = self.random.choice([*sent, *sent, *sent, *NAMES])
            sent[name] = [self._value() for _ in range(self.random.choice((1, 1, 1, 0, 2, 3)))]
        if self.random.random() < 0.15:
            name, content = self.random.choice(FILES)
            sent[self.random.choice(["file", *sent])] = (io.BytesIO(content), name)
        headers = [each for each in self._headers() if each[0] != "Content-Length"]
        return {"data": sent, "headers": headers}

    def _send(self, method: str, path: str, **more: Any) -> str:
        self.errors.place = ""
        try:
            answer = self.client.open(path, method=method, **more)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
            self.report.statuses[599] += 1
            self._fault(method, path, more, f"raised {place_of(error)}")
            return ""
        self.report.statuses[answer.status_code] += 1
        page = text_of(answer)
        if answer.status_code >= 500:
            self._fault(method, path, more, f"{answer.status_code} {self.errors.place}")
        told = page + "\n".join(f"{name}: {value}" for name, value in answer.headers)
        for word in (*self.words, *INSIDE):
            if word in told:
                self._fault(method, path, more, f"shows «{word}»")
        answer.close()
        return page if answer.mimetype == "text/html" else ""

    def _fault(self, method: str, path: str, more: dict[str, Any], what: str) -> None:
        data = more.get("data", "")
        if isinstance(data, dict):
            data = {name: str(value)[:80] for name, value in data.items()}
        self.report.faults.append(f"{what}\n    {method} {path[:200]} {data} {more.get('headers', '')}"[:1200])


def fields_of(page: str) -> list[tuple[str, str]]:
    """What a browser would send of the forms of a page, all together."""
    found = []
    for element in INPUT.findall(page):
        told = dict(ATTRIBUTE.findall(element))
        if "name" in told:
            found.append((unescape(told["name"]), unescape(told.get("value", ""))))
    return found


def text_of(answer: Any) -> str:
    """The words of an answer, of whatever kind it is."""
    body: bytes = answer.data
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode("utf-8", "replace")
