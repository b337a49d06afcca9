"""PT Serif: a Russian serif with an open licence, embedded into every form so that any machine prints it alike."""

from threading import Lock

from fontpkg_pt_serif import ROOT
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "PTSerif"
BOLD = "PTSerif-Bold"
ITALIC = "PTSerif-Italic"

_FILES = {
    REGULAR: "PT_Serif-Web-Regular.ttf",
    ITALIC: "PT_Serif-Web-Italic.ttf",
    # Registered last: its presence says that all are.
    BOLD: "PT_Serif-Web-Bold.ttf",
}
SAME_SHAPE = {"Ə": "Ә", "ə": "ә", "→": "›"}
"""What the font lacks → what looks the same in it, or nearly: Latin letters of names (Azerbaijani), the arrow."""
_lock = Lock()


def register_fonts() -> None:
    """Once per process. ReportLab keeps fonts by name: a second registration would break a form being printed."""
    with _lock:
        if BOLD in getRegisteredFontNames():
            return
        for name, file in _FILES.items():
            registerFont(_lettered(TTFont(name, str(ROOT / "files" / file))))
        # A paragraph looks its font up by family, weight and slant.
        for bold, italic, name in ((0, 0, REGULAR), (1, 0, BOLD), (0, 1, ITALIC), (1, 1, BOLD)):
            addMapping(REGULAR, bold, italic, name)


def _lettered(font: TTFont) -> TTFont:
    """The font with the letters that it lacks drawn by their like: copied text still has the letter itself."""
    face = font.face
    for letter, like in SAME_SHAPE.items():
        face.charToGlyph.setdefault(ord(letter), face.charToGlyph[ord(like)])
        face.charWidths.setdefault(ord(letter), face.charWidths[ord(like)])
    return font
