"""Contracts as an iCalendar (RFC 5545): the days on which they end, and the last days to give notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from marketplace.contracts.models import Contract
from marketplace.contracts.queries import asks_for_notice
from marketplace.contracts.rules import months_in_words

MEDIA_TYPE = "text/calendar"
REFRESH = timedelta(hours=12)


def calendar_of(contracts: Iterable[Contract], base_url: str) -> bytes:
    """The calendar of these contracts. `base_url` is the address of this installation, for the links.

    An event keeps its UID as long as its contract is in the register, so that a date that moves is moved
    in the reader's calendar and not entered a second time.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Weald//Contract register//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Contracts in Weald")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for contract in contracts:
        for moment in _moments(contract):
            calendar.add_component(_event(contract, moment, base_url))
    return bytes(calendar.to_ical())


@dataclass(frozen=True, slots=True)
class _Moment:
    """A day of a contract that belongs into a calendar."""

    kind: str
    day: date
    summary: str
    follows: str = ""


def _moments(contract: Contract) -> Iterator[_Moment]:
    what = f"{contract.title} with {contract.supplier_name}"
    renews = contract.renewal_months
    if asks_for_notice(contract):
        follows = f"Else it renews for {months_in_words(renews)}." if renews else ""
        yield _Moment("notice", contract.last_notice_on, f"Last safe day for notice: {what}", follows)
    yield _Moment("end", contract.runs_until, f"{'Ends or renews' if renews else 'Ends'}: {what}")


def _event(contract: Contract, moment: _Moment, base_url: str) -> Event:
    link = f"{base_url}/contracts/{contract.id}"
    event = Event()
    event.add("uid", f"{moment.kind}-{contract.id}@{urlsplit(base_url).hostname}")
    event.add("dtstamp", contract.registered_at)
    event.add("sequence", contract.version)
    event.add("dtstart", moment.day)
    event.add("dtend", moment.day + timedelta(days=1))
    event.add("summary", moment.summary)
    event.add("location", contract.school.name)
    event.add("description", " ".join(part for part in (moment.follows, link) if part))
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event
