"""A page as a strict reader sees it: parsed, checked, and with forms that can be filled in and sent."""

import copy
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import html5lib
from html5lib.constants import E as PARSE_ERRORS
from werkzeug.datastructures import MultiDict

REFERRING = (
    "for",
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "headers",
    "list",
    "form",
)
NOT_LABELLED = {"hidden", "submit", "button", "image", "reset"}
INLINE = {
    "a",
    "abbr",
    "b",
    "code",
    "em",
    "i",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "tspan",
    "wbr",
}
HANDLER = re.compile(r"on[a-z]+")


class Broken(AssertionError):
    """A page that a browser would have to guess about; the message lists everything wrong with it."""


class Form:
    """A form on a page with what it holds now, as a person would find and change it."""

    def __init__(self, element: Element, path: str) -> None:
        self.element = element
        self.method = element.get("method", "get").lower()
        self.action = element.get("action") or path
        self.values: MultiDict[str, Any] = MultiDict()
        self.names: set[str] = set()
        self.buttons: list[Element] = []
        for control in element.iter():
            self._take(control)

    def _take(self, control: Element) -> None:
        """Note a control and the value that it would send untouched."""
        kind, name = control.get("type", "text"), control.get("name")
        if control.tag == "button" or (control.tag == "input" and kind == "submit"):
            self.buttons.append(control)
        if not name or control.tag not in {"input", "select", "textarea"} or "disabled" in control.attrib:
            return
        self.names.add(name)
        if control.tag == "textarea":
            self.values.add(name, text_of(control, squeeze=False).removeprefix("\n"))
        elif control.tag == "select":
            options = list(control.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib]
            if not chosen and "multiple" not in control.attrib:
                chosen = options[:1]
            for option in chosen:
                self.values.add(name, option.get("value", text_of(option)))
        elif kind in {"checkbox", "radio"}:
            if "checked" in control.attrib:
                self.values.add(name, control.get("value", "on"))
        elif kind not in {"file", "submit", "button", "image", "reset"}:
            self.values.add(name, control.get("value", ""))

    def fill(self, **values: Any) -> "Form":
        """Give fields new values (a list for several ticks). KeyError for a field that is not there."""
        for name, value in values.items():
            if name not in self.names:
                raise KeyError(f"The form has no field {name!r}; it has {sorted(self.names)}")
            self.values.setlist(name, value if isinstance(value, list) else [value])
        return self

    def data(self, button: str | None) -> MultiDict[str, Any]:
        """What is sent by pressing a button, named by its text; the only one unless named."""
        found = [one for one in self.buttons if button is None or text_of(one) == button]
        if not found:
            raise KeyError(f"There is no button {button!r}; there are {[text_of(b) for b in self.buttons]}")
        sent = copy.copy(self.values)
        if name := found[0].get("name"):
            sent.add(name, found[0].get("value", ""))
        return sent


class Page:
    """A parsed HTML response. Broken is raised for anything a strict reader would object to."""

    def __init__(self, path: str, status: int, text: str) -> None:
        self.path = path
        self.status = status
        self.text = text
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(text)
        problems = [*self._parse_errors(parser), *self._problems()]
        if problems:
            raise Broken(f"{path} ({status}):\n" + "\n".join(f"  - {problem}" for problem in problems))
        self._matcher = cssselect2.ElementWrapper.from_html_root(self.root)

    @property
    def heading(self) -> str:
        """The text of the page's one main heading."""
        return text_of(next(self.root.iter("h1")))

    @property
    def words(self) -> str:
        """All that can be read on the page, with single spaces."""
        return text_of(next(self.root.iter("body")))

    def select(self, selector: str) -> list[Element]:
        """The elements that a CSS selector matches, in page order."""
        return [found.etree_element for found in self._matcher.query_all(selector)]

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements that a CSS selector matches."""
        return [text_of(element) for element in self.select(selector)]

    def errors(self) -> dict[str, str]:
        """The error summary: the id of the field that each line links to, and the line."""
        links = self.select(".govuk-error-summary a")
        return {link.get("href", "").removeprefix("#"): text_of(link) for link in links}

    def links(self) -> dict[str, str]:
        """Where the links of the page lead, by their texts."""
        return {text_of(link): link.get("href", "") for link in self.root.iter("a") if link.get("href")}

    def form(self, button: str | None = None) -> Form:
        """The form that has a button with this text; without one, the first form of the main part."""
        forms = [
            Form(element, self.path) for element in self.select("main form" if button is None else "form")
        ]
        for form in forms:
            if button is None or any(text_of(one) == button for one in form.buttons):
                return form
        raise KeyError(f"{self.path} has no form with a button {button!r}")

    def _parse_errors(self, parser: html5lib.HTMLParser) -> Iterator[str]:
        for (line, _), code, values in parser.errors:
            yield f"line {line}: {PARSE_ERRORS.get(code, code) % values}"

    def _problems(self) -> Iterator[str]:
        elements = [element for element in self.root.iter() if isinstance(element.tag, str)]
        ids = [element.get("id", "") for element in elements if element.get("id") is not None]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            yield f"the id {twice!r} stands more than once"
        labelled = {element.get("for") for element in elements if element.tag == "label"}
        parents = {child: parent for parent in elements for child in parent}
        for element in elements:
            yield from self._dangling(element, set(ids))
            yield from self._inline(element)
            yield from self._unlabelled(element, labelled, parents)
            if element.tag == "form" and element.get("method", "get").lower() == "post":
                names = {control.get("name") for control in element.iter("input")}
                if "csrf_token" not in names:
                    yield f"the form to {element.get('action') or self.path} has no csrf_token"
        headings = [element for element in elements if element.tag == "h1"]
        if len(headings) != 1:
            yield f"{len(headings)} main headings (h1), not one"
        title = next((element for element in elements if element.tag == "title"), None)
        if title is None or not text_of(title):
            yield "no title"

    def _dangling(self, element: Element, ids: set[str]) -> Iterator[str]:
        for attribute in REFERRING:
            for wanted in element.get(attribute, "").split():
                if wanted not in ids:
                    yield f'<{element.tag} {attribute}="{wanted}"> refers to an id that is not there'
        href = element.get("href", "")
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href!r}, which is not there"

    def _inline(self, element: Element) -> Iterator[str]:
        if "style" in element.attrib or element.tag == "style":
            yield f"<{element.tag}> has an inline style"
        if element.tag == "script" and "src" not in element.attrib and "nonce" not in element.attrib:
            yield "an inline script without a nonce"
        for attribute in element.attrib:
            if HANDLER.fullmatch(attribute):
                yield f"<{element.tag}> has an inline {attribute}"
        if element.tag == "img" and "alt" not in element.attrib:
            yield f"an image without an alternative text: {element.get('src')}"

    def _unlabelled(
        self, element: Element, labelled: set[str | None], parents: dict[Element, Element]
    ) -> Iterator[str]:
        if element.tag not in {"input", "select", "textarea"} or element.get("type") in NOT_LABELLED:
            return
        named = bool(
            element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        )
        above = parents.get(element)
        while above is not None and not named:
            named = above.tag == "label"
            above = parents.get(above)
        if not named:
            yield f'<{element.tag} name="{element.get("name")}"> has no label'


def text_of(element: Element, *, squeeze: bool = True) -> str:
    """The text in an element, without scripts; runs of space become one."""
    if element.tag in {"script", "style"}:
        return ""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            words = text_of(child, squeeze=False)
            parts.append(words if child.tag in INLINE else f" {words} ")
        parts.append(child.tail or "")
    text = "".join(parts)
    return " ".join(text.split()) if squeeze else text
