"""Where the fetched front-end parts lie: typefaces, styles and scripts, by their plain names."""

from __future__ import annotations

import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor"


def manifest() -> dict[str, str]:
    """The file of each part, by its plain name; empty before anything was fetched."""
    path = VENDOR / "manifest.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}
