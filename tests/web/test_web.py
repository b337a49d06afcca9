"""What every answer carries and what no request may omit: CSRF, policies, cookies, hosts, limits (УПД.13, ЗИС.3)."""

import re
import runpy
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from app import create_app
from app.models.directories.people import Position
from tests.support.clients import IsolatedClient, signed_in
from tests.support.world import CHEAP_ARGON2, CHEAP_METHOD, PASSWORD

LOGIN = "administrator.65001"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def strict(site: Any) -> Any:
    """An application as it is installed, not softened for tests; changes of its settings by name."""

    def make(**settings: Any) -> Any:
        site.touched = True
        app = create_app(
            SECRET_KEY="only for tests, and for nothing else",
            SQLALCHEMY_DATABASE_URI=site.database.url,
            ARGON2=CHEAP_ARGON2,
            AUTH_DB_FAKE_PASSWORD_HASH_CHECK=generate_password_hash("x", CHEAP_METHOD),
            SGO_DEMO=False,
            **settings,
        )
        app.test_client_class = IsolatedClient
        made.append(app)
        return app

    made: list[Any] = []
    yield make
    for app in made:
        with app.app_context():
            from app.extensions import db

            db.engine.dispose()


def token_of(page: str) -> str:
    return TOKEN.search(page)[1]


def test_no_writing_without_a_token(strict: Any, world: Any, session: Any) -> None:
    """Every route that takes a POST, the login and the bulk deletion among them."""
    app = strict()
    client = signed_in(app, world, "operator")
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    assert len(posts) > 60
    adapter = app.url_map.bind("localhost")
    for rule in posts:
        address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method="POST")
        response = client.post(address, data={"action": "delete", "rowid": "1"})
        assert response.status_code == 400, address
        assert "Форма устарела" in response.text
    assert app.test_client().post("/login/", data={"username": LOGIN, "password": PASSWORD}).status_code == 400
    assert session.query(Position).count() == 3


def test_with_the_pages_token_it_is_saved(strict: Any, world: Any, session: Any) -> None:
    client = signed_in(strict(), world, LOGIN)
    data = {"title": "Логопед", "csrf_token": token_of(client.get("/positions/add").text)}
    assert client.post("/positions/add", data=data).status_code == 302
    assert session.query(Position).count() == 4
    stranger = signed_in(strict(), world, LOGIN)
    assert stranger.post("/positions/add", data=data | {"title": "Иное"}).status_code == 400


def test_signing_in_with_the_pages_token(strict: Any) -> None:
    client = strict().test_client()
    data = {"username": LOGIN, "password": PASSWORD, "csrf_token": token_of(client.get("/login/").text)}
    assert client.post("/login/", data=data).status_code == 302
    assert client.get("/positions/list/").status_code == 200


ADDRESSES = (
    "/",
    "/pupils/list/",
    "/pupils/show/1",
    "/pupils/show/999",
    "/pupils/add",
    "/audit/list/",
    "/parents/lookup",
)


@pytest.mark.parametrize("address", [*ADDRESSES, "/login/", "/pupils/list/?page=x", "/healthz", "/no/such/page"])
def test_every_answer_has_the_policies(sign_in: Any, address: str) -> None:
    headers = sign_in(LOGIN).get(address).headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "form-action 'self'"):
        assert rule in policy
    for nothing in ("object-src", "frame-ancestors", "base-uri"):
        assert f"{nothing} 'none'" in policy
    script = next(part for part in policy.split(";") if "script-src" in part)
    assert "unsafe" not in script
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/accounts/edit/7", "/settings/edit/1", "/password/", "/rights/"])
def test_every_script_of_a_page_has_its_nonce(sign_in: Any, address: str) -> None:
    client = sign_in(LOGIN)
    response = client.get(address)
    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]
    assert all(f'nonce="{nonce}"' in tag for tag in re.findall(r"<script[^>]*>", response.text))
    assert not re.search(r"<[^>]+\son\w+=|javascript:", response.text), "a script outside of the policy"
    assert nonce not in client.get(address).text


def test_no_address_of_another_site_is_loaded(sign_in: Any) -> None:
    client = sign_in("operator")
    for address in ("/", "/schools/list/", "/schools/show/1", "/schools/edit/1"):
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', client.get(address).text)


