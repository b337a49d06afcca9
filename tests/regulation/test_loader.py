"""A broken file of the regulation names its file, its line and what is wrong with it."""

import shutil
from pathlib import Path

import pytest

from app.regulation import RegulationError, load_regulation

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A small correct regulation to break one file of."""
    return Path(shutil.copytree(HERE / "minimal", tmp_path / "regulation"))


def test_the_minimal_regulation_is_correct(directory):
    assert list(load_regulation(directory).rules) == ["report"]


@pytest.mark.parametrize("example", BROKEN, ids=lambda path: path.stem)
def test_broken_file(example: Path, directory: Path):
    """The example's first line names the file it replaces, the second one the only message expected."""
    name, expected = (line.removeprefix("# ") for line in example.read_text(encoding="utf-8").splitlines()[:2])
    shutil.copy(example, directory / name)
    with pytest.raises(RegulationError) as caught:
        load_regulation(directory)
    assert len(caught.value.problems) == 1
    message = str(caught.value)
    if example.stem == "bad_yaml":  # the library's own words follow
        assert message.startswith(expected)
    else:
        assert message == expected


def test_every_problem_is_told_at_once(directory):
    for example in ("bad_date", "unknown_action", "threshold_over_100"):
        text = (HERE / "broken" / f"{example}.yaml").read_text(encoding="utf-8")
        name = text.splitlines()[0].removeprefix("# ")
        (directory / name).write_text(text, encoding="utf-8")
    with pytest.raises(RegulationError) as caught:
        load_regulation(directory)
    assert {problem.file for problem in caught.value.problems} == {
        "deadlines.yaml",
        "rights/all.yaml",
        "monitoring.yaml",
    }


def test_missing_file(directory):
    (directory / "readings.yaml").unlink()
    with pytest.raises(RegulationError, match=r"^readings\.yaml: файл не найден$"):
        load_regulation(directory)


def test_a_resource_has_one_block_in_all_the_files(directory):
    (directory / "rights" / "more.yaml").write_text(
        "pupils: {title: Ученики, clause: '3.3', grants: {deputy: V}}\n", encoding="utf-8"
    )
    with pytest.raises(RegulationError) as caught:
        load_regulation(directory)
    assert str(caught.value) == "rights/more.yaml, строка 1: блок «pupils» уже есть: rights/all.yaml, строка 9"


def test_no_rights_at_all(directory):
    shutil.rmtree(directory / "rights")
    with pytest.raises(RegulationError, match=r"^rights: нет ни одного файла прав$"):
        load_regulation(directory)


def test_scopes_of_a_line_add_up(directory):
    path = directory / "rights" / "all.yaml"
    path.write_text(path.read_text("utf-8").replace("deputy: V", "deputy: V E own_subjects, V own_class"), "utf-8")
    grants = load_regulation(directory).roles["deputy"].grants
    assert [(grant.actions, grant.scopes) for grant in grants] == [
        (("view", "edit"), {"own_subjects"}),
        (("view",), {"own_class"}),
    ]


def test_wrong_encoding(directory):
    (directory / "readings.yaml").write_bytes("readings: чтения".encode("cp1251"))
    with pytest.raises(RegulationError, match=r"^readings\.yaml: файл не в кодировке UTF-8$"):
        load_regulation(directory)


def test_the_shipped_regulation_is_read_once():
    assert load_regulation() is load_regulation()
