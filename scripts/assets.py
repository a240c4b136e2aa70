"""Copy the front-end parts that Weald serves from node_modules to marketplace/static/vendor.

Each file gets the hash of its content in its name, so a browser may keep it for ever, and
manifest.json says which hashed name stands for which plain one. The GDS Transport typeface, the crown
and the royal crest are not ours to use: they are not copied, and the style sheets that ask for them
get Source Sans 3, or nothing, instead.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = PROJECT / "node_modules"
VENDOR = PROJECT / "marketplace" / "static" / "vendor"

GOVUK = PACKAGES / "govuk-frontend" / "dist" / "govuk"
AUTOCOMPLETE = PACKAGES / "accessible-autocomplete" / "dist"
SOURCE_SANS = PACKAGES / "@fontsource-variable" / "source-sans-3"
SOURCE_SANS_PRINTED = PACKAGES / "@fontsource" / "source-sans-3" / "files"

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
CREST = re.compile(r"(?:background-image|-webkit-mask-image|mask-image):url\([^)]*crest[^)]*\);?")
IMAGE = re.compile(r"url\(/assets/images/([^)]+)\)")
SOURCE_MAP = re.compile(r"\s*(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$")
START = """\
import {{ initAll as startGovuk }} from "./{govuk}";
document.body.classList.add("js-enabled", "govuk-frontend-supported");
startGovuk();
"""


class Vendor:
    """The folder being filled, and the names given so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> str:
        """Store content under a plain name; the hashed name it got."""
        stem, dot, ending = name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{ending}"
        (self.folder / hashed).write_bytes(content)
        self.names[name] = hashed
        return hashed

    def add_style(self, name: str, source: Path) -> None:
        """Store a style sheet with its images beside it, and our typeface in place of GDS Transport."""
        style = SOURCE_MAP.sub("\n", source.read_text("utf-8"))
        style = CREST.sub("", FONT_FACE.sub("", style))
        style = style.replace("GDS Transport", '"Source Sans 3"')
        images = source.parent / "assets" / "images"

        def store_image(match: re.Match[str]) -> str:
            return f"url({self.add(match[1], (images / match[1]).read_bytes())})"

        self.add(name, IMAGE.sub(store_image, style).encode())

    def add_script(self, name: str, source: Path) -> str:
        """Store a script without its source map, which we do not serve; the hashed name it got."""
        return self.add(name, (SOURCE_MAP.sub("", source.read_text("utf-8")) + "\n").encode())

    def add_printed_typeface(self) -> None:
        """Store Source Sans 3 once for each weight of print.

        A variable typeface would be made fixed anew for every document, which doubles its time.
        """
        for alphabet in ("latin", "latin-ext"):
            for weight in (400, 600):
                name = f"source-sans-3-{alphabet}-{weight}"
                self.add(f"{name}.woff2", (SOURCE_SANS_PRINTED / f"{name}-normal.woff2").read_bytes())

    def add_typeface(self) -> None:
        """Store Source Sans 3 in the Latin alphabets, and the style sheet that names it."""
        faces = []
        for face in FONT_FACE.findall((SOURCE_SANS / "wght.css").read_text("utf-8")):
            if found := re.search(r"files/(source-sans-3-latin(?:-ext)?)-wght-normal\.woff2", face):
                file = SOURCE_SANS / found[0]
                hashed = self.add(f"{found[1]}.woff2", file.read_bytes())
                renamed = face.replace("Source Sans 3 Variable", "Source Sans 3")
                faces.append(renamed.replace(f"./{found[0]}", hashed))
        self.add("source-sans-3.css", "\n".join(faces).encode())


def build(folder: Path) -> dict[str, str]:
    """Fill a folder with all that Weald serves; the plain names and the hashed ones."""
    vendor = Vendor(folder)
    vendor.add_typeface()
    vendor.add_printed_typeface()
    vendor.add_style("govuk-frontend.css", GOVUK / "govuk-frontend.min.css")
    vendor.add_style("accessible-autocomplete.css", AUTOCOMPLETE / "accessible-autocomplete.min.css")
    govuk = vendor.add_script("govuk-frontend.js", GOVUK / "govuk-frontend.min.js")
    vendor.add_script("accessible-autocomplete.js", AUTOCOMPLETE / "accessible-autocomplete.min.js")
    vendor.add("start.js", START.format(govuk=govuk).encode())
    return vendor.names


def main() -> None:
    """Make the folder anew beside the old one and put it in its place."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    names = build(fresh)
    (fresh / "manifest.json").write_text(json.dumps(names, indent=2, sort_keys=True) + "\n", "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    print(f"Copied {len(names)} front-end files to marketplace/static/vendor")


if __name__ == "__main__":
    main()