def test_static_files_are_kept_under_their_hash_alone(app: Any) -> None:
    client = app.test_client()
    address = re.search(r'href="(/static/panel/panel.css\?v=\w+)"', client.get("/login/").text)[1]
    for asked, kept in ((address, True), ("/static/panel/panel.css", False)):
        with client.get(asked) as response:
            assert ("immutable" in response.headers.get("Cache-Control", "")) is kept
    for path in ("/static/../config.py", "/static/%2e%2e/config.py", "/static//etc/passwd", "/static/"):
        assert client.get(path).status_code in (302, 308, 404)


def test_the_sessions_cookie_is_closed_to_scripts_and_other_sites(app: Any, strict: Any) -> None:
    data = {"username": LOGIN, "password": PASSWORD}
    cookies = app.test_client().post("/login/", data=data).headers.getlist("Set-Cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["sgo_device", "sgo_session"]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    tls = strict(SESSION_COOKIE_SECURE=True, WTF_CSRF_ENABLED=False)
    answer = tls.test_client().post("/login/", data=data, base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_behind_tls_the_cookie_is_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, secure in (("1", True), ("", False)):
        monkeypatch.setenv("SGO_TLS", value)
        assert runpy.run_path("config.py")["Config"].SESSION_COOKIE_SECURE is secure


def test_a_forged_host_is_refused(strict: Any) -> None:
    client = strict(TRUSTED_HOSTS=["panel.test"], WTF_CSRF_ENABLED=False).test_client()
    data = {"username": LOGIN, "password": PASSWORD}
    assert client.get("/login/", base_url="http://panel.test").status_code == 200
    for host in ("evil.test", "panel.test.evil.test", "panel.test@evil.test"):
        answer = client.get("/login/", headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
        assert client.post("/login/", data=data, headers={"Host": host}).status_code == 400
    assert client.post("/login/", data=data, base_url="http://panel.test").location == "/"


def test_the_hosts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGO_HOSTS", "panel.test, sgo.test")
    assert runpy.run_path("config.py")["Config"].TRUSTED_HOSTS == ["panel.test", "sgo.test"]


@pytest.mark.parametrize(
    ("verb", "address", "data", "status"),
    [
        ("get", "/pupils/list/?q=%00", None, 400),
        ("get", "/pupils/list/?q=" + "a" * 101, None, 400),
        ("get", "/pupils/show/1%00", None, 404),
        ("get", "/pupils/show/99999999999999999999", None, 404),
        ("get", "/pupils/list/?page=99999999999999999999", None, 400),
        ("get", "/pupils/lookup?page=-1", None, 400),
        ("get", "/pupils/list/?birth_date_from=0000-00-00", None, 400),
        ("post", "/login/", {"username": "a\x00b", "password": "x"}, 400),
        ("post", "/login/", {"username": "\ud800", "password": "x"}, 401),
        ("post", "/positions/add", {"title": "a\x00b"}, 400),
        ("post", "/settings/edit/1", {"work_week": "--5", "time_zone": "Asia/Sakhalin", "version": "1"}, 422),
        ("post", "/settings/edit/1", {"work_week": "9" * 30, "time_zone": "Asia/Sakhalin", "version": "1"}, 422),
        ("post", "/positions/add", {"title": "я" * 151}, 422),
        ("post", "/positions/add", {"title": "я" * 3_000_000}, 413),
    ],
)
def test_junk_is_refused_in_words(
    sign_in: Any, app: Any, verb: str, address: str, data: dict[str, str] | None, status: int
) -> None:
    client = app.test_client() if address == "/login/" else sign_in(LOGIN)
    if data:
        data = {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, value in data.items()}
    response = getattr(client, verb)(address, data=data)
    assert response.status_code == status
    assert "Traceback" not in response.text
    assert "invalid literal" not in response.text


def test_an_unexpected_error_tells_nothing(app: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("app.panel.view.page_of", fail)
    response = sign_in(LOGIN).get("/pupils/list/")
    assert response.status_code == 500
    assert "secret of the house" not in response.text
    assert "Ошибка панели" in response.text
