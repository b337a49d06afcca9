"""What people look for: somebody who studies in two schools, and somebody who has two cards in one."""

from dataclasses import dataclass, field

from app.demo.engine.rows import Row, Rows, stamp_of
from app.demo.territory import Site
from app.models.accounts import AccountPerson
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil

SAME = ("last_name", "first_name", "middle_name", "birth_date", "sex", "snils", "birth_certificate", "foreign_document")


REGION = "region"


@dataclass(slots=True)
class Twins:
    """One pupil of the second school, of the region and of each municipality, is one of its first school; the first
    school of the region has somebody twice. Nobody's movement changes, so every count stays as it was planted."""

    rows: Rows
    first: dict[str, Row] = field(default_factory=dict)
    """The region, or the ОКТМО of a municipality → the pupil of its first school."""
    paired: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)

    def plant(self, site: Site) -> None:
        """After a school has been lived through, before it is written."""
        if not self.first:
            self._twice(self._free()[-1])
        for place in (REGION, site.place.oktmo):
            if place not in self.first:
                self.first[place] = self._take(self._free()[0])
            elif place not in self.paired:
                self.paired.add(place)
                self._in_two_schools(self.first[place])

    def _take(self, row: Row) -> Row:
        self.used.add(row["id"])
        return row

    def _free(self) -> list[Row]:
        """Those without an account: their names stand in one place alone."""
        known = {row["pupil_id"] for row in self.rows.waiting(AccountPerson)} | self.used
        placed = {row["pupil_id"] for row in self.rows.waiting(ClassMembership) if row.get("ends_on") is None}
        enrolled = (row for row in self.rows.waiting(Pupil) if row["id"] in placed)
        return [row for row in enrolled if row["id"] not in known and row["snils"]]

    def _in_two_schools(self, there: Row) -> None:
        """Of the same sex and nearest in age, so that the class fits."""
        alike = [row for row in self._free() if row["sex"] is there["sex"]]
        here = self._take(min(alike, key=lambda row: (abs((row["birth_date"] - there["birth_date"]).days), row["id"])))
        here.update({name: there[name] for name in SAME})
        here["personal_file"] = f"{there['last_name'][0]}/{here['personal_file'].partition('/')[2]}"

    def _twice(self, known: Row) -> None:
        """A second card, as it comes about when nobody has looked for the first: no documents, not enrolled."""
        names = {name: known[name] for name in ("school_id", "last_name", "first_name", "middle_name", "birth_date")}
        card = {"sex": known["sex"], "address": known["address"]}
        self.rows.add(Pupil, stamp_of(known) | names | card)
