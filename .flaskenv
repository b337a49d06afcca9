FLASK_APP=app.cli.deferred
