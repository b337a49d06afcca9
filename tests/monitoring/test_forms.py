"""A form is one declaration: a second one prints its own data, on the page and from the command line."""

from typing import Any

import pytest

from app.services.monitoring import forms
from app.services.monitoring.forms import Form, Printing, declare
from tests.panel.reading import body

SCHOOL, MUNICIPALITY = "65001", "64754000"


def gather(session: Any, printing: Printing) -> str:
    return f"{printing.question.organisation.title} {printing.by}"


def build(data: str) -> bytes:
    return b"%PDF-another " + data.encode()


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Form[str]:
    """A form of schools alone, beside the one there is."""
    monkeypatch.setattr(forms, "_DECLARED", dict(forms.forms()))
    return declare(Form("another", "Другая форма", "4.1", gather, build, levels=("school",), parameters=("on",)))


def test_each_form_prints_its_own_data(sign_in: Any, another: Form[str]) -> None:
    client = sign_in(f"municipal.{MUNICIPALITY}")
    own = client.get(f"/forms/print/another?org={SCHOOL}").data
    assert own.startswith(b"%PDF-another ")
    assert not client.get(f"/forms/print/movement?org={SCHOOL}").data.startswith(b"%PDF-another")


def test_the_page_offers_a_form_for_its_levels_alone(sign_in: Any, another: Form[str]) -> None:
    page = body(sign_in(f"municipal.{MUNICIPALITY}").get("/forms/"))
    parts = dict(each.split('"', 1) for each in page.split('id="form-')[1:])
    first, second = parts["another"], parts["movement"]
    assert "Другая форма" in first
    assert f'value="{SCHOOL}"' in first
    assert f'value="{MUNICIPALITY}"' not in first
    assert f'value="{MUNICIPALITY}"' in second
    assert ('name="since"' in first, 'name="since"' in second) == (False, True)


def test_a_level_without_the_form_is_said(sign_in: Any, another: Form[str], app: Any) -> None:
    answer = sign_in(f"municipal.{MUNICIPALITY}").get(f"/forms/print/another?org={MUNICIPALITY}")
    assert answer.status_code == 400
    assert "не печатается для муниципалитета" in body(answer)
    printed = app.test_cli_runner().invoke(args=["form", "print", "another", "--org", MUNICIPALITY])
    assert (printed.exit_code, printed.stderr.count("\n")) == (2, 1)
    assert "не печатается для муниципалитета" in printed.stderr


def test_the_command_line_knows_both(app: Any, another: Form[str], tmp_path: Any) -> None:
    runner, target = app.test_cli_runner(), tmp_path / "form.pdf"
    assert {"another", "movement"} <= set(runner.invoke(args=["form", "list"]).output.split())
    runner.invoke(args=["form", "print", "another", "--org", SCHOOL, "-o", str(target)])
    assert target.read_bytes().endswith("Система".encode())


def test_two_forms_of_one_id_stop_the_start(another: Form[str]) -> None:
    with pytest.raises(ValueError, match="объявлена дважды"):
        declare(another)
