"""A row of a file becomes what the form would make of it; the check says what the run does."""

import threading
from datetime import date
from typing import Any

import pytest

from app.models.engine.audit import AuditAction, AuditEvent
from app.models.people import Guardianship, Pupil, Relation, Sex
from tests.panel.importing.files import Desk, counts, refusal, told, workbook
from tests.support.clients import signed_in

NAMES = ["Фамилия", "Имя", "Отчество", "Дата рождения"]
SNILS = "112-233-445 95"


def card(session: Any, world: Any, last: str, **values: Any) -> int:
    """A pupil's card of the first school with these values besides the name."""
    pupil = Pupil(school_id=world.schools["65001"], last_name=last, first_name="Анна", birth_date=date(2015, 3, 12))
    for name, value in values.items():
        setattr(pupil, name, value)
    session.add(pupil)
    session.commit()
    return pupil.id


def test_the_check_changes_nothing_and_the_run_does_what_it_said(desk: Desk, session: Any, pupils: Any) -> None:
    page = desk.send(
        workbook(
            [*NAMES, "Пол", "СНИЛС", "Телефон", "№ личного дела"],
            ["Абрикосова", "Анна", "", date(2015, 3, 12), "женский", "11223344595", 89141234567, "007"],
            ["Бобров", "Егор", "Ильич", "01.09.2014", "", "", "", ""],
            ["Ворон", "Пётр", "", "31.02.2014", "мужчина", "12", "", ""],
        )
    )
    assert counts(page) == {"новая": 2, "изменена": 0, "без изменений": 0, "отказано": 1}
    assert "Ничего ещё не изменено" in page.text
    assert not pupils("Абрикосова")
    said = told(page)
    assert "Дата рождения: «31.02.2014» – не дата" in said[4]
    assert "Пол: «мужчина»: такого значения нет. Возможны: «мужской», «женский»." in said[4]
    assert "СНИЛС: Ожидается" in said[4]
    done = desk.run()
    assert counts(done) == counts(page)
    [found] = pupils("Абрикосова")
    assert (found.birth_date, found.sex, found.snils) == (date(2015, 3, 12), Sex.FEMALE, SNILS)
    assert (found.phone, found.personal_file, found.school_id) == ("+7 914 123-45-67", "007", found.school_id)
    assert pupils("Бобров")[0].birth_date == date(2014, 9, 1)
    assert not pupils("Ворон")
    created = session.query(AuditEvent).filter_by(action=AuditAction.CREATE, entity="pupil", record_id=found.id).one()
    assert created.account_id == found.entered_by_id


