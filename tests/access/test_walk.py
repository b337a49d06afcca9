"""Every account through every route, with own and foreign rows, over HTTP. What to expect comes from roles.yaml.

Clauses 1.6, 3.3.1, 3.3.9.1.
"""

from collections.abc import Iterator
from typing import Any

from app.panel import registry
from tests.access.accounts import each_account
from tests.access.expected import METHODS, PAGES, PUBLIC, VIEWS, organisations, right_of
from tests.access.walker import JSON, NO_ROW, Walker

ROW_PAGES = ("row_filled", "rows_belonging", "rows_pasted")
ON_A_ROW = ("show", "edit", "delete", "annul", "withdraw")


def methods_of(walker: Any) -> Iterator[tuple[str, str, str, str]]:
    """(endpoint, view, method, table) of every route that shows or changes records."""
    for endpoint in sorted({rule.endpoint for rule in walker.app.url_map.iter_rules()}):
        view, _, method = endpoint.partition(".")
        if view in VIEWS:
            yield endpoint, view, method, VIEWS[view][0]


@each_account
def test_pages(walker: Any, login: str) -> None:
    """Every page that is no record: the own start page, rights, compliance, forms."""
    walk = walker(login)
    for endpoint, right in PAGES.items():
        if right is None or endpoint in POSTED:
            walk.get(endpoint, OF_EVERYBODY.get(endpoint, 200), **arguments_of(endpoint))
        elif not walk.may(endpoint) or (endpoint == "FamilyPage.add" and not login.startswith("secretary.")):
            walk.get(endpoint, 403, **arguments_of(endpoint))  # a family: of who enters orders only who keeps cards too
        elif endpoint in ("DoubleStudyPage.mark", "AskCorrection.ask", "ViewersView.index"):
            walk.get(endpoint, 404, **arguments_of(endpoint))  # nobody studies in two schools, no such table is judged
        else:
            _organisations(walk, endpoint)


OF_EVERYBODY = {
    "AuthView.logout": 302,
    "ProfileView.end_sessions": 405,
    "ProfileView.end_session": 405,
    "SecondFactorView.codes": 405,
    "SecondFactorView.off": 405,
    "SecondFactorView.done": 405,
    "SavedListView.index": 404,
    "SavedListView.save": 405,
    "SavedListView.drop": 405,
    "FavouriteView.toggle": 405,
    "JobsView.download": 404,
    "JobsView.cancel": 405,
    "JobsView.remove": 405,
    "FormsView.print_schools": 405,
    "RightsView.change": 405,
    "RightsView.undo": 405,
    "FamilyPage.known": 405,
}
"""What a GET meets where the page itself is not for it."""
POSTED = ("FormsView.print_schools", "RightsView.change", "RightsView.undo", "FamilyPage.known")
"""Asked for by POST alone; who may is told by tests/monitoring/test_movement_form.py, tests/accounts/test_rights.py and
tests/movement/test_family.py."""
READINGS = ("ReadingsView.index", "ReadingsView.effect")
GIVING = ("SlipsView.index", "HandoverView.index", "HandoverView.sheet")
NO_ORGANISATION = (
    "RightsView.index",
    "RightsView.cell",
    "FormsView.index",
    "DoubleStudyPage.index",
    *READINGS,
    *GIVING,
    "FamilyPage.add",
)
"""Pages that ask for no organisation."""
ARGUMENTS = {
    "ReadingsView.effect": {"reading_id": "until-date", "option_id": "exclusive"},
    "FormsView.print_form": {"form_id": "movement"},
    "SlipsView.index": {"pupils": "1"},
    "RightsView.cell": {"role": "secretary", "resource": "pupils"},
    "RightsView.change": {"role": "secretary", "resource": "pupils"},
    "RightsView.undo": {"act": "0" * 32},
    "RightsView.as_role": {"role": "secretary"},
    "FormsView.print_schools": {"form_id": "movement"},
    "ChangesView.records": {"kind": "overdue"},
    "HelpView.chapter": {"chapter": "panel"},
    "DoubleStudyPage.mark": {"pair": "1-2"},
    "AskCorrection.ask": {"table": "nothing", "pk": "1"},
    "ViewersView.index": {"table": "nothing", "pk": "1"},
    "FamilyPage.known": {"part": "first"},
    "SavedListView.index": {"route": "nothing"},
    "SavedListView.save": {"route": "pupils"},
    "SavedListView.drop": {"route": "pupils", "pk": "1"},
    "ProfileView.end_session": {"pk": "1"},
    **{key: {"pk": "1"} for key in ("JobsView.download", "JobsView.cancel", "JobsView.remove")},
}


def arguments_of(endpoint: str) -> dict[str, str]:
    return ARGUMENTS.get(endpoint, {})


def _organisations(walk: Walker, endpoint: str) -> None:
    walk.get(endpoint, 200, **arguments_of(endpoint))
    if endpoint.startswith("RightsView.") or endpoint in NO_ORGANISATION:
        return
    own, foreign = organisations(walk.login)
    for code in own:
        walk.get(endpoint, 200, query={"org": code}, **arguments_of(endpoint))
    for code in (*foreign, "нет такой"):
        walk.get(endpoint, 404, query={"org": code}, **arguments_of(endpoint))


@each_account
def test_reading_a_row(walker: Any, login: str) -> None:
    """Own rows open, foreign ones do not exist: their 404 is that of a number nobody has."""
    walk = walker(login)
    for endpoint, _, method, table in methods_of(walk):
        if method not in ON_A_ROW:
            continue
        own = sorted(walk.scope.visible(login, right_of(endpoint), table))[:1]
        foreign = walk.scope.foreign(login, right_of(endpoint), table)
        if not walk.may(endpoint):
            # Without the right to write the same route is refused below, by POST.
            if method == "show":
                walk.get(endpoint, 403, pk=(foreign or [NO_ROW])[0])
            continue
        for key in own:
            walk.get(endpoint, 200, pk=key)
        nobody = walk.get(endpoint, 404, pk=NO_ROW)
        for key in foreign:
            assert walk.get(endpoint, 404, pk=key).data == nobody.data


