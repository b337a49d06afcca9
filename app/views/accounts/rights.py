"""Who may do what: the matrix of rights as the regulation states it; `flask roles sync` brings it to the database."""

from flask import render_template
from flask_appbuilder import expose, has_access

from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.services.accounts import rights


class RightsView(Page):
    route_base = "/rights"
    menu = Menu("Школа и доступ", order=40, icon="lock", title="Права ролей", hint="Кто что может по пункту 3.3")
    default_view = "index"
    guide, clause = "administrator#права-ролей", "3.3.2.2"
    class_permission_name = Resource.RIGHTS.value
    method_permission_name = {"index": Action.VIEW}

    @expose("/")
    @has_access
    def index(self) -> str:
        regulation, cells = load_regulation(), rights.matrix()
        roles, resources = regulation.roles, regulation.resources
        rows = [
            {
                "resource": resource.value,
                "title": resources[resource].title,
                "cells": [_cell(cells[code].get(resource)) for code in roles],
            }
            for resource in Resource
        ]
        heads = [
            {"code": code, "title": role.title, "clause": role.clause, "scope": SCOPES.get(role.scope.value, "")}
            for code, role in roles.items()
        ]
        return render_template("pages/rights.html", matrix={"roles": heads, "rows": rows})


SCOPES = {"school": "своя школа", "own": "свои записи", "municipality": "школы муниципалитета", "region": "все школы"}


def _cell(cell: rights.Cell | None) -> dict[str, object] | None:
    if cell is None:
        return None
    return {
        "actions": [action.title_ru for action in cell.actions],
        "rows_title": ", ".join(scope.title_ru for scope in cell.scopes),
        "clause": cell.clause,
        "derived": cell.derived,
    }
