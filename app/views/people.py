"""Personal cards: pupils with their whole story, parents, employees (3.3.4.2), and their brief views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from app.extensions import db
from app.models.accounts import AccountPerson
from app.models.movement import MovementLine
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Employee, Guardianship, Parent, Pupil, PupilStatus, Relation
from app.models.references import named
from app.models.study import CLASS_NAME, GRADES
from app.panel.importing.declaration import Imports, Key
from app.panel.listing.searching import behind
from app.panel.listing.terms import Through
from app.panel.loading import TELLERS
from app.panel.menu import Menu
from app.panel.place import served_view
from app.panel.start import Tile, Whole, counted_tile, starts_with
from app.panel.view import Block, RecordView, Related
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security.actor import Actor, is_whole
from app.security.guard import actor_of, person_of
from app.security.scoping import condition
from app.services.engine.history import Child
from app.services.movement import coming
from app.services.people import doubts, elsewhere  # noqa: F401 - doubts: what cards are asked about
from app.views.accounts import slips
from app.views.monitoring import judged_orders
from app.views.movement import family
from app.views.movement.orders import MovementOrderView
from app.web.arguments import BadArgument

NAME_ORDER = ("search_text",)
"""The folded name: Ё stands beside Е, capitals beside small letters, on every database."""
WHOSE = {
    Relation.MOTHER: "матери",
    Relation.FATHER: "отца",
    Relation.GUARDIAN: "опекуна",
    Relation.TRUSTEE: "попечителя",
    Relation.OTHER: "представителя",
}
PHONES = Through("guardianships.parent", mask="phone")
CHILD = "child"
"""The argument of the start page: of several children the one shown."""
BY_SNILS = Key("snils")
BY_BIRTH = Key("last_name", "first_name", "birth_date", perhaps=("middle_name",))
BY_PHONE = Key("last_name", "first_name", "phone", perhaps=("middle_name", "birth_date"))


def _elsewhere(pupil: Pupil) -> dict[str, Any] | None:
    """For whoever keeps or leads the school's cards, and from above; families are not told by the card."""
    actor = person_of(db.session)
    whole = any(is_whole(held, Resource.PUPILS, Action.VIEW) for held in actor.holding(Resource.PUPILS, Action.VIEW))
    if not (whole or actor.may(Action.EDIT, Resource.PUPILS)):
        return None
    words = None if elsewhere.has_left(pupil) else elsewhere.told(db.session, [pupil]).get(pupil.id)
    if words is None:
        return None
    above = actor.may(Action.VIEW, Resource.DOUBLE_STUDY)
    return {
        "words": f"{words}." if above else words + elsewhere.ADVICE,
        "url": url_for("DoubleStudyPage.index") if above else None,
    }


class PersonView(RecordView):
    """Lists and looks up by name; who gives out accounts does it from here."""

    section = "Люди"
    order_by = {"full_name": NAME_ORDER}
    default_order = NAME_ORDER

    def card_toolbar(self, obj: Any) -> list[dict[str, Any]]:
        return slips.button(self.route, [obj.id])


