"""The reader that every page test relies on objects to what it should."""

import pytest

from tests.web.page import Broken, Page

FRAME = (
    "<!doctype html><html lang=en><head><title>A page</title></head><body><h1>Heading</h1>{}</body></html>"
)


def read(body: str) -> Page:
    return Page("/page", 200, FRAME.format(body))


def test_a_sound_page_is_accepted() -> None:
    page = read(
        '<p id="a">£5 &amp; more</p><a href="#a">Down</a><label for="b">Name</label><input id="b" name="b">'
    )
    assert page.words == "Heading £5 & more Down Name"


@pytest.mark.parametrize(
    ("body", "objection"),
    [
        ("<p>one</div>", "kind: EndTag, name: Atom(\\'div\\'"),
        ("<p><table></p></table>", "No <p> tag to close"),
        ("<b><p>one</b></p>", "Formatting element not current node"),
        ("<table>one<tr><td>two</td></tr></table>", "Non-space table text"),
        ("<div/>", "Unacknowledged self-closing tag"),
        ("<div>", "Unexpected open tag"),
        ("<p class=a class=b>", "Duplicate attribute"),
        ("Bread &butter;", "Invalid character reference"),
        ('<p id="a"></p><p id="a"></p>', "the id 'a' stands more than once"),
        ('<label for="a">Name</label>', "refers to an id that is not there"),
        ('<a href="#title">Enter a title</a>', "a link leads to '#title', which is not there"),
        ('<input name="a">', '<input name="a"> has no label'),
        ('<form method="post"><button>Save</button></form>', "has no csrf_token"),
        ('<p style="color: red">', "inline style"),
        ("<script>alert()</script>", "an inline script without a nonce"),
        ('<button onclick="go()">Go</button>', "inline onclick"),
        ('<img src="a.png">', "without an alternative text"),
        ("<h1>Again</h1>", "2 main headings"),
    ],
)
def test_a_page_that_a_browser_must_guess_about_is_refused(body: str, objection: str) -> None:
    with pytest.raises(Broken) as refused:
        read(body)
    assert objection in str(refused.value)


def test_a_form_sends_what_a_person_sees_in_it() -> None:
    page = read(
        '<main><form method="post" action="/needs">'
        '<input type="hidden" name="csrf_token" value="t">'
        '<label>Title<input name="title" value="Meals"></label>'
        "<label>Notes<textarea name=notes>\nTwo\nlines</textarea></label>"
        "<label>Phase<select name=phase><option value=p>Primary"
        "<option value=s selected>Secondary</select></label>"
        '<label>Joint<input type="checkbox" name="joint" value="yes" checked></label>'
        '<label>Alone<input type="checkbox" name="alone" value="yes"></label>'
        '<button name="then" value="stay">Save</button><button>Submit</button></form></main>'
    )
    form = page.form("Save").fill(title="School meals")
    assert form.data("Save").to_dict() == {
        "csrf_token": "t",
        "title": "School meals",
        "notes": "Two\nlines",
        "phase": "s",
        "joint": "yes",
        "then": "stay",
    }
    assert "then" not in form.data("Submit")


def test_a_field_that_is_not_on_the_page_cannot_be_filled_in() -> None:
    page = read("<main><form><label>A<input name=a></label><button>Go</button></form></main>")
    with pytest.raises(KeyError, match="no field 'b'"):
        page.form().fill(b="1")
