"""Pictures by Pillow: what people upload is read within limits and written anew: only the picture stays.

The library is loaded with the first picture; most programs never see one.
"""

from __future__ import annotations

import io

MOST_PIXELS = 16_000_000
ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
"""By which mark each kind ends. Pillow itself fills up what is missing, once WeasyPrint has told it to."""
TAIL = 64 * 1024  # cameras add a little after the mark


class NotAPicture(Exception):
    """A content that is no PNG or JPEG picture, or not a whole one."""


class TooManyPixels(Exception):
    """A picture that would take too much memory to open."""


def written_anew(content: bytes, *, width: int, height: int) -> bytes:
    """A PNG or JPEG picture as PNG, upright, at most so many pixels wide and high, and nothing else with it.

    What its camera, program or author put beside the picture (place, name, comments, a second file) is left
    behind. Raises NotAPicture and TooManyPixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415  # see above

    try:
        with Image.open(io.BytesIO(content), formats=tuple(ENDS)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixels
            if ENDS[opened.format or ""] not in content[-TAIL:]:
                raise NotAPicture
            upright = ImageOps.exif_transpose(opened)
            picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
        raise NotAPicture from wrong
    picture.thumbnail((width, height))
    alone = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    written = io.BytesIO()
    alone.save(written, "PNG", optimize=True)
    return written.getvalue()
