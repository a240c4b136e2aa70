"""The front-end files that `make setup` copies."""

import json
import re

from tests.architecture.source import PROJECT, TEMPLATES

STATIC = PROJECT / "marketplace" / "static"
VENDOR = STATIC / "vendor"
ASKED_FOR = re.compile(r"url\([\"']?(?!data:)([^)\"']+)[\"']?\)")
ASSET = re.compile(r"""\basset\(\s*["']([^"']+)["']\s*\)""")


def test_style_sheets_ask_only_for_files_that_are_there() -> None:
    missing = [
        f"{sheet.name}: {wanted}"
        for sheet in STATIC.rglob("*.css")
        for wanted in ASKED_FOR.findall(sheet.read_text("utf-8"))
        if not (sheet.parent / wanted).is_file()
    ]
    assert not missing


def test_what_is_not_ours_to_use_is_not_copied() -> None:
    for file in VENDOR.iterdir():
        assert not re.search(r"crown|crest|logotype|gds|light-|bold-", file.name)
        if file.suffix == ".css":
            assert not re.search(r"GDS Transport|govuk-crest", file.read_text("utf-8"))


def test_every_asset_that_a_template_names_exists() -> None:
    known = set(json.loads((VENDOR / "manifest.json").read_text("utf-8")))
    named = {
        name for template in TEMPLATES.rglob("*.html") for name in ASSET.findall(template.read_text("utf-8"))
    }
    assert named
    assert not [name for name in named - known if not (STATIC / name).is_file()]