@each_account
def test_noting_a_print(walker: Any, login: str) -> None:
    """A card that one may open is noted as printed; a foreign one does not exist."""
    walk = walker(login)
    for endpoint, _, method, table in methods_of(walk):
        if method != "card_printed":
            continue
        if not walk.may(endpoint):
            walk.post(endpoint, 403, pk=NO_ROW)
            continue
        for key in sorted(walk.scope.visible(login, right_of(endpoint), table))[:1]:
            walk.post(endpoint, 204, pk=key)
        for key in (*walk.scope.foreign(login, right_of(endpoint), table), NO_ROW):
            walk.post(endpoint, 404, pk=key)


@each_account
def test_grids(walker: Any, login: str) -> None:
    """The grid of an owner whom no right lets one see does not exist."""
    walk = walker(login)
    for endpoint, view, method, _ in methods_of(walk):
        if method != "grid":
            continue
        declared = next(each for each in registry.BY_ROUTE.values() if each.__name__ == view)
        table = walk.relation(declared, declared.as_grid.by)
        for key in (*walk.out_of_reach(table), NO_ROW):
            walk.get(endpoint, 404 if walk.may(endpoint) else 403, pk=key)


@each_account
def test_writing(walker: Any, login: str) -> None:
    """A missing right is 403, a foreign row 404, and nothing changes; an empty form is told what is wrong."""
    walk = walker(login)
    before = walk.scope.fingerprint()
    for endpoint, _, method, table in methods_of(walk):
        if METHODS[method] not in ("edit", "delete") or method in ROW_PAGES:
            continue
        if method.startswith("import_"):
            _importing(walk, endpoint, method)
            continue
        if method == "hint":  # tells and writes nothing: of a field without a hint it knows nothing
            walk.get(endpoint, 404 if walk.may(endpoint) else 403, name="nothing")
            continue
        visible = sorted(walk.scope.visible(login, right_of(endpoint), table))
        foreign = walk.scope.foreign(login, right_of(endpoint), table)
        row = (
            {"pk": (foreign or visible or [NO_ROW])[0]}
            if method in (*ON_A_ROW, "restore", "cell", "reset_second_factor", "unlock", "hand_over", "take_back")
            else {}
        )
        row = {"batch": "0" * 32} if method == "undelete" else row
        if not walk.may(endpoint):
            walk.post(endpoint, 403, data={"action": "delete", "rowid": visible + foreign}, **row)
        elif method == "add" and not walk.may_add(endpoint):
            walk.get(endpoint, 403)
            walk.post(endpoint, 403, data={})
        elif method == "add":
            walk.get(endpoint, 200)
            walk.post(endpoint, 422, data={})
        elif method == "bulk":
            _bulk(walk, endpoint, visible, foreign)
        elif method in ("undelete", "restore"):
            # Nobody has deleted anything; who restores what is told by tests/panel/deleting.
            walk.post(endpoint, 404, **row)
        else:
            _writing_a_row(walk, endpoint, method, visible, foreign)
    assert walk.scope.fingerprint() == before


def _bulk(walk: Walker, endpoint: str, visible: list[int], foreign: list[int]) -> None:
    """Whoever sees records may come here; each action is a right of its own."""
    walk.post(endpoint, 400, data={"rowid": visible, "action": "export"})
    alone = endpoint.replace("bulk", "delete")
    known = any(rule.endpoint == alone for rule in walk.app.url_map.iter_rules())  # a part is never deleted by itself
    refused = (404 if walk.may(alone) else 403) if known else 400
    for key in (*foreign, NO_ROW):
        walk.post(endpoint, refused, data={"action": "delete", "rowid": [*visible[:1], key]})


def _importing(walk: Walker, endpoint: str, method: str) -> None:
    """No file has been sent, so none is there; who brings in what is told by tests/panel/importing."""
    send = walk.post if method in ("import_run", "import_discard") else walk.get
    token = {} if method in ("import_file", "import_template", "import_records") else {"token": "0" * 32}
    if not walk.may(endpoint):
        send(endpoint, 403, **token)
    elif token:
        send(endpoint, 404, **token)
    elif method == "import_file":
        walk.get(endpoint, 200)
        walk.post(endpoint, 422, data={})


def _writing_a_row(walk: Walker, endpoint: str, method: str, visible: list[int], foreign: list[int]) -> None:
    for key in (*foreign, NO_ROW):
        walk.post(endpoint, 404, data={"version": "1"}, pk=key)
    if method != "delete" and visible:
        # 409: somebody else has saved since. Accounts have no version: a name is missing, 422.
        walk.post(endpoint, 409, 422, data={"version": "0", "last_name": ""}, pk=visible[0])


def test_nobody_has_signed_in(walker: Any, read_only_site: Any) -> None:
    """УПД.11: before signing in there is the login page, its files and the health check."""
    walk = walker("nobody")
    walk.client = read_only_site.app.test_client()
    for rule in walk.app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "1")
        for verb in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            response = walk.client.open(walk.url(rule.endpoint, **values), method=verb, headers=JSON)
            if rule.endpoint not in PUBLIC:
                assert (response.status_code, response.location.partition("?")[0]) == (302, "/login/"), rule
    assert walk.client.get("/no/such/page").status_code == 302
    assert walk.client.get("/healthz").get_json().keys() == {"status", "schema"}