class PupilView(PersonView, model=Pupil):
    resource = Resource.PUPILS
    route = "pupils"
    leads = (slips.lead("pupils"),)
    paper_title = "Личная карточка обучающегося"
    brief_columns, brief_hint = ("full_name", "school_class"), "Фамилия, имя"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.2"
    menu = Menu("Люди", order=10, icon="users", hint="Личные карточки и история движения")
    guide, clause = "secretary#карточка-обучающегося", "3.3.4.2"
    list_columns = ["full_name", "school_class", "birth_date", "snils", "status", "school"]
    more_columns = ["family_phones", "account"]
    filter_columns = [
        "school_class",
        "school_class.grade",
        "status",
        "school",
        "birth_date",
        "age",
        "sex",
        "snils",
        "birth_certificate",
        "phone",
        "account",
    ]
    filter_choices = {"school_class.grade": GRADES}
    search_hint = "Фамилия, имя, СНИЛС, класс, телефон, № личного дела"
    search_through = (Through("school_class", shape=CLASS_NAME), PHONES)
    empty_hint = "Добавьте карточку, затем внесите приказ о зачислении."
    add_label = "Обучающийся"
    form_fieldsets = [
        ("Личные данные", ["school", "last_name", "first_name", "middle_name", "birth_date", "sex"]),
        ("Документы", ["snils", "birth_certificate", "foreign_document", "personal_file"]),
        ("Связь", ["address", "phone", "email"]),
    ]
    show_fieldsets = [
        ("Личные данные", {"fields": ["birth_date", "age", "sex", "school", "school_class", "status", "status_since"]}),
        ("Документы", {"fields": ["snils", "birth_certificate", "foreign_document", "personal_file"]}),
        ("Связь", {"fields": ["address", "phone", "email"]}),
    ]
    imports = Imports(keys=(BY_SNILS, BY_BIRTH))
    lookup_filters = ("school_id",)
    blocks = (
        Block("movement/_elsewhere.html", _elsewhere),
        judged_orders.PUPIL_BLOCK,
        judged_orders.ACCOUNT_BLOCK,
    )
    related = [
        Related(
            Guardianship,
            "pupil_id",
            ("parent", "relation", "lives_with", "parent.phone"),
            "Родители и законные представители",
            link="parent",
            add_label="Родитель или представитель",
        ),
        Related(ClassMembership, "pupil_id", ("school_class", "starts_on", "ends_on"), "Классы", ("-starts_on",)),
        Related(YearOutcome, "pupil_id", ("school_class", "outcome", "decided_on", "protocol"), "Итоги года", ("-id",)),
    ]

    history_of = (
        Child(Guardianship, "pupil_id", "parent", "Родитель или представитель"),
        Child(ClassMembership, "pupil_id", "school_class", "Состав класса"),
        Child(MovementLine, "pupil_id", "order", "Приказ"),
    )

    def list_toolbar(self) -> list[dict[str, Any]]:
        return family.button()

    @classmethod
    def why_found(cls, rows: Sequence[Pupil], text: str) -> dict[int, str]:
        """By whose phone: of parents whom the reader may read."""
        parents = behind(Pupil, PHONES, text) if rows else None
        if parents is None:
            return {}
        found = parents.subquery()
        kin = select(Guardianship, Parent.phone).join(Parent, Parent.id == Guardianship.parent_id)
        kin = kin.where(
            Guardianship.pupil_id.in_([pupil.id for pupil in rows]), Guardianship.parent_id.in_(select(found.c.id))
        )
        told = db.session.execute(kin.order_by(Guardianship.id.desc())).all()
        return {one.pupil_id: f"телефон {WHOSE[one.relation]}: {phone}" for one, phone in told}

    def lookup_hint(self, obj: Pupil) -> str:
        where = str(named(obj, "school_class") or obj.status.title_ru)
        return f"{where}, {format_date(obj.birth_date)}"

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school_class", "status")

    def card_subtitle(self, obj: Pupil) -> str:
        return ", ".join(str(part) for part in (named(obj, "school"), named(obj, "school_class")) if part)

    def card_badges(self, obj: Pupil) -> list[dict[str, str]]:
        since = f" с {format_date(obj.status_since)}" if obj.status_since else ""
        ahead = coming.coming(db.session, obj, person_of(db.session).today)
        now = {"text": f"{obj.status.title_ru}{since}", "color": obj.status.color}
        return [now, *({"text": words, "color": "orange"} for words in ahead)]

    def card_toolbar(self, obj: Pupil) -> list[dict[str, Any]]:
        tools = super().card_toolbar(obj)
        if not MovementOrderView.may_add(actor_of(db.session)):
            return tools
        is_in = obj.status is PupilStatus.ENROLLED or coming.will_be_in(obj, person_of(db.session).today)
        kind = "departure" if is_in else "enrolment"
        url = MovementOrderView.url("add", pupil=obj.id, kind=kind)
        return [*tools, {"title": "Приказ", "url": url, "icon": "plus", "primary": True}]


