"""Reading a tender from an OCDS 1.1 release package.

What has a place here is taken; every other value of the release and its package is listed with its
path, so that nothing is dropped silently. OCDS: https://standard.open-contracting.org/1.1/en/
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import tidy
from marketplace.tenders.uk_notices import schema

LARGEST_FILE = 5 * 1024 * 1024
MOST_VALUES = 20_000
LONGEST_VALUE = 2_000
LONGEST_TEXT = 5_000
LONGEST_TITLE = 150
MOST_NAMED, MOST_PROBLEMS = 10, 20
CPV_DIGITS = 8
URN_DIGITS = 6
SCHOOL_SCHEMES = {"GB-EDU", "GB-URN"}
"""Registers of identifiers (org-id.guide) whose id is a school's URN."""


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer as the release names it; `urn` where an identifier gives one."""

    id: str
    name: str
    urn: str

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.id else self.name


@dataclass(frozen=True, slots=True)
class Link:
    """A document that stands elsewhere."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class LotFound:
    """A lot, without lines: OCDS items carry no volume by school."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a release says that has a place in a tender, and everything else in it, as path and value."""

    ocid: str
    title: str
    description: str
    cpv: str
    closes_at: datetime | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    buyers: tuple[Party, ...]
    lots: tuple[LotFound, ...]
    documents: tuple[Link, ...]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class Reader:
    """A JSON document that remembers which of its values were taken, by path."""

    values: Mapping[str, Any]
    taken: set[str] = field(default_factory=set)

    def text(self, path: str, longest: int = LONGEST_TEXT) -> str:
        """The text at a path, taken unless it cannot be kept whole; "" when there is none."""
        value = self.values.get(path)
        try:
            text = tidy(value) if isinstance(value, str) else ""
        except ValueError:
            return ""
        if not text or len(text) > longest:
            return ""
        self.taken.add(path)
        return text

    def beginning(self, path: str, longest: int) -> str:
        """The beginning of a text that is too long to keep whole; the whole of it stays among the rest."""
        value = self.values.get(path)
        try:
            text = tidy(value) if isinstance(value, str) else ""
        except ValueError:
            return ""
        return f"{text[: longest - 1].rstrip()}…" if len(text) > longest else ""

    def moment(self, path: str) -> datetime | None:
        """The moment at a path, taken when it is a date and time with a zone."""
        value = self.values.get(path)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        if moment is None or moment.tzinfo is None:
            return None
        self.taken.add(path)
        return moment

    def day(self, path: str) -> date | None:
        """The day in England of the moment at a path."""
        moment = self.moment(path)
        return moment.astimezone(LONDON).date() if moment else None

    def items(self, path: str) -> list[str]:
        """The paths of the members of a list, in order."""
        found: dict[int, str] = {}
        for key in self.values:
            if key.startswith(f"{path}["):
                number = key[len(path) + 1 :].partition("]")[0]
                if number.isdigit():
                    found[int(number)] = f"{path}[{number}]"
        return [found[number] for number in sorted(found)]

    def left(self) -> tuple[str, ...]:
        """Every value that was not taken, as path and value."""
        return tuple(
            f"{path}: {_shortened(value)}" for path, value in self.values.items() if path not in self.taken
        )


def read(content: bytes, ocid: str = "") -> Found:
    """The tender in a release package; `ocid` says which, where the package holds several.

    Raises RuleBroken when it is no OCDS 1.1 release package, or the release has no tender with a title.
    """
    package = _package(content)
    releases = package["releases"]
    number = _chosen(releases, ocid)
    base = f"releases[{number}]"
    reader = Reader(_bounded(package))
    tender = f"{base}.tender"
    title = reader.text(f"{tender}.title", LONGEST_TITLE) or reader.beginning(
        f"{tender}.title", LONGEST_TITLE
    )
    if not title:
        raise RuleBroken(
            "The release has no tender with a title. Give the file another, or draft it by hand."
        )
    found = Found(
        ocid=reader.text(f"{base}.ocid"),
        title=title,
        description=reader.text(f"{tender}.description"),
        cpv=_cpv(reader, tender),
        closes_at=reader.moment(f"{tender}.tenderPeriod.endDate"),
        contract_starts_on=reader.day(f"{tender}.contractPeriod.startDate"),
        contract_ends_on=reader.day(f"{tender}.contractPeriod.endDate"),
        buyers=_buyers(reader, base),
        lots=_lots(reader, tender),
        documents=_documents(reader, tender),
        left_out=(),
    )
    others = {f"releases[{other}]": one for other, one in enumerate(releases) if other != number}
    left = [line for line in reader.left() if not line.startswith(tuple(f"{one}." for one in others))]
    meant = releases[number].get("ocid")
    left += [
        f"{place}: {'an earlier' if meant and one.get('ocid') == meant else 'another'} release, "
        f"{_shortened(one.get('ocid', ''))}"
        for place, one in others.items()
    ]
    return replace(found, left_out=(*_doubts(releases[number], found), *left))


def _doubts(release: dict[str, Any], found: Found) -> Iterator[str]:
    """What whoever finishes the draft should know: what the release lacks, and where it breaks OCDS."""
    if not found.buyers:
        yield "The release names no buyer. Choose the schools that buy."
    if not found.cpv:
        yield "The release has no CPV code. Enter one before the tender is published."
    for problem in schema.problems(release)[:MOST_PROBLEMS]:
        yield f"Not as OCDS 1.1 wants it: {problem.path or 'the release'}: {_shortened(problem.message)}"


