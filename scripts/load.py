"""`make load`: many people at once, who do not stop to think: lists, cards, search, terms, the own page, saves.

    python scripts/load.py [--users 64] [--seconds 60] [--processes N] [ADDRESS]

Without ADDRESS it makes a demo of its own (instance/load, or DATABASE_URL) and serves it as `make run` does; with it
the demo that is served there is asked. Ends with status 1 when a limit is broken.
"""

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
FLASK = [sys.executable, "-m", "flask"]
PER_SECOND, P95_SECONDS = 60, 1.5
"""The goal on two cores: answers a second at the least, and the time that 95 of 100 answers take at the most."""
WARM_UP_SECONDS = 5
ROLES = ("secretary", "secretary", "deputy", "hr", "municipal", "regional", "student", "parent")
"""Who the people are, in turn."""
SYLLABLES = ("ва", "ко", "ми", "ло", "ра", "не", "ту", "си", "го", "де")


class Person:
    """One browser, signed in."""

    def __init__(self, address: str, login: str, password: str, seed: int) -> None:
        self.random = random.Random(f"{time.time()} {seed}")  # noqa: S311 - no secret: other names in each run
        self.cookies = dict[str, str]()
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.taken: list[tuple[str, int, float, float]] = []
        """(what, status, seconds, when it was over)"""
        self.cards: list[str] = []
        form = hidden(self.ask("вход", "/login/")[1]) | {"username": login, "password": password}
        self.ask("вход", "/login/", form)

    def ask(self, what: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.monotonic()
        status, page = 0, ""
        try:
            self.connection.request("GET" if body is None else "POST", path, body, headers)
            answer = self.connection.getresponse()
            status, page = answer.status, answer.read().decode("utf-8", "replace")
            for name, morsel in SimpleCookie(answer.headers.get("Set-Cookie", "")).items():
                self.cookies[name] = morsel.value
        except (OSError, http.client.HTTPException):
            self.connection.close()
        over = time.monotonic()
        self.taken.append((what, status, over - started, over))
        return status, page

    def word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=4)).capitalize()

    def list(self, path: str) -> None:
        _, page = self.ask("список", f"{path}list/")
        self.cards = re.findall(rf'href="({path}show/\d+)', page) or self.cards

    def card(self) -> None:
        self.ask("карточка", self.random.choice(self.cards) if self.cards else "/me/")

    def search(self) -> None:
        self.ask("поиск", f"/pupils/list/?q={quote(self.random.choice(('ива', 'сер', 'ова', 'кин')))}")

    def save(self) -> None:
        _, page = self.ask("форма", "/parents/add")
        born = f"19{self.random.randint(70, 90)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}"
        typed = {"last_name": self.word(), "first_name": self.word(), "birth_date": born}
        status, _ = self.ask("запись", "/parents/add", hidden(page) | typed)
        if status not in (302, 503, 0):
            self.ask("запись не принята", "/parents/add")


def hidden(page: str) -> dict[str, str]:
    """The hidden boxes of the page's form."""
    boxes = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.partition("<main")[2])
    pairs = ((re.search(r'name="([^"]*)"', box), re.search(r'value="([^"]*)"', box)) for box in boxes)
    return {unescape(name[1]): unescape(value[1]) for name, value in pairs if name and value}


def acts_of(role: str) -> list[Callable[[Person], object]]:
    """What one of this role does, each as often as it stands here."""
    pupils: list[Callable[[Person], object]] = [lambda one: one.list("/pupils/"), Person.card, Person.search]
    home = [lambda one: one.ask("главная", "/")]
    terms = [lambda one: one.ask("сроки", "/compliance/")]
    if role == "secretary":
        return [*pupils, *pupils, *home, *terms, lambda one: one.list("/movement_orders/"), Person.card, Person.save]
    if role == "hr":
        return [lambda one: one.list("/employees/"), Person.card, *home]
    if role in ("student", "parent"):
        return [*home, lambda one: one.ask("своё", "/me/"), lambda one: one.list("/pupils/"), Person.card]
    return [*pupils, *terms, *home, lambda one: one.list("/movement_orders/")]


