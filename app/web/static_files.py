"""Static files on the wire: packed once, kept by browsers for ever under their content hash.

Pages are left as they are: they carry a token beside what the reader typed, and compression would let the length of the
answer tell the token to whoever can make a browser ask (BREACH). A file of ours holds no secret.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, current_app, g, request, url_for
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

FOR_EVER = "public, max-age=31536000, immutable"
SETTINGS = {
    "COMPRESS_REGISTER": False,
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    "COMPRESS_LEVEL": 9,
    "COMPRESS_BR_LEVEL": 9,
    "COMPRESS_CACHE_BACKEND": DictCache,
}
compress = Compress()


def install(app: Flask) -> None:
    app.config.update(SETTINGS, COMPRESS_CACHE_KEY=_version)
    compress.init_app(app)
    app.view_functions["static"] = _send


def static_url(name: str) -> str:
    """The address of a static file under its content hash; made once a page, which links its icons dozens of times."""
    made = g.setdefault("static_urls", {})
    if name not in made:
        made[name] = url_for("static", filename=name, v=_version_of(current_app.static_folder, name))
    return made[name]


def is_for_ever(response: Response) -> bool:
    """Whether the answer is the very file that the hash of its address promises."""
    name, wanted = (request.view_args or {}).get("filename", ""), request.args.get("v")
    return bool(wanted) and response.status_code in (200, 206, 304) and wanted == _hash(str(_file(name)))


def _send(filename: str) -> Response:
    response = current_app.send_static_file(filename)
    if response.status_code == 200:
        # Whole in memory: what is streamed, or a part of a file, would be packed anew for every request.
        response.direct_passthrough = False
        data = response.get_data()
        response.close()
        response.set_data(data)
        return compress.after_request(response)
    response.vary.add("Accept-Encoding")
    return response


def _version(asked: Request) -> str:
    """Under what the packed file is kept: a changed file is packed again."""
    file = _file(asked.view_args["filename"])
    return f"{file} {file.stat().st_mtime_ns}"


def _file(name: str) -> Path:
    """One file, one name, however the address spells it: nobody fills the memory with spellings."""
    return (Path(current_app.static_folder) / name).resolve()


@cache
def _version_of(folder: str, name: str) -> str:
    """Of a name that a template gives: the file is looked for once and not at each of the links of each page."""
    return _hash(str((Path(folder) / name).resolve()))


@cache
def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
