"""Several processes serve as one: what dies is started anew, all stop together, whoever is stopped and however."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import settings
from app.web import serving

WORK = """
import os, sys, time
from pathlib import Path
from app.web.processes import Processes
def work():
    Path(sys.argv[1], str(os.getpid())).touch()
    while True:
        time.sleep(60)
Processes(2, work).run()
"""


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lives(number: int) -> bool:
    """A number that was waited for is nobody's; one that nobody waits for is a zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def parent(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", WORK, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: len(begun(tmp_path)) == 2)
        yield process
        process.kill()


def begun(folder: Path) -> set[int]:
    return {int(each.name) for each in folder.iterdir()}


def test_one_that_died_is_started_anew(parent: Any, tmp_path: Path) -> None:
    first = begun(tmp_path)
    dead = next(iter(first))
    os.kill(dead, signal.SIGKILL)
    until(lambda: len(begun(tmp_path)) == 3)
    assert {number for number in begun(tmp_path) if lives(number)} == begun(tmp_path) - {dead}


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_all_stop_with_the_parent(parent: Any, tmp_path: Path, sent: signal.Signals, status: int) -> None:
    parent.send_signal(sent)
    assert parent.wait(20) == status
    until(lambda: not any(lives(number) for number in begun(tmp_path)))


def test_one_process_for_each_core(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SGO_PROCESSES", "")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1})
    assert serving.processes(app) == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(64)))
    assert serving.processes(app) == serving.MOST_PROCESSES
    monkeypatch.setitem(app.config, "SGO_PROCESSES", "6")
    assert serving.processes(app) == 6


@pytest.mark.parametrize("given", ["0", "33", "два", "-1", "1.5", "²"])
def test_a_wrong_number_of_processes(given: str) -> None:
    assert "не число от 1 до 32" in (settings.processes_are_few({"SGO_PROCESSES": given}) or "")


@pytest.mark.parametrize("address", ["192.0.2.1:8080", "127.0.0.1:99999", "127.0.0.1", ":::"])
def test_an_address_that_cannot_be_had_is_one_line(capsys: pytest.CaptureFixture[str], address: str) -> None:
    host, _, port = address.rpartition(":")
    with pytest.raises(SystemExit) as ended:
        serving.listen(host, port, address)
    told = capsys.readouterr().err
    assert (ended.value.code, told.count("\n"), address in told) == (2, 1, True)


def test_an_address_that_is_taken_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit):
            serving.listen("127.0.0.1", port, f"127.0.0.1:{port}")
    assert "уже занят" in capsys.readouterr().err
