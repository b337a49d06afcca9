"""Processes of the panel that begin with its modules imported: `run("-m", "flask", "routes")`.

Importing takes a second and a half, more than most of them work. They are forked from a process that has imported and
done nothing else, and then do what python would do with these words, with an environment, output, signals and an exit
status of their own. That the commands begin from nothing too is told where `subprocess` starts them.
"""

import importlib
import multiprocessing
import os
import runpy
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", "app.assembly", "app.cli.demo", "tests.support.forked"])


@dataclass(frozen=True)
class Ended:
    """What is left of a process; the status as `subprocess` has it, negative for a signal."""

    status: int
    stdout: str
    stderr: str


class Forked:
    """A process at work."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._files = [Path(self._folder.name, name) for name in ("stdout", "stderr")]
        self._process = FORKS.Process(target=_become, args=(words, environment, self._files), daemon=True)
        self._process.start()

    def lives(self) -> bool:
        return self._process.is_alive()

    def send(self, signal: int) -> None:
        os.kill(self._process.pid or 0, signal)

    def wait(self, seconds: float = 60) -> Ended:
        """Its end, which must come in this time."""
        self._process.join(seconds)
        status = self._process.exitcode
        assert status is not None, "it has not ended"
        return Ended(status, *(file.read_text(encoding="utf-8") for file in self._files))

    def close(self) -> None:
        """Whatever it does, it is gone."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._folder.cleanup()


def start(*words: str, **environment: str) -> Forked:
    """Begin what `python WORDS` would be: `-m MODULE …` or `FILE …`, with this environment added to the own one."""
    return Forked(words, {**os.environ, **environment})


def run(*words: str, **environment: str) -> Ended:
    """The same to its end."""
    process = start(*words, **environment)
    try:
        return process.wait()
    finally:
        process.close()


def _become(words: tuple[str, ...], environment: dict[str, str], files: list[Path]) -> None:
    """In the new process."""
    for number, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), number)
    os.environ.clear()
    os.environ.update(environment)
    for name in ("config", "app"):  # these two have read an environment already
        importlib.reload(sys.modules[name])
    if words[0] == "-m":
        sys.argv = list(words[1:])
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(words)
        runpy.run_path(words[0], run_name="__main__")