def go_on(person: Person, role: str, until: float) -> None:
    acts = acts_of(role)
    while time.monotonic() < until:
        person.random.choice(acts)(person)


def logins() -> dict[str, list[tuple[str, str]]]:
    """Role → its logins and passwords."""
    told = subprocess.run([*FLASK, "demo", "logins", "--all", "--json"], check=True, capture_output=True, text=True)
    found = defaultdict(list)
    for one in json.loads(told.stdout):
        found[one["role"]].append((one["login"], one["password"]))
    return found


def crowd(address: str, users: int) -> list[tuple[Person, str]]:
    known, people = logins(), []
    for number in range(users):
        role = ROLES[number % len(ROLES)]
        login, password = known[role][number // len(ROLES) % len(known[role])]
        people.append((Person(address, login, password, number), role))
    return people


def measure(address: str, users: int, seconds: int) -> bool:
    """Let them go; tell what came of it; whether the goal was reached."""
    people = crowd(address, users)
    for person, _ in people:
        person.taken.clear()
    counted_from = time.monotonic() + WARM_UP_SECONDS
    until = counted_from + seconds
    threads = [threading.Thread(target=go_on, args=(person, role, until)) for person, role in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [one for person, _ in people for one in person.taken if counted_from <= one[3] <= until]
    return tell(taken, users, seconds)


def tell(taken: list[tuple[str, int, float, float]], users: int, seconds: int) -> bool:
    by_act = defaultdict(list)
    for what, _, took, _ in taken:
        by_act[what].append(took)
    print(f"{'':<22}{'ответов':>9}{'p50, с':>9}{'p95, с':>9}{'p99, с':>9}")
    for what, took in [*sorted(by_act.items()), ("всего", [one[2] for one in taken])]:
        parts = "".join(f"{part_of(took, share):9.2f}" for share in (0.5, 0.95, 0.99))
        print(f"{what:<22}{len(took):9d}{parts}")
    codes = Counter(status for _, status, _, _ in taken)
    rate, p95 = len(taken) / seconds, part_of([one[2] for one in taken], 0.95)
    broken = sum(count for status, count in codes.items() if status >= 500 or status == 0)
    print(f"{users} человек: {rate:.1f} ответа в секунду, p95 {p95:.2f} с, коды {dict(sorted(codes.items()))}")
    return rate >= PER_SECOND and p95 <= P95_SECONDS and not broken


def part_of(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * share))] if took else 0.0


@contextmanager
def served(address: str, processes: int | None) -> Iterator[None]:
    """A demo made ready and served here."""
    os.environ["SGO_DEMO"] = "1"
    os.environ.setdefault("SGO_INSTANCE", str(ROOT / "instance" / "load"))
    if processes:
        os.environ["SGO_PROCESSES"] = str(processes)
    for command in (["db", "upgrade"], ["roles", "sync"], ["demo", "load", "--if-empty"], ["directories", "load"]):
        subprocess.run([*FLASK, *command], check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([sys.executable, str(ROOT / "run.py"), address], stderr=subprocess.DEVNULL)
    try:
        wait_for(address)
        yield
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection(address, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{address} не отвечает.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("address", nargs="?", help="адрес работающей демонстрации, host:port")
    parser.add_argument("--users", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--processes", type=int, help="процессов сервера; без этого – как в make run")
    given = parser.parse_args()
    os.chdir(ROOT)
    if given.address:
        os.environ["SGO_DEMO"] = "1"
        sys.exit(not measure(given.address, given.users, given.seconds))
    with served("127.0.0.1:8079", given.processes):
        reached = measure("127.0.0.1:8079", given.users, given.seconds)
    sys.exit(not reached)


if __name__ == "__main__":
    main()
