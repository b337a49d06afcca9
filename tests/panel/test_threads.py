"""Many at once: each answer holds the rows and widgets of its own request, however the threads take turns."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.support.world import PUPILS

ROUNDS = 25
WANTED = (
    ("secretary.65001", {"q": "сергеева"}, {"Сергеева"}),
    ("secretary.65002", {"q": "ким", "order": "-full_name"}, {"Ким"}),
    ("deputy.65001", {"status": "enrolled", "order": "birth_date"}, {name for name, _, _ in PUPILS}),
    ("secretary.65001", {"status": "departed", "q": "попов"}, set()),
)
"""Account, arguments, surnames that must be there; no other may."""


@pytest.fixture(params=[None, 1e-5], ids=["usual-switching", "restless-switching"])
def switching(request: pytest.FixtureRequest) -> Iterator[None]:
    before = sys.getswitchinterval()
    if request.param is not None:
        sys.setswitchinterval(request.param)
    yield
    sys.setswitchinterval(before)


def test_nobody_gets_the_rows_or_the_widgets_of_another(sign_in: Any, switching: None) -> None:
    clients = [sign_in(login) for login, _, _ in WANTED]
    alone = [shown(client, args) for client, (_, args, _) in zip(clients, WANTED, strict=True)]
    for (names, _), (_, _, wanted) in zip(alone, WANTED, strict=True):
        assert names == wanted
    start = Barrier(len(WANTED))

    def many(client: Any, args: dict[str, str]) -> list[Any]:
        start.wait()
        return [shown(client, args) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(len(WANTED)) as pool:
        works = [pool.submit(many, client, args) for client, (_, args, _) in zip(clients, WANTED, strict=True)]
    for work, expected in zip(works, alone, strict=True):
        assert all(answer == expected for answer in work.result())


def shown(client: Any, args: dict[str, str]) -> tuple[set[str], str]:
    """The surnames in the rows, and the rest of the page without what is new in every answer."""
    answer = client.get("/pupils/list/", query_string=args)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    names = {name for name, _, _ in PUPILS if re.search(rf">\s*{name} ", page)}
    return names, re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", page)
