"""Pupils and their families: one or two parents, brothers and sisters in the same school."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.engine.names import FATHERS, MALE, SURNAMES, Name, make_name, stranger, surname_for
from app.demo.engine.numbers import Numbers
from app.demo.engine.rows import Row, Rows
from app.demo.territory import STREETS
from app.models.people import Guardianship, Parent, Pupil, PupilStatus, Relation, Sex

SIBLING_SHARE = 0.3
LARGEST_FAMILY = 3
FOREIGN_SHARE = 0.01
FIRST_GRADE_AGE = 6
WORKPLACES = (
    "ООО «Прибой»", "Рыбокомбинат «Островной»", "Городская больница", "Порт «Тихая бухта»", "Администрация",
    "Детский сад «Чайка»", "Лесхоз", "Магазин «Берёзка»", "Автотранспортное предприятие",
)  # fmt: skip
WAYS = ((Relation.MOTHER, Relation.FATHER), (Relation.MOTHER,), (Relation.FATHER,), (Relation.GUARDIAN,))
WAY_WEIGHTS = (62, 33, 3, 2)


@dataclass(slots=True)
class Family:
    surname: str
    father: str
    address: str
    parents: list[tuple[Relation, Row]]
    births: list[int]

    def takes(self, year: int) -> bool:
        """Another child may be born to them that year."""
        near = [abs(year - born) for born in self.births]
        return len(near) < LARGEST_FAMILY and min(near) >= 1 and max(near) <= 8


@dataclass(slots=True, eq=False)
class Child:
    """A pupil in the making. `free_from` is the day after which something new may be entered about the pupil; `stuck`
    is one whom the year's order has left behind."""

    row: Row
    family: Family
    room: Any = None
    membership: Row | None = None
    outcome: Row | None = None
    """The outcome of the year beside the membership."""
    free_from: date = date.min
    stuck: bool = False
    left_as: PupilStatus | None = None

    @property
    def id(self) -> int:
        return self.row["id"]


@dataclass(slots=True)
class Households:
    """The families of one school."""

    rows: Rows
    rng: Random
    numbers: Numbers
    school_id: int
    settlement: str
    families: list[Family] = field(default_factory=list)
    files: int = 0

    def child(self, grade: int, year: int, stamp: Row) -> Child:
        """A new card: somebody of the age of that grade in that school year, with parents."""
        rng = self.rng
        born = date(year - grade - FIRST_GRADE_AGE, 3, 1) + timedelta(days=rng.randrange(365))
        family = self._family(born, stamp)
        name = make_name(rng, rng.choice((Sex.MALE, Sex.FEMALE)), family.surname, family.father)
        foreign = rng.random() < FOREIGN_SHARE
        self.files += 1
        values = {
            "school_id": self.school_id,
            "last_name": name.last,
            "first_name": name.first,
            "middle_name": name.middle,
            "snils": None if foreign else self.numbers.snils(),
            "birth_date": born,
            "sex": name.sex,
            "personal_file": f"{name.last[0]}/{self.files}",
            "birth_certificate": None if foreign else self.numbers.birth_certificate(),
            "foreign_document": f"AB-{rng.randrange(10**7):07}, Казахстан" if foreign else None,
            "address": family.address,
            "phone": self.numbers.phone() if grade > 3 else None,
        }
        child = Child(self.rows.add(Pupil, stamp | values), family)
        for relation, parent in family.parents:
            link = {"school_id": self.school_id, "pupil_id": child.id, "parent_id": parent["id"], "relation": relation}
            self.rows.add(Guardianship, stamp | link | {"lives_with": True})
        return child

    def _family(self, born: date, stamp: Row) -> Family:
        rng = self.rng
        if self.families and rng.random() < SIBLING_SHARE:
            for _ in range(4):
                family = rng.choice(self.families)
                if family.takes(born.year):
                    family.births.append(born.year)
                    return family
        address = f"{self.settlement}, ул. {rng.choice(STREETS)}, д. {rng.randint(1, 120)}, кв. {rng.randint(1, 80)}"
        family = Family(rng.choice(SURNAMES), rng.choice(FATHERS), address, [], [born.year])
        for relation in rng.choices(WAYS, WAY_WEIGHTS)[0]:
            family.parents.append((relation, self._parent(relation, family, born, stamp)))
        self.families.append(family)
        return family

    def _parent(self, relation: Relation, family: Family, born: date, stamp: Row) -> Row:
        rng = self.rng
        name = self._parent_name(relation, family)
        values = {
            "school_id": self.school_id,
            "last_name": name.last,
            "first_name": name.first,
            "middle_name": name.middle,
            "snils": self.numbers.snils(),
            # Ten years of room on both sides for brothers and sisters.
            "birth_date": born - timedelta(days=rng.randint(28 * 365, 36 * 365)),
            "phone": self.numbers.phone(),
            "email": f"parent{self.rows.next_key(Parent)}@demo.example.com" if rng.random() < 0.4 else None,
            "address": family.address,
            "workplace": rng.choice(WORKPLACES) if rng.random() < 0.6 else None,
        }
        return self.rows.add(Parent, stamp | values)

    def _parent_name(self, relation: Relation, family: Family) -> Name:
        rng = self.rng
        if relation is Relation.GUARDIAN:
            return stranger(rng)
        if relation is Relation.FATHER:
            middle = MALE[rng.choice(FATHERS)][0]
            return Name(surname_for(family.surname, Sex.MALE), family.father, middle, Sex.MALE)
        return make_name(rng, Sex.FEMALE, family.surname, rng.choice(FATHERS))
