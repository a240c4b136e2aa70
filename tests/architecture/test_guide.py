"""The user guide shows the pictures that the script takes: all of them, no others, none of them heavy."""

import re

from marketplace.core.settings import PROJECT

DOCS = PROJECT / "docs"
LARGEST_PICTURE = 150 * 1024


def test_the_guide_shows_each_picture_on_the_list_and_no_other() -> None:
    listed = [
        line.partition("|")[0].strip()
        for line in (DOCS / "screenshots.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    shown = re.findall(r"\(pictures/([a-z-]+)\.png\)", (DOCS / "user-guide.md").read_text("utf-8"))
    assert sorted(shown) == sorted(listed)
    assert sorted(path.stem for path in (DOCS / "pictures").glob("*.png")) == sorted(listed)


def test_every_link_within_the_guide_leads_to_a_heading() -> None:
    guide = (DOCS / "user-guide.md").read_text("utf-8")
    headings = {
        re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^##? (.+)$", guide, re.MULTILINE)
    }
    assert set(re.findall(r"\(#([^)]+)\)", guide)) <= headings


def test_no_picture_is_heavy() -> None:
    heavy = [path.name for path in (DOCS / "pictures").iterdir() if path.stat().st_size > LARGEST_PICTURE]
    assert not heavy


def test_each_decision_has_a_number_of_its_own_that_its_heading_says() -> None:
    records = sorted((PROJECT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for number, record in enumerate(records, start=1):
        assert record.read_text("utf-8").startswith(f"# {number}. "), record.name


def test_the_suppliers_guide_has_the_same_steps_in_the_docs_and_on_its_page() -> None:
    page = (PROJECT / "templates" / "profiles" / "guide.html").read_text("utf-8")
    guide = (DOCS / "supplier-guide.md").read_text("utf-8")
    assert re.findall(r"<h2[^>]*>(.+?)</h2>", page) == re.findall(r"^## (.+)$", guide, re.MULTILINE)
    assert "docs/supplier-guide.md" in (PROJECT / "README.md").read_text("utf-8")