def family_phones(pupils: Sequence[Pupil], action: Action) -> dict[int, str]:
    """Pupil → parents with their phones, as far as the reader may read them, or take them away: one query."""
    actor = person_of(db.session)
    rights = [condition(model, actor, action, (Resource.PARENTS,)) for model in (Guardianship, Parent)]
    kin = select(Guardianship, Parent).join(Parent, Parent.id == Guardianship.parent_id)
    kin = kin.where(Guardianship.pupil_id.in_([pupil.id for pupil in pupils]), *rights).order_by(Guardianship.id)
    found = defaultdict[int, list[str]](list)
    for one, parent in db.session.execute(kin):
        named_so = f"{parent.full_name} ({one.relation.title_ru})"
        found[one.pupil_id].append(f"{named_so}: {parent.phone}" if parent.phone else named_so)
    return {key: "; ".join(each) for key, each in found.items()}


TELLERS[Pupil, "family_phones"] = family_phones


def phones_of_class(class_id: int) -> str | None:
    """The list of a class with the phones of the parents; None for whom may not read both."""
    actor = person_of(db.session)
    if not all(actor.may(Action.VIEW, each) for each in (Resource.PUPILS, Resource.PARENTS)):
        return None
    return PupilView.url("list", school_class=class_id, cols=["full_name", "birth_date", "phone", "family_phones"])


class ParentView(PersonView, model=Parent):
    resource = Resource.PARENTS
    route = "parents"
    leads = (slips.lead("parents"),)
    paper_title = "Личная карточка родителя (законного представителя)"
    brief_columns, brief_hint = ("full_name",), "Фамилия, имя"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.1"
    menu = Menu("Люди", order=20, icon="users-group")
    guide, clause = "secretary#карточка-обучающегося", "3.3.4.2"
    list_columns = ["full_name", "phone", "email", "school"]
    more_columns = ["account"]
    filter_columns = ["school", "birth_date", "snils", "phone", "email", "account"]
    search_hint = "Фамилия, имя, телефон"
    add_label = "Родитель"
    form_fieldsets = [
        ("Личные данные", ["school", "last_name", "first_name", "middle_name", "birth_date", "snils"]),
        ("Связь", ["phone", "email", "address", "workplace"]),
    ]
    blocks = (judged_orders.ACCOUNT_BLOCK,)
    related = [
        Related(
            Guardianship,
            "parent_id",
            ("pupil", "relation", "lives_with", "pupil.school_class"),
            "Дети",
            link="pupil",
            add_label="Ребёнок",
        )
    ]
    history_of = (Child(Guardianship, "parent_id", "pupil", "Ребёнок"),)
    imports = Imports(keys=(BY_SNILS, BY_BIRTH, BY_PHONE))
    lookup_filters = ("school_id",)

    def lookup_hint(self, obj: Parent) -> str:
        return obj.phone or ""


class GuardianshipView(RecordView, model=Guardianship):
    resource = Resource.PARENTS
    route = "guardianships"
    section = "Люди"
    guide, clause = "secretary#карточка-обучающегося", "3.3.4.2"
    list_columns = ["pupil", "parent", "relation", "lives_with"]
    filter_columns = ["pupil", "pupil.school_class", "parent", "relation", "lives_with"]
    add_label = "Родитель или представитель"
    form_fieldsets = [("Законное представительство", ["pupil", "parent", "relation", "lives_with"])]
    bulk_fields = ("relation", "lives_with")
    fixed_columns = ("pupil", "parent")
    imports = Imports(keys=(Key("pupil", "parent"),))


