"""Which passwords are refused and how one may be typed or pasted (ИАФ.4)."""

import unicodedata
from typing import Any

import pytest

from app.demo.accounts.accounts import DEMO_PASSWORD
from app.models.accounts import Account, AccountPerson
from app.models.people import Pupil
from app.services.accounts import passwords
from tests.support.world import PASSWORD

LOGIN, SCHOOL = "teacher.65001", "65001"
GOOD = "берёза у реки зимой"


def change(client: Any, new: str, current: str = PASSWORD) -> Any:
    return client.post("/password/", data={"current": current, "new": new, "confirm": new})


def enter(app: Any, password: str, login: str = LOGIN) -> int:
    return app.test_client().post("/login/", data={"username": login, "password": password}).status_code


REFUSED = {
    "short": ("кит и лес", "Пароль короче 10 знаков"),
    "short, though padded": ("   кит и лес   ", "Пароль короче 10 знаков"),
    "common": ("qwertyuiop", passwords.EASY),
    "common with a year": ("password2024", passwords.EASY),
    "one sign over and over": ("аааааааааааааа", passwords.EASY),
    "neighbouring keys": ("1qaz2wsx3edc", passwords.EASY),
    "a common Russian word": ("сахалин2026", passwords.EASY),
    "common, in the Russian layout": ("йцукенгшщз", passwords.EASY),
    "a Latin one in the Russian layout": ("зфыыцщкв2024", passwords.OTHER_LAYOUT),
    "a Russian one in the Latin layout": ("Gfhjkm123456", passwords.EASY),
    "a Russian one by the keys of the Latin layout": ("Cf[fkby2026", passwords.OTHER_LAYOUT),
    "with the login": (f"мой {LOGIN} и я", "Пароль не должен содержать логин."),
    "the name": ("Сотрудников1", passwords.OWN),
    "the name in the other layout": ("Cjnhelybrjd1", passwords.OWN),
    "the name in Latin letters": ("Sotrudnikov1", passwords.OWN),
    "the name with the birth date": ("Сотрудников12031985", passwords.OWN),
    "the school": ("Холмска65001", passwords.OWN),
    "the published one": (DEMO_PASSWORD, passwords.PUBLISHED),
    "a kind of the published one": ("Kedr Tuman Sopka 2026", passwords.PUBLISHED),
    "the same in Russian": ("кедр-туман-сопка-65", passwords.PUBLISHED),
    "the published one in the other layout": ("лувк-егьфт-ыщзлф-65", passwords.PUBLISHED),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_guessed_first_is_refused_with_the_reason(
    sign_in: Any, session: Any, world: Any, app: Any, why: str
) -> None:
    typed, words = REFUSED[why]
    answer = change(sign_in(LOGIN), typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert enter(app, PASSWORD) == 302, "the old one goes on"


@pytest.mark.parametrize("typed", [GOOD, "zima-more-lampa", "Тихий2вечер!На7берегу", "correct horse battery staple"])
def test_a_phrase_is_a_password(sign_in: Any, app: Any, typed: str) -> None:
    assert change(sign_in(LOGIN), typed).status_code == 302
    assert enter(app, typed) == 302


def test_the_birth_date_of_the_owner_is_no_password(sign_in: Any, session: Any, world: Any) -> None:
    login = f"student.{SCHOOL}"
    owner = session.query(AccountPerson).filter_by(account_id=world.account(login)).one()
    pupil = session.get(Pupil, owner.pupil_id)
    born, name = pupil.birth_date, pupil.last_name
    for typed in (f"{name}{born:%d%m%Y}", f"{name}.{born:%d.%m.%Y}", f"{born:%Y}{name}{born:%d%m}"):
        answer = change(sign_in(login), typed)
        assert answer.status_code == 422, typed
        assert passwords.OWN in answer.text, typed


PASTED = {
    "as it was": GOOD,
    "blanks around": f"  {GOOD}\t",
    "a line end": f"{GOOD}\n",
    "no-break spaces": GOOD.replace(" ", "\N{NO-BREAK SPACE}"),
    "a soft hyphen": GOOD.replace("рек", "ре\N{SOFT HYPHEN}к"),
    "broken over two lines": GOOD.replace(" у ", " у\n  "),
    "й and ё of two signs": unicodedata.normalize("NFD", GOOD),
    "an unseen mark before it": f"\N{ZERO WIDTH NO-BREAK SPACE}{GOOD}",
}


@pytest.mark.parametrize("how", PASTED)
def test_what_comes_along_when_pasting_does_not_hurt(sign_in: Any, app: Any, how: str) -> None:
    """When it is chosen, when it is asked as the current one, and at the door."""
    assert change(sign_in(LOGIN), GOOD).status_code == 302
    assert enter(app, PASTED[how]) == 302
    client = app.test_client()
    client.post("/login/", data={"username": LOGIN, "password": PASTED[how]})
    assert change(client, "синица на проводе", current=PASTED[how]).status_code == 302
    pasted = app.test_client()
    pasted.post("/login/", data={"username": LOGIN, "password": "синица на проводе"})
    assert change(pasted, PASTED[how], current="синица на проводе").status_code == 302
    assert enter(app, GOOD) == 302


def test_a_password_is_still_a_password(sign_in: Any, app: Any) -> None:
    assert change(sign_in(LOGIN), GOOD).status_code == 302
    for other in (GOOD.replace(" ", ""), GOOD.upper(), GOOD.replace("ё", "е"), GOOD[:-1]):
        assert enter(app, other) == 401, other


def test_one_kept_before_with_blanks_still_opens(app: Any, session: Any, world: Any) -> None:
    from werkzeug.security import generate_password_hash

    typed = f" {GOOD}  "
    session.get(Account, world.account(LOGIN)).password = generate_password_hash(typed, "pbkdf2:sha256:1")
    session.commit()
    assert enter(app, GOOD) == 401
    assert enter(app, typed) == 302
    assert enter(app, GOOD) == 302, "kept as one is kept now"


def test_the_same_password_pasted_is_no_new_one(sign_in: Any) -> None:
    answer = change(sign_in(LOGIN), f" {PASSWORD} ")
    assert answer.status_code == 422
    assert "Новый пароль совпадает с текущим" in answer.text


def test_the_published_password_is_for_the_demo_alone(app: Any) -> None:
    runner = app.test_cli_runner()
    made = ["user", "create", "--login", "chief", "--name", "Главный Оператор", "--email", "chief@test.invalid"]
    refused = runner.invoke(args=[*made, "--password", DEMO_PASSWORD])
    assert refused.exit_code == 2
    assert passwords.PUBLISHED in refused.output
    with app.app_context():
        app.config["SGO_DEMO"] = True
        try:
            assert passwords.problem(DEMO_PASSWORD, "secretary.holmsk1") is None
        finally:
            app.config["SGO_DEMO"] = False
        assert passwords.problem(DEMO_PASSWORD, "secretary.holmsk1") == passwords.PUBLISHED


def test_an_operator_who_forgot_his_password_is_let_in_by_a_command(app: Any, sign_in: Any, session: Any) -> None:
    """The open session ends, the typed password is a one-time one; nobody else's is reset so."""
    before, run = sign_in("operator"), app.test_cli_runner().invoke
    assert before.get("/me/").status_code == 200
    given = ["user", "reset-password", "--login", "Operator", "--password"]
    weak = run(args=[*given, "operator"])
    assert (weak.exit_code, "Ошибка: " in weak.stderr) == (2, True)
    done = run(args=[*given, "Залив-маяк-58-волна"])
    assert (done.exit_code, "Пароль operator сброшен" in done.output) == (0, True), done.output
    assert before.get("/me/").location.startswith("/login/")
    fresh = app.test_client()
    fresh.post("/login/", data={"username": "operator", "password": "Залив-маяк-58-волна"})
    assert fresh.get("/").location == "/password/"
    for login in (LOGIN, "nobody.at.all"):
        refused = run(args=["user", "reset-password", "--login", login, "--password", "Залив-маяк-58-волна"])
        assert (refused.exit_code, "Такого оператора нет" in refused.stderr) == (2, True)
