"""Errors: a page in Russian with a way on, for everybody; JSON for scripts; never a stack trace."""

from typing import Any

import pytest
from flask import Flask

from app.web.errors import WORDS, page
from tests.panel.reading import body
from tests.panel.test_russian import latin

REAL = {
    400: ("GET", "/pupils/list/?page=x"),
    403: ("GET", "/audit/list/"),
    404: ("GET", "/pupils/show/0"),
    405: ("POST", "/pupils/list/"),
}


@pytest.mark.parametrize("code", WORDS)
def test_every_error_is_told_with_a_way_on(app: Flask, code: int) -> None:
    title, said, hint = WORDS[code]
    with app.test_request_context("/pupils/list/", headers={"Referer": "http://localhost/me/"}):
        html, status = page(code)
    assert status == code
    for text in (title, said, hint, 'href="/"', 'href="/me/"', '<html lang="ru"'):
        assert text in html
    assert latin(html) == set()


@pytest.mark.parametrize(("code", "asked"), REAL.items())
def test_an_error_of_somebody_at_work(sign_in: Any, code: int, asked: tuple[str, str]) -> None:
    method, path = asked
    client = sign_in("secretary.65001")
    html = client.open(path, method=method)
    assert (html.status_code, WORDS[code][0] in body(html)) == (code, True)
    answer = client.open(path, method=method, headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.get_json())) == (code, ["error"])


def test_somebody_not_signed_in_is_told_too(app: Flask) -> None:
    response = app.test_client().post("/healthz")
    assert response.status_code in (302, 405)
    assert app.test_client().get("/static/no-such.css").status_code == 404


def test_a_way_back_leads_only_to_us(app: Flask) -> None:
    with app.test_request_context("/pupils/", headers={"Referer": "http://evil.example/x"}):
        assert "evil" not in page(404)[0]


@pytest.mark.parametrize("code", [401, 418, 431, 501])
def test_a_rare_error_is_russian_too(app: Flask, code: int) -> None:
    with app.test_request_context("/"):
        assert latin(page(code)[0]) == set()
