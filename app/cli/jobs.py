"""`flask jobs work`: the worker of long jobs."""

import signal
from threading import Event

import click
from flask import current_app

from app.cli.common import require_schema
from app.cli.failing import Commands
from app.services.engine import worker

jobs_cli = Commands("jobs", help="Долгие задания.")


@jobs_cli.command("work")
@click.option("--once", is_flag=True, help="Выполнить то, что ждёт, и закончить.")
def work(once: bool) -> None:
    """Выполнять задания, пока не остановят (Ctrl+C, SIGTERM). Незаконченное начнёт следующий запуск."""
    require_schema()
    stop = Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        worker.work(current_app._get_current_object(), stop, once=once)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
