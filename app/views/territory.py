"""Region, municipalities and their dated ОКТМО codes."""

from app.models.schools import School
from app.models.territory import Municipality, MunicipalityCode, Region
from app.panel.menu import Menu
from app.panel.view import RecordView, Related
from app.regulation.rights import Resource

GOVERNED = ["authority", "head_post", "head_name", "phone"]


class RegionView(RecordView, model=Region):
    resource = Resource.TERRITORY
    route = "regions"
    menu = Menu("Территория", order=10, icon="map-pin", title="Регион")
    guide, clause = "regional", "4.1"
    list_columns = ["name", "authority"]
    form_fieldsets = [("Регион", ["name", "name_genitive"]), ("Орган управления", GOVERNED)]
    related = [Related(Municipality, "region_id", ("name", "authority"), "Муниципалитеты", ("name",))]


class MunicipalityView(RecordView, model=Municipality):
    resource = Resource.TERRITORY
    route = "municipalities"
    menu = Menu("Территория", order=20, icon="map-2")
    guide, clause = "regional", "4.1"
    list_columns = ["name", "authority", "region"]
    default_order = ("name",)
    search_hint = "Название муниципалитета"
    form_fieldsets = [("Муниципалитет", ["region", "name", "name_genitive"]), ("Орган управления", GOVERNED)]
    related = [
        Related(
            MunicipalityCode, "municipality_id", ("oktmo", "valid_from", "valid_to"), "Коды ОКТМО", ("valid_from",)
        ),
        Related(School, "municipality_id", ("name", "code", "phone"), "Школы", ("name",)),
    ]


class MunicipalityCodeView(RecordView, model=MunicipalityCode):
    resource = Resource.TERRITORY
    route = "municipality_codes"
    section = "Территория"
    guide, clause = "regional", "4.1"
    title_many = "Коды ОКТМО"
    list_columns = ["oktmo", "municipality", "valid_from", "valid_to"]
    default_order = ("oktmo", "valid_from")
    filter_columns = ["municipality"]
    form_fieldsets = [("Код ОКТМО", ["municipality", "oktmo", "valid_from", "valid_to"])]
