"""QR codes as SVG, for a typst template (``qr`` in typst/local/documents) or a web page."""

import io

import segno


def qr_svg(text: str) -> str:
    """The QR code of ``text``: black on white, a quiet zone of four modules, no fixed size.

    Error correction is at least M (15 % may be dirty or torn) and higher where that costs no larger code.
    Text beyond ASCII is UTF-8. The same text gives the same code. Raises ``ValueError`` for more than a code
    can hold (2,331 bytes).
    """
    code = segno.make_qr(text, error="m", encoding="utf-8", boost_error=True)
    svg = io.BytesIO()
    code.save(svg, kind="svg", border=4, xmldecl=False, omitsize=True, nl=False, light="#fff")
    return svg.getvalue().decode("utf-8")
