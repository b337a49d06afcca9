"""The application for gunicorn and the flask command; `python run.py` serves it for development."""

from app import create_app

app = create_app()

if __name__ == "__main__":
    app.run(port=8080)