def _bounded(package: dict[str, Any]) -> dict[str, Any]:
    """Every value of a package by its path. Raises RuleBroken when there are too many, or too deep down."""
    try:
        values = dict(islice(_values(package), MOST_VALUES + 1))
    except RecursionError:
        raise RuleBroken("The file is nested too deeply to be an OCDS release package.") from None
    if len(values) > MOST_VALUES:
        raise RuleBroken(f"The file holds more than {MOST_VALUES:,} values. Give a package of one release.")
    return values


def _package(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_FILE:
        raise RuleBroken("The file must be smaller than 5 MB.")
    try:
        package: Any = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RuleBroken("The file is not JSON. Download it again.") from None
    if isinstance(package, dict) and "records" in package and "releases" not in package:
        raise RuleBroken(
            "The file is an OCDS record package. Download the release package of the same notice instead."
        )
    releases = package.get("releases") if isinstance(package, dict) else None
    if not isinstance(releases, list) or not releases or not all(isinstance(one, dict) for one in releases):
        raise RuleBroken("The file is not an OCDS release package: it has no list of releases.")
    version = str(package.get("version", ""))
    if version != "1.1" and not version.startswith("1.1."):
        raise RuleBroken(f"The file is OCDS {version or 'without a version'}; only OCDS 1.1 can be read.")
    return dict(package)


def _no_constant(name: str) -> None:
    """JSON knows no NaN and no Infinity, though Python's reader takes them."""
    raise ValueError(name)


def _chosen(releases: list[dict[str, Any]], ocid: str) -> int:
    """The place of the release that is meant: of several about one process the latest, as OCDS says."""
    tenders = [place for place, one in enumerate(releases) if isinstance(one.get("tender"), dict)]
    if ocid:
        tenders = [place for place in tenders if releases[place].get("ocid") == ocid]
    if not tenders:
        raise RuleBroken("The file has no such release with a tender.")
    known = list(dict.fromkeys(str(releases[place].get("ocid")) for place in tenders))
    if len(known) > 1:
        named = _shortened(", ".join(known[:MOST_NAMED]))
        raise RuleBroken(f"The file has {len(known)} tenders. Say which, by its ocid: {named}.")
    if len(tenders) > 1 and known == ["None"]:
        raise RuleBroken("The file has several tenders without an ocid. Give a file of one.")
    return max(tenders, key=lambda place: (str(releases[place].get("date")), place))


def _values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path; a list of plain values counts as one."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _values(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list) and any(isinstance(one, dict | list) for one in node):
        for number, value in enumerate(node):
            yield from _values(value, f"{path}[{number}]")
    elif node not in (None, "", [], {}):
        yield path, node


def _cpv(reader: Reader, tender: str) -> str:
    """The first CPV code, of the tender or of an item, without its check digit."""
    items = reader.items(f"{tender}.items")
    for place in (f"{tender}.classification", *(f"{item}.classification" for item in items)):
        code = str(reader.values.get(f"{place}.id", ""))[:CPV_DIGITS]
        if reader.values.get(f"{place}.scheme") == "CPV" and len(code) == CPV_DIGITS and code.isdigit():
            reader.taken |= {f"{place}.id", f"{place}.scheme"}
            return code
    return ""


def _buyers(reader: Reader, base: str) -> tuple[Party, ...]:
    """The parties with the role of buyer; where none is described, the release's one buyer."""
    found = []
    for party in reader.items(f"{base}.parties"):
        if "buyer" in (reader.values.get(f"{party}.roles") or []):
            reader.taken.add(f"{party}.roles")
            found.append(Party(reader.text(f"{party}.id"), reader.text(f"{party}.name"), _urn(reader, party)))
    buyer = Party(reader.text(f"{base}.buyer.id"), reader.text(f"{base}.buyer.name"), "")
    known = {(one.id, one.name) for one in found}
    if buyer.name and (buyer.id, buyer.name) not in known:
        found.insert(0, buyer)
    return tuple(one for one in found if one.name)


def _urn(reader: Reader, party: str) -> str:
    for place in (f"{party}.identifier", *reader.items(f"{party}.additionalIdentifiers")):
        urn = str(reader.values.get(f"{place}.id", ""))
        known = str(reader.values.get(f"{place}.scheme", "")) in SCHOOL_SCHEMES
        if known and urn.isdigit() and len(urn) == URN_DIGITS:
            reader.taken |= {f"{place}.id", f"{place}.scheme"}
            return urn
    return ""


def _lots(reader: Reader, tender: str) -> tuple[LotFound, ...]:
    found = [
        LotFound(reader.text(f"{lot}.title", LONGEST_TITLE), reader.text(f"{lot}.description"))
        for lot in reader.items(f"{tender}.lots")
    ]
    return tuple(lot for lot in found if lot.title)


def _documents(reader: Reader, tender: str) -> tuple[Link, ...]:
    found = []
    for document in reader.items(f"{tender}.documents"):
        url = str(reader.values.get(f"{document}.url", ""))
        if _is_link(url):
            reader.taken.add(f"{document}.url")
            name = reader.text(f"{document}.title") or reader.text(f"{document}.description")
            found.append(Link(name or reader.text(f"{document}.documentType") or url, url))
    return tuple(found)


def _is_link(text: str) -> bool:
    """Is this the address of something on the web, such as a page may link to?"""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = len(text) <= LONGEST_VALUE and text.isprintable() and " " not in text
    return plain and parts.scheme in {"https", "http"} and bool(parts.hostname)


def _shortened(value: object) -> str:
    """A value as a line of a list: without line breaks and hidden characters, and not too long."""
    parts = value if isinstance(value, list) else [value]
    said = " ".join(", ".join(one if isinstance(one, str) else json.dumps(one) for one in parts).split())
    text = "".join(letter for letter in said if unicodedata.category(letter) not in {"Cc", "Cs"})
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
