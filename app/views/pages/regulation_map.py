"""`/regulation_map/`: what the panel has for each duty of the regulation, and what it does not have yet."""

from flask import render_template
from flask_appbuilder import expose

from app.panel.page import Page
from app.services.monitoring import clause_map
from app.web.open_to import OpenTo


class RegulationMapView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/regulation_map"
    default_view = "index"
    guide, clause = "panel#карта-регламента", "1.2"

    @expose("/")
    def index(self) -> str:
        found = clause_map.lines()
        return render_template("pages/regulation_map.html", lines=found, summary=clause_map.summary(found))
