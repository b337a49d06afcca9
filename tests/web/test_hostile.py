"""Requests that nobody makes by hand: each is answered in words, none of them with a fault of the panel."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.panel.reading import body

SECRETARY = "secretary.65001"
BROKEN = ("http://[", "http://[::1", "http://localhost:99999999/x", "//[", "http://localhost]/", "\x01http://[", "ъ")


def test_a_file_in_place_of_a_text(sign_in: Any, world: Any) -> None:
    client, key = sign_in(SECRETARY), world.pupils[("65001", "Иванов")]
    for field in ("last_name", "birth_date", "version", "no_such_field"):
        for address in (f"/pupils/edit/{key}", "/pupils/add", "/pupils/bulk"):
            answer = client.post(address, data={field: (BytesIO(b"x"), "a.csv")})
            assert answer.status_code == 400, address
            assert "прислан файл" in body(answer)


@pytest.mark.parametrize("referer", BROKEN)
@pytest.mark.parametrize(
    ("verb", "address"), [("get", "/no/such/page"), ("post", "/pupils/list/"), ("post", "/pupils/1/favourite")]
)
def test_a_broken_address_of_the_page_before(sign_in: Any, app: Any, referer: str, verb: str, address: str) -> None:
    headers = {"Referer": referer.encode().decode("latin-1")}
    for client in (sign_in(SECRETARY), app.test_client()):
        answer = getattr(client, verb)(address, headers=headers)
        assert answer.status_code < 500
        assert "<html" in answer.text


@pytest.mark.parametrize("wanted", ["//[", "http://[", "/\\[", "//[::1", "/%5B", "\ud800".encode("utf-8", "replace")])
def test_a_broken_address_to_go_to(app: Any, wanted: Any) -> None:
    from tests.support.world import PASSWORD

    address = f"/login/?next={quote(wanted)}"
    assert app.test_client().get(address).status_code == 200
    answer = app.test_client().post(address, data={"username": SECRETARY, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")


ABROAD = ("//evil.example/x", "/\\evil.example", "/\t/evil.example", "/%09/evil.example", "/..//evil.example")


@pytest.mark.parametrize("path", ABROAD)
def test_the_way_back_of_an_error_page_leads_only_to_us(sign_in: Any, path: str) -> None:
    answer = sign_in(SECRETARY).get("/no/such/page", headers={"Referer": f"http://localhost{path}"})
    assert answer.status_code == 404
    for start in ("//", "/\\", "/\t", "http"):
        assert f'href="{start}' not in body(answer)


@pytest.mark.parametrize("path", ABROAD)
def test_the_way_on_after_signing_in_leads_only_to_us(app: Any, path: str) -> None:
    """A button on a page whose session ended goes back to that page; a browser reads these as another site's."""
    answer = app.test_client().post("/pupils/add", headers={"Referer": f"http://localhost{path}"})
    wanted = parse_qs(urlsplit(answer.location).query).get("next", ["/"])[0]
    assert (answer.status_code, wanted[:1], wanted[1:2] in "/\\\t") == (302, "/", len(wanted) == 1)


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "", "٣", "1" * 10, "0x1", "0" * 5000])
def test_a_mad_number_of_a_row(sign_in: Any, number: str) -> None:
    data = {"kind": "departure", "number": "1", f"lines-{number}-pupil": "1"}
    answer = sign_in(SECRETARY).post("/movement_orders/add", data=data)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("base", ['{"last_name": ["\\ud800", "\\udfff"]}', '"\\ud800"', '{"\\ud800": ["a", "b"]}'])
def test_half_a_letter_in_the_values_of_the_opening(sign_in: Any, world: Any, base: str) -> None:
    key = world.pupils[("65001", "Иванов")]
    data = {"version": "0", "base": base, "last_name": "Я", "first_name": "А", "birth_date": "2013-01-01"}
    assert sign_in(SECRETARY).post(f"/pupils/edit/{key}", data=data).status_code == 409
