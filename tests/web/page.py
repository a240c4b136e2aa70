"""A page as a strict reader sees it: parsed, checked, and with forms that can be filled in and sent."""

import copy
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any

from markupever import HtmlOptions, Parser
from turbohtml.etree import ElementView as Element
from turbohtml.etree import document_fromstring
from werkzeug.datastructures import MultiDict

REFERRING = {
    "for",
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "headers",
    "list",
    "form",
}
CONTROLS = {"input", "select", "textarea"}
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
        if not name or control.tag not in CONTROLS or "disabled" in control.attrib:
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
        self.root: Element = document_fromstring(text)
        problems = [*parse_errors(text), *self._problems()]
        if problems:
            raise Broken(f"{path} ({status}):\n" + "\n".join(f"  - {problem}" for problem in problems))

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
        return [Element(found) for found in self.root.node.select(selector)]

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

    def _problems(self) -> Iterator[str]:
        elements = [(element, element.tag, dict(element.items())) for element in self.root.iter()]
        counted = Counter(attributes["id"] for _, _, attributes in elements if "id" in attributes)
        for twice in sorted(one for one, times in counted.items() if times > 1):
            yield f"the id {twice!r} stands more than once"
        labelled = {attributes.get("for") for _, tag, attributes in elements if tag == "label"}
        for element, tag, attributes in elements:
            if attributes:
                yield from self._dangling(tag, attributes, counted)
            yield from self._inline(tag, attributes)
            if tag in CONTROLS and not self._is_labelled(element, attributes, labelled):
                yield f'<{tag} name="{attributes.get("name")}"> has no label'
            if tag == "form" and attributes.get("method", "get").lower() == "post":
                names = {control.get("name") for control in element.iter("input")}
                if "csrf_token" not in names:
                    yield f"the form to {attributes.get('action') or self.path} has no csrf_token"
        headings = [element for element, tag, _ in elements if tag == "h1"]
        if len(headings) != 1:
            yield f"{len(headings)} main headings (h1), not one"
        title = next((element for element, tag, _ in elements if tag == "title"), None)
        if title is None or not text_of(title):
            yield "no title"

    def _dangling(self, tag: str, attributes: Mapping[str, str], ids: Container[str]) -> Iterator[str]:
        for attribute in REFERRING & attributes.keys():
            for wanted in attributes[attribute].split():
                if wanted not in ids:
                    yield f'<{tag} {attribute}="{wanted}"> refers to an id that is not there'
        href = attributes.get("href", "")
        if tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href!r}, which is not there"

    def _inline(self, tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
        if "style" in attributes or tag == "style":
            yield f"<{tag}> has an inline style"
        if tag == "script" and not {"src", "nonce"} & attributes.keys():
            yield "an inline script without a nonce"
        for attribute in attributes:
            if HANDLER.fullmatch(attribute):
                yield f"<{tag}> has an inline {attribute}"
        if tag == "img" and "alt" not in attributes:
            yield f"an image without an alternative text: {attributes.get('src')}"

    def _is_labelled(
        self, element: Element, attributes: Mapping[str, str], labelled: Container[str | None]
    ) -> bool:
        return bool(
            attributes.get("type") in NOT_LABELLED
            or attributes.get("id") in labelled
            or attributes.get("aria-label")
            or attributes.get("aria-labelledby")
            or next(element.iterancestors("label"), None) is not None
        )


def parse_errors(text: str) -> list[str]:
    """What a browser's parser would have to put right, in the words of the one that Servo and others use."""
    parser = Parser(HtmlOptions())
    parser.process(text)
    if not parser.finish().errors():
        return []
    exact = Parser(HtmlOptions(exact_errors=True))
    exact.process(text)
    return exact.finish().errors()


def text_of(element: Element, *, squeeze: bool = True) -> str:
    """The text in an element, without scripts; runs of space become one."""
    if element.tag in {"script", "style"}:
        return ""
    parts = [element.text or ""]
    for child in element:
        words = text_of(child, squeeze=False)
        parts.append(words if child.tag in INLINE else f" {words} ")
        parts.append(child.tail or "")
    text = "".join(parts)
    return " ".join(text.split()) if squeeze else text
