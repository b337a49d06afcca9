"""The served panel under bad manners: silent connections, forms that never end, readers that do not read."""

import signal
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import date
from http.cookies import SimpleCookie
from typing import Any

import pytest

from app.models.people import Pupil
from app.web.serving import warn
from tests.support import forked
from tests.support.clients import signed_in

MANY, PATIENCE = 50, 10
LOGIN = "secretary.65001"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200
    except OSError:
        return False


def start(url: str, address: str) -> forked.Forked:
    settings = {"SECRET_KEY": "only for tests, and for nothing else", "SGO_PROCESSES": "2"}
    return forked.start("run.py", address, DATABASE_URL=url, **settings)


@pytest.fixture
def port(site: Any) -> Iterator[int]:
    site.touched = True
    number = free_port()
    process = start(site.database.url, f"127.0.0.1:{number}")
    deadline = time.monotonic() + 30
    while not answers(number):
        assert process.lives()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield number
    process.send(signal.SIGTERM)
    assert process.wait(20).status == 0
    process.close()


@pytest.fixture
def cookie(app: Any, world: Any) -> str:
    client = signed_in(app, world, LOGIN)
    return f"sgo_session={client.get_cookie('sgo_session').value}"


def opener_of(client: Any, port: int) -> Any:
    """The served panel as this client's browser: `ask(address, form)` gives the status and the page."""
    held = {"sgo_session": client.get_cookie("sgo_session").value}

    def ask(address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        sent = None if form is None else urllib.parse.urlencode(form).encode()
        cookie = "; ".join(f"{name}={value}" for name, value in held.items())
        wanted = urllib.request.Request(f"http://127.0.0.1:{port}{address}", sent, {"Cookie": cookie})
        try:
            answer = urllib.request.urlopen(wanted, timeout=60)  # noqa: S310 - our own server
        except urllib.error.HTTPError as error:
            answer = error
        for name, morsel in SimpleCookie(answer.headers.get("Set-Cookie", "")).items():
            held[name] = morsel.value
        return answer.status, answer.read().decode()

    return ask


def connect(stack: ExitStack, port: int, sent: bytes, buffer: int = 0) -> socket.socket:
    made = stack.enter_context(socket.socket())
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.connect(("127.0.0.1", port))
    made.sendall(sent)
    return made


def quick(port: int, cookie: str) -> None:
    """The health check and a page come at once."""
    for address in ("/healthz", "/pupils/list/"):
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers={"Cookie": cookie})
        started = time.monotonic()
        assert urllib.request.urlopen(asked, timeout=PATIENCE).status == 200  # noqa: S310 - our own server
        assert time.monotonic() - started < PATIENCE


def soon_quick(port: int, cookie: str) -> None:
    """As soon as the rows of all answers are read: an answer begins with the first of them, and a core reads on."""
    for _ in range(10):
        with suppress(OSError, AssertionError):
            quick(port, cookie)
            return
    quick(port, cookie)


def test_silent_and_unfinished_requests_stop_nobody(port: int, cookie: str) -> None:
    head = f"POST /pupils/add HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Length: 1000\r\n"
    with ExitStack() as stack:
        for sent in (b"", b"GET / HTTP/1.1\r\n", f"{head}\r\nlast_name=".encode()):
            for _ in range(MANY):
                connect(stack, port, sent)
            quick(port, cookie)


@pytest.mark.long
def test_slow_readers_of_an_export_stop_nobody(port: int, cookie: str, session: Any, world: Any) -> None:
    names = dict.fromkeys(("last_name", "first_name", "middle_name"), "Я" + "я" * 59)
    school, born = world.schools["65001"], date(2015, 1, 1)
    session.add_all(Pupil(school_id=school, birth_date=born, **names) for _ in range(1000))
    session.commit()
    asked = f"GET /pupils/export?format=csv HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()
    with ExitStack() as stack:
        # One after another: of fifty at once, who write into the trail, some are sent away.
        for _ in range(MANY):
            reader = connect(stack, port, asked, buffer=2048)
            reader.settimeout(60)
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
        soon_quick(port, cookie)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)  # no request, no database
@pytest.mark.long
def test_a_silent_connection_is_dropped_in_seconds(port: int) -> None:
    with ExitStack() as stack:
        silent = connect(stack, port, b"")
        silent.settimeout(40)
        assert silent.recv(1) == b""


@pytest.mark.parametrize(
    ("address", "tls", "warned"),
    [
        ("127.0.0.1:8080", False, False),
        ("localhost:8080", False, False),
        ("[::1]:8080", False, False),
        ("192.0.2.1:8080", False, True),
        ("panel:8080", False, True),
        ("192.0.2.1:8080", True, False),
    ],
)
def test_listening_to_the_network_without_a_proxy_is_warned_of(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str, tls: bool, warned: bool
) -> None:
    monkeypatch.setitem(app.config, "SGO_TLS", tls)
    warn(app, address)
    assert ("прокси с TLS не объявлен" in caplog.text) is warned
