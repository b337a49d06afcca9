"""Command line: declares commands and calls the layers below. `--json` gives machine-readable output everywhere."""

from flask import Flask


def install(app: Flask) -> None:
    """Put every command group on the application."""
    from app.cli.compliance import compliance_cli
    from app.cli.demo import demo_cli
    from app.cli.directories import directories_cli
    from app.cli.forms import form_cli
    from app.cli.jobs import jobs_cli
    from app.cli.migrations import migrations_cli
    from app.cli.regulation import deadline_cli, regulation_cli
    from app.cli.roles import roles_cli
    from app.cli.territory import territory_cli
    from app.cli.users import user_cli

    groups = (regulation_cli, deadline_cli, roles_cli, territory_cli, demo_cli, compliance_cli, form_cli, user_cli)
    for group in (*groups, directories_cli, jobs_cli, migrations_cli):
        app.cli.add_command(group)
