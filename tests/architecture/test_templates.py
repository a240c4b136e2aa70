"""The rules of the house for templates."""

import re

from tests.architecture.source import TEMPLATES, modules

REFERENCE = re.compile(r"""["']([a-z0-9_/]+\.(?:html|txt|css))["']""")
INLINE = re.compile(r"<script(?![^>]*\b(?:src|nonce)=)|<style\b|\sstyle=|\son[a-z]+=", re.IGNORECASE)
GOVUK = re.compile(r"govuk_frontend_(?:jinja|wtf)")


def templates() -> dict[str, str]:
    """Every template by its name."""
    files = [file for file in sorted(TEMPLATES.rglob("*")) if file.is_file() and file.suffix != ".md"]
    return {file.relative_to(TEMPLATES).as_posix(): file.read_text("utf-8") for file in files}


def test_nothing_is_styled_or_scripted_inline() -> None:
    assert not [name for name, text in templates().items() if INLINE.search(text)]


def test_only_components_and_the_base_know_gov_uk_frontend() -> None:
    knowing = [name for name, text in templates().items() if GOVUK.search(text)]
    assert not [name for name in knowing if not name.startswith(("components/", "base"))]


def test_what_people_typed_is_always_escaped() -> None:
    """Only a text that the template itself quotes may be called safe."""
    unescaped = re.compile(r"[^'\"\s]\s*\|\s*safe\b|autoescape false")
    assert not [name for name, text in templates().items() if unescaped.search(text)]


def test_every_template_is_used() -> None:
    found = templates()
    used: set[str] = set()
    waiting = {name for module in modules() for name in REFERENCE.findall(module.text)}
    waiting |= {f"email/{name}" for name in waiting if name.endswith(".txt")}  # as mail.write names them
    for status in (403, 404, 409, 413, 422, 500):
        waiting.add(f"errors/{status}.html")
    while waiting:
        name = waiting.pop()
        if name in used or name not in found:
            continue
        used.add(name)
        waiting |= set(REFERENCE.findall(found[name]))
    assert not sorted(set(found) - used)


def test_every_template_that_is_named_exists() -> None:
    found = templates()
    named = {
        name: module.path
        for module in modules()
        for name in REFERENCE.findall(module.text)
        if name.endswith(".html")
    }
    assert not {name: path for name, path in named.items() if name not in found}
