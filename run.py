"""The application; `python run.py 127.0.0.1:8080` serves it. The flask command starts at `app.cli.deferred`."""

import sys

from app import create_app

app = create_app()

if __name__ == "__main__":
    from app.web import serving

    serving.require_schema(app)
    serving.serve(app, (sys.argv[1:] or ["127.0.0.1:8080"])[0])