def test_two_files_at_the_same_time_make_one_record(app: Any, world: Any, pupils: Any) -> None:
    """Who comes second waits for the first, then finds the record there."""
    desks = [Desk(signed_in(app, world, "secretary.65001"), "pupils") for _ in range(2)]
    for desk in desks:
        desk.send(workbook(NAMES, *([f"Яшин{letter}", "Анна", "", "12.03.2015"] for letter in "абвгд")))
    start = threading.Barrier(2)

    def run(desk: Desk) -> None:
        start.wait()
        desk.run()

    threads = [threading.Thread(target=run, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(pupils(f"Яшин{letter}")) for letter in "абвгд"] == [1] * 5


def test_the_same_file_twice_makes_nothing_twice(desk: Desk, pupils: Any) -> None:
    rows = [NAMES, ["Абрикосова", "Анна", "", "12.03.2015"], ["Бобров", "Егор", "Ильич", "01.09.2014"]]
    assert counts(desk.load(*rows))["новая"] == 2
    first = desk.address
    assert counts(desk.load(*rows)) == {"новая": 0, "изменена": 0, "без изменений": 2, "отказано": 0}
    desk.address = first
    assert counts(desk.run())["новая"] == 2, "pressed again, the page only tells what became"
    assert [pupil.version for name in ("Абрикосова", "Бобров") for pupil in pupils(name)] == [1, 1]


def test_omitted_and_empty_change_nothing_and_a_word_empties(desk: Desk, session: Any, world: Any, pupils: Any) -> None:
    card(session, world, "Гусева", snils=SNILS, phone="+7 914 123-45-67", address="Холмск", email="a@sakhalin.gov.ru")
    done = desk.load(["СНИЛС", "Телефон", "Адрес"], [SNILS, "", "очистить"])
    assert counts(done)["изменена"] == 1
    assert "Адрес: Холмск → —" in told(done)[2]
    [found] = pupils("Гусева")
    assert (found.phone, found.address, found.email) == ("+7 914 123-45-67", None, "a@sakhalin.gov.ru")
    assert (found.first_name, found.version) == ("Анна", 2)
    refused = desk.send(workbook(["СНИЛС", "Имя"], [SNILS, "Очистить"]))
    assert "Имя: Заполните поле." in told(refused)[2]


def test_what_may_be_two_is_refused_in_words(desk: Desk, session: Any, world: Any, pupils: Any) -> None:
    first = card(session, world, "Двойных", snils=SNILS)
    second = card(session, world, "Двойных", middle_name="Львовна")
    page = desk.send(
        workbook(
            [*NAMES, "СНИЛС", "Телефон", "№ записи"],
            ["Двойных", "Анна", "Львовна", "12.03.2015", SNILS, "", ""],
            ["Двойных", "Анна", "Игоревна", "12.03.2015", "", "89141234567", ""],
            ["Двойных", "", "", "", "", "89141234567", ""],
            ["", "", "", "", "", "89141234567", str(second)],
            ["", "", "", "", "", "89141234567", "999999"],
        )
    )
    said = told(page)
    assert f"Подходят несколько записей: № {first} «Двойных Анна», 12.03.2015; № {second}" in said[2]
    assert f"Возможно, это запись № {first} «Двойных Анна», 12.03.2015: не хватает «Отчество»." in said[3]
    assert "Не узнать, о какой записи строка. Заполните «СНИЛС» или «Фамилия», «Имя», «Дата рождения»" in said[4]
    assert "Записи № 999999 нет, или она вам недоступна." in said[6]
    assert counts(page)["отказано"] == 4
    desk.run("pupil-twin")
    assert [pupil.phone for pupil in pupils("Двойных")] == [None, "+7 914 123-45-67"]


def test_another_number_of_the_same_name_is_another_person(desk: Desk, session: Any, world: Any) -> None:
    key = card(session, world, "Ежова", snils=SNILS)
    page = desk.send(workbook([*NAMES, "СНИЛС"], ["Ежова", "Анна", "", "12.03.2015", "123-456-789 64"]))
    assert f"СНИЛС: Похоже на запись № {key} «Ежова Анна», 12.03.2015, но «СНИЛС» там {SNILS}." in told(page)[2]


def test_two_rows_about_one_are_a_mistake_of_the_file(desk: Desk, session: Any, world: Any) -> None:
    card(session, world, "Жукова", snils=SNILS)
    page = desk.send(
        workbook(
            [*NAMES, "СНИЛС"],
            ["Жукова", "Анна", "", "12.03.2015", ""],
            ["", "", "", "", SNILS],
            ["Зуев", "Ян", "", "01.02.2014", ""],
            ["ЗУЕВ", "Ян", "", "01.02.2014", ""],
            ["Зуев", "Ян", "", "02.02.2014", ""],
        )
    )
    said = told(page)
    assert "Та же запись, что в строке 2" in said[3]
    assert "Та же запись, что в строке 4" in said[5]
    assert counts(page) == {"новая": 2, "изменена": 0, "без изменений": 1, "отказано": 2}


def test_what_is_unlikely_is_confirmed_by_one_tick_a_kind(desk: Desk, pupils: Any) -> None:
    rows = [NAMES, ["Иволгина", "Ада", "", "01.02.1990"], ["Ильин", "Ян", "", "01.02.1991"]]
    page = desk.send(workbook(*rows))
    assert page.text.count('name="confirm"') == 1
    assert "Строка 2 (Иволгина, Ада): Проверьте дату рождения" in page.text
    without = desk.run()
    assert counts(without)["отказано"] == 2
    assert "Не подтверждено: Проверьте дату рождения" in told(without)[2]
    assert not pupils("Иволгина")
    assert counts(desk.load(*rows, codes=("pupil-age",)))["новая"] == 2
    assert pupils("Иволгина")
    assert pupils("Ильин")


def test_a_card_changed_meanwhile_is_left_alone(desk: Desk, session: Any, world: Any, pupils: Any) -> None:
    key = card(session, world, "Котова", snils=SNILS)
    desk.send(workbook(["СНИЛС", "Адрес"], [SNILS, "Холмск"]))
    session.get(Pupil, key).address = "Невельск"
    session.commit()
    done = desk.run()
    assert "После проверки запись изменил другой человек" in told(done)[2]
    assert pupils("Котова")[0].address == "Невельск"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "ни одной заполненной строки"),
        ([["Ким", "Анна"], ["Цой", "Ян"]], "Таких столбцов в форме нет: «Ким», «Анна»"),
        ([["Фамилия", "Класс"], ["Ким", "5А"]], "Такого столбца в форме нет: «Класс»"),
        ([["Фамилия", "ФАМИЛИЯ *"], ["Ким", "Ким"]], "Столбцы об одном и том же: «Фамилия», «ФАМИЛИЯ»"),
        ([["№ записи", "Ошибки"], ["1", ""]], "нет заголовков"),
        ([["Фамилия"]], "нет ни одной строки"),
    ],
    ids=["empty", "no heading", "unknown", "twice", "none of the form", "no rows"],
)
def test_a_table_of_something_else_is_refused(desk: Desk, rows: list[list[str]], words: str) -> None:
    assert words in refusal(desk.send(workbook(*rows)))