class EmployeeView(PersonView, model=Employee):
    resource = Resource.EMPLOYEES
    route = "employees"
    leads = (slips.lead("employees"),)
    paper_title = "Личная карточка сотрудника"
    brief_columns, brief_hint = ("full_name", "position"), "Фамилия, имя"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.2"
    menu = Menu("Люди", order=30, icon="id-badge-2", own="Моя карточка")
    guide, clause = "secretary#карточка-обучающегося", "3.3.4.2"
    list_columns = ["full_name", "position", "phone", "hired_on", "dismissed_on", "school"]
    more_columns = ["account"]
    filter_columns = ["position", "school", "hired_on", "dismissed_on", "birth_date", "snils", "inn", "account"]
    bulk_fields = ("position",)
    search_hint = "Фамилия, имя, СНИЛС, телефон"
    add_label = "Сотрудник"
    form_fieldsets = [
        ("Личные данные", ["school", "last_name", "first_name", "middle_name", "birth_date", "snils", "inn"]),
        ("Работа", ["position", "hired_on", "hiring_order", "hiring_order_date", "dismissed_on"]),
        ("Связь", ["phone", "email"]),
    ]
    blocks = (judged_orders.ACCOUNT_BLOCK,)
    related = [
        Related(
            AccountPerson,
            "employee_id",
            ("account", "account.username", "account.state"),
            "Учётная запись",
            link="account",
        )
    ]
    imports = Imports(keys=(BY_SNILS, BY_BIRTH))
    lookup_filters = ("school_id",)

    def card_badges(self, obj: Employee) -> list[dict[str, str]]:
        """Who has not come yet, who will leave and who has left; the last day is one of work."""
        today = person_of(db.session).today
        found = [(f"принят с {format_date(obj.hired_on)}", "blue")] if obj.hired_on > today else []
        if obj.dismissed_on is not None:
            has_left = obj.dismissed_on < today
            word, color = ("уволен", "gray") if has_left else ("увольняется", "orange")
            found.append((f"{word} {format_date(obj.dismissed_on)}", color))
        return [{"text": text, "color": color} for text, color in found]

    def lookup_hint(self, obj: Employee) -> str:
        return str(named(obj, "position") or "")

    def lookup_paths(self) -> tuple[str, ...]:
        return ("position",)


@starts_with(order=7)
def without_accounts(actor: Actor) -> list[Tile]:
    """Who is enrolled or works here and has no account yet: to be made and handed over (3.3.2.4)."""
    if not slips.offered(actor):
        return []
    wanted = (
        (PupilView, "Обучающиеся без учётной записи", {"status": PupilStatus.ENROLLED.value}),
        (EmployeeView, "Сотрудники без учётной записи", {"dismissed_on_is": "empty"}),
    )
    asked = ((view, title, {"account": "none"} | more) for view, title, more in wanted)
    found = (counted_tile(*each, "user-plus", "orange", "отметьте и напечатайте талоны") for each in asked)
    return [tile for tile in found if tile is not None]


@starts_with(order=5)
def own_children(actor: Actor) -> Whole | None:
    """The child of a parent, or the pupil himself, as the card tells it; of several children one, the others on top."""
    own = frozenset[int]().union(*(held.pupil_ids for held in actor.holdings))
    if not own or not actor.may(Action.VIEW, Resource.PUPILS):
        return None
    found = db.session.scalars(select(Pupil).where(Pupil.id.in_(sorted(own))).order_by(Pupil.search_text)).all()
    found = sorted(found, key=lambda each: each.status is not PupilStatus.ENROLLED)  # who studies here stands first
    asked = request.args.get(CHILD, "")
    shown = next((each for each in found if str(each.id) == asked), found[0] if not asked and found else None)
    if shown is None:
        if asked:
            raise BadArgument("Такого ребёнка среди ваших нет.")
        return None
    choice = tuple((each.short_name, url_for("HomeView.index", **{CHILD: each.id}), each is shown) for each in found)
    card = served_view(PupilView.route).card(shown)
    return Whole("Мои дети", card, PupilView.url("show", pk=shown.id), choice)
