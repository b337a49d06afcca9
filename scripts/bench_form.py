"""The consolidated form of 170 schools against its floor: the same lines drawn on a bare ReportLab canvas.

Prints JSON: {"form_ms", "floor_ms", "ratio", "schools", "overdue", "pages"}; the best of several runs of each.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from app.reports.engine.fonts import BOLD, ITALIC, REGULAR
from app.reports.movement.pdf import print_movement
from tests.reports.reading import Line, read_lines
from tests.reports.samples import region_form

RUNS = 12
SCHOOLS, OVERDUE = 170, 300
FONTS = {"PTSerif-Regular": REGULAR, "PTSerif-Bold": BOLD, "PTSerif-Italic": ITALIC}


def draw_floor(pages: Sequence[Sequence[Line]]) -> bytes:
    """One drawString a line at its known place: no measuring, no wrapping, no rules."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=landscape(A4), invariant=1, pageCompression=1, initialFontName=REGULAR)
    for lines in pages:
        font = None
        for line in lines:
            if font != (line.font, line.size):
                font = line.font, line.size
                canvas.setFont(FONTS[line.font], line.size)
            canvas.drawString(line.x, line.y, line.text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def best_ms(*works: Callable[[], bytes]) -> list[float]:
    """The best time of each, taken in turns: a busy machine then slows all of them alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [min(taken) * 1000 for taken in times]


def main() -> None:
    form = region_form(SCHOOLS, OVERDUE)
    pages = read_lines(print_movement(form))
    form_ms, floor_ms = best_ms(lambda: print_movement(form), lambda: draw_floor(pages))
    result = {"form_ms": round(form_ms, 1), "floor_ms": round(floor_ms, 1), "ratio": round(form_ms / floor_ms, 2)}
    print(json.dumps(result | {"schools": SCHOOLS, "overdue": OVERDUE, "pages": len(pages)}))


if __name__ == "__main__":
    main()