def test_a_relation_is_named_by_caption_or_key(desk: Desk, session: Any, world: Any) -> None:
    by_key = card(session, world, "Лосева", snils=SNILS)
    card(session, world, "Лосева", middle_name="Львовна", snils="123-456-789 64")
    desk = Desk(desk.client, "guardianships")
    rows = [
        ["Обучающийся", "Родитель", "Кем приходится"],
        ["11223344595", "Сергеева Ольга", "мать"],
        ["Лосева Анна Львовна, не зачислен, 12.03.2015", "Сергеева Ольга", "Мать"],
        ["Лосева Анна Игоревна", "Никто Никтович", "тётя"],
        ["Сергеева Алена", "Сергеева Ольга", "опекун"],
    ]
    said = told(desk.send(workbook(*rows)))
    assert "Обучающийся: «Лосева Анна Игоревна»: такой записи нет или она недоступна." in said[4]
    assert "Родитель: «Никто Никтович»: такой записи нет" in said[4]
    assert "Кем приходится: «тётя»: такого значения нет. Возможны: «мать»" in said[4]
    assert "Кем приходится: мать → опекун" in said[5]
    assert counts(desk.run()) == {"новая": 2, "изменена": 1, "без изменений": 0, "отказано": 1}
    [kin] = session.query(Guardianship).filter_by(pupil_id=by_key)
    assert (kin.parent_id, kin.relation, kin.school_id) == (world.parents["65001"], Relation.MOTHER, kin.school_id)


def test_namesakes_are_told_apart_by_what_is_unique(desk: Desk, session: Any, world: Any) -> None:
    for _ in range(2):
        card(session, world, "Лосева")
    desk = Desk(desk.client, "guardianships")
    page = desk.send(workbook(["Обучающийся", "Родитель", "Кем приходится"], ["Лосева Анна", "Сергеева Ольга", "мать"]))
    assert "Обучающийся: Подходят несколько записей (2): «Лосева Анна, не зачислен, 12.03.2015»" in told(page)[2]
    assert "Впишите «СНИЛС»." in told(page)[2]
