"""Serving the panel: waitress, which spends no thread on a connection that is silent or slow (docs/adr/0016).

Its one loop reads requests and writes answers; a thread gets a request when all of it is here, and is free again when
the answer is handed over, however slowly it is read. Several processes listen at one socket: the one that is free takes
what comes. None keeps anything in its memory that another would need.
"""

import errno
import ipaddress
import logging
import os
import socket
import sys
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from waitress.server import create_server

from app.extensions import db
from app.services.engine import schema
from app.services.engine.schema import Schema
from app.web.processes import Processes

THREADS = 8
MOST_PROCESSES = 4
"""By default one for each core, but no more: each takes memory and connections to the database."""
SILENCE = 20
"""Seconds after which a connection that neither sends nor takes anything is dropped."""
CONNECTIONS = 600
"""Open at once in a process; below the usual limit of 1024 open files."""
LARGEST_ANSWER = 512 * 1024 * 1024
"""Bytes of an answer that wait for a slow reader (beyond 1 MB in a temporary file) before its thread has to."""

OPEN_WITHOUT_PROXY = (
    "Внимание: панель слушает %s, а прокси с TLS не объявлен (SGO_TLS). Пароли и персональные данные пойдут по сети"
    " открыто. Поставьте перед панелью nginx: docs/deploy/nginx.conf."
)


def serve(app: Flask, address: str) -> None:
    """Serve until SIGINT or SIGTERM. `address` is `host:port`."""
    host, _, port = address.rpartition(":")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Requests that wait for a thread are told by nobody else; a burst of them is no fault.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    warn(app, address)
    sockets = listen(host.strip("[]"), port, address)
    with app.app_context():
        db.engine.dispose()  # a connection is of one process
    app.logger.info("Панель: http://%s", address)
    Processes(processes(app), lambda: _work(app, sockets)).run()


def _work(app: Flask, sockets: list[socket.socket]) -> None:
    create_server(app, sockets=sockets, **settings(app)).run()
    with app.app_context():
        db.engine.dispose()  # SQLite's last one brings what stands beside the file into it


def listen(host: str, port: str, address: str) -> list[socket.socket]:
    """Sockets at all that the host's name means. One that cannot be had is told in one line."""
    try:
        if not 0 < int(port) < 1 << 16:
            raise ValueError(port)
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [socket.create_server(sockaddr[:2], family=family) for family, *_, sockaddr in found]
    except (OSError, ValueError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "он уже занят" if taken else "его нет у этого компьютера, или он непонятен"
        sys.stderr.write(
            f"Ошибка: {address}: слушать этот адрес нельзя: {reason}. Ожидается, например, 127.0.0.1:8080.\n"
        )
        raise SystemExit(2)


def processes(app: Flask) -> int:
    wanted = app.config["SGO_PROCESSES"]
    return int(wanted) if wanted else min(len(os.sched_getaffinity(0)), MOST_PROCESSES)


def require_schema(app: Flask) -> None:
    """A database of another version is told in one line, and nothing is served. One that is away may come back."""
    with app.app_context():
        try:
            state = schema.state_of(schema.version_of(db.engine), app.extensions["migrate"].directory)
        except SQLAlchemyError:
            app.logger.warning("База данных пока не отвечает.")
            return
    if state is not Schema.HEAD:
        sys.stderr.write(f"Ошибка: {state.value}\n")
        raise SystemExit(2)


def settings(app: Flask) -> dict[str, Any]:
    return {
        "threads": THREADS,
        "channel_timeout": SILENCE,
        "cleanup_interval": 5,
        "connection_limit": CONNECTIONS,
        "backlog": 512,
        "asyncore_use_poll": True,
        "max_request_body_size": 2 * app.config["MAX_CONTENT_LENGTH"],
        "max_request_header_size": 32 * 1024,
        "outbuf_high_watermark": LARGEST_ANSWER,
        # Behind a declared proxy its headers are read by ProxyFix; from anybody else they are worth nothing.
        "clear_untrusted_proxy_headers": not app.config["SGO_TLS"],
        "ident": None,
    }


def warn(app: Flask, address: str) -> None:
    """Say that passwords would cross the network in the open."""
    if not app.config["SGO_TLS"] and not is_loopback(address.rpartition(":")[0]):
        app.logger.warning(OPEN_WITHOUT_PROXY, address)


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
