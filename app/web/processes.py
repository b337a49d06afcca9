"""Processes that share one work: a parent starts them, starts anew one that died, and stops them all with itself."""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from threading import Thread

log = logging.getLogger(__name__)

SHORT_LIFE, PAUSE = 5, 1
"""Seconds: one that lived so short is started again after a pause, or a fault at the start would eat the machine."""
PATIENCE = 20
"""Seconds that a process has for what it is doing when it is told to stop."""


class Processes:
    """`work` runs in each of `count` processes until SIGTERM. The parent holds nothing open that they would share."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self.count, self.work = count, work
        self.begun: dict[int, float] = {}
        # Nothing is ever written: that the parent is gone, however it went, is the end of the pipe.
        self.end, self.held = os.pipe()

    def run(self) -> None:
        """Until SIGINT or SIGTERM."""
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        gc.freeze()  # what is loaded now is nobody's garbage: its memory stays shared
        try:
            for _ in range(self.count):
                self._start()
            while True:
                self._replace(os.waitpid(-1, 0)[0])
        except SystemExit:
            self._stop()

    def _start(self) -> None:
        number = os.fork()
        if number == 0:
            self._be_one()
        self.begun[number] = time.monotonic()

    def _be_one(self) -> None:
        """In the new process; it never returns into the parent's code."""
        status = 1
        try:
            signal.signal(signal.SIGTERM, _leave)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of them; the parent passes it on
            os.close(self.held)
            Thread(target=self._follow, daemon=True).start()
            self.work()
            status = 0
        except SystemExit:
            status = 0
        except Exception:
            log.exception("The process failed")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _follow(self) -> None:
        """Stop with the parent, though it was killed."""
        os.read(self.end, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _replace(self, number: int) -> None:
        log.warning("Процесс %s закончился сам; запускается новый.", number)
        if time.monotonic() - self.begun.pop(number, 0) < SHORT_LIFE:
            time.sleep(PAUSE)
        self._start()

    def _stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while self.begun and time.monotonic() < deadline:
            self.begun = {number: begun for number, begun in self.begun.items() if not _is_over(number)}
            time.sleep(0.02)
        self._tell(signal.SIGKILL)

    def _tell(self, told: signal.Signals) -> None:
        for number in self.begun:
            os.kill(number, told)  # not waited for yet, so the number is nobody else's


def _leave(*signalled: object) -> None:
    sys.exit(0)


def _is_over(number: int) -> bool:
    return os.waitpid(number, os.WNOHANG)[0] == number
