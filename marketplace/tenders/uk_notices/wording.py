"""A notice as text that a person reads and copies into Find a Tender's forms. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from marketplace.core.clock import LONDON
from marketplace.core.money import Money
from marketplace.tenders.uk_notices.rules import (
    CONTRACT_NOTICES,
    NOTICES,
    NoticeKind,
    Particulars,
    day_in_words,
    main_category,
)
from marketplace.tenders.uk_notices.subject import Authority, AwardSaid, Subject

NOT_KNOWN = "not known yet"


def in_words(kind: NoticeKind, subject: Subject, said: Particulars) -> str:
    """The notice, chapter by chapter, in the order in which Find a Tender asks."""
    chapters = [
        (f"{kind}: {NOTICES[kind].name}", _head(subject)),
        ("Contracting authorities", _authorities(subject)),
        ("What is bought", _scope(subject)),
    ]
    if kind in {NoticeKind.TENDER, NoticeKind.PLANNED, NoticeKind.TERMINATION}:
        chapters.append(("Lots", [*_lots(subject), *_limits(subject)]))
    if kind in {NoticeKind.TENDER, NoticeKind.TERMINATION}:
        chapters.append(("Award criteria", subject.judged))
    if kind is NoticeKind.TENDER:
        chapters.append(("Submission", _submission(subject)))
    if kind is NoticeKind.AWARD or kind in CONTRACT_NOTICES:
        chapters.append(("Awards", [line for one in subject.awards for line in _award(one, said)]))
    if kind in CONTRACT_NOTICES:
        chapters.append(("Contracts", list(_contracts(subject, said))))
    chapters.append(_own_chapter(kind, said))
    texts = ("\n".join([title.upper(), *lines]) for title, lines in chapters if title and lines)
    return "\n\n".join(texts) + "\n"


def _head(subject: Subject) -> list[str]:
    above = "yes" if subject.bound else "no"
    return [
        f"Title: {subject.title}",
        f"Our reference: {subject.reference}",
        f"Above the threshold: {above}",
    ]


def _authorities(subject: Subject) -> list[str]:
    return [
        line for place, one in enumerate(subject.authorities) for line in _authority(one, leads=not place)
    ]


def _authority(school: Authority, *, leads: bool) -> Iterable[str]:
    yield school.name + (" (lead authority)" if leads else "")
    yield f"  URN {school.urn}" + (f", UKPRN {school.ukprn}" if school.ukprn else "")
    address = [*school.address.splitlines(), school.local_authority, school.postcode]
    yield "  " + ", ".join(filter(None, address))


def _scope(subject: Subject) -> list[str]:
    lines = [f"Description: {subject.description}"]
    if subject.cpv:
        lines.append(f"CPV code: {subject.cpv} ({main_category(subject.cpv)})")
    if subject.net is not None and subject.gross is not None:
        lines.append(f"Estimated value: {_pounds(subject.net, subject.gross)}")
    elif subject.bound:
        lines.append(f"Estimated value: {NOT_KNOWN}")
    if subject.starts_on and subject.ends_on:
        lines.append(f"Contract: {day_in_words(subject.starts_on)} to {day_in_words(subject.ends_on)}")
        if subject.last_on and subject.last_on != subject.ends_on:
            lines.append(f"With every extension until: {day_in_words(subject.last_on)}")
    else:
        lines.append(f"Contract dates: {NOT_KNOWN}")
    return lines


def _lots(subject: Subject) -> list[str]:
    lines = []
    for lot in subject.lots:
        lines.append(f"Lot {lot.number}: {lot.title}")
        lines += [f"  {lot.description}"] if lot.description else []
        lines += [
            f"  {line.item}: {_plain(line.quantity)} {line.unit} over the whole term" for line in lot.lines
        ]
    return lines


def _limits(subject: Subject) -> list[str]:
    limits = subject.limits
    said = (
        ("Why it is not divided into lots", limits.undivided_reason),
        ("Most lots that one supplier may quote for", limits.most_quoted),
        ("Most lots that one supplier may get", limits.most_awarded),
        ("How it is decided who gets which", limits.mechanism),
    )
    return [f"{words}: {value}" for words, value in said if value]


def _submission(subject: Subject) -> list[str]:
    closes = _moment(subject.closes_at) if subject.closes_at else NOT_KNOWN
    return [f"Deadline for quotes: {closes}", f"Quotes are given free of charge at: {subject.page}"]


def _award(award: AwardSaid, said: Particulars) -> Iterable[str]:
    supplier = award.supplier
    number = f" (company number {supplier.company_number})" if supplier.company_number else ""
    yield f"{award.title}: {supplier.name}{number}"
    size = [
        words
        for words, holds in (
            ("a small or medium-sized enterprise", supplier.is_sme),
            ("a VCSE", supplier.is_vcse),
        )
        if holds
    ]
    yield from [f"  The supplier is {' and '.join(size)}"] if size else []
    yield f"  Value: {_pounds(award.net, award.gross, 'over the whole term')}"
    if award.summaries_sent_at:
        yield f"  Assessment summaries sent: {_moment(award.summaries_sent_at)}"
    if stands := said.standstill or award.standstill:
        begins, ends = map(day_in_words, stands)
        yield f"  Standstill: {begins} to {ends}, both days included"


def _contracts(subject: Subject, said: Particulars) -> Iterable[str]:
    for contract in (contract for award in subject.awards for contract in award.contracts):
        if said.contract_id and contract.id != said.contract_id:
            continue
        yield f"{contract.title}, {contract.school}"
        yield f"  {day_in_words(contract.starts_on)} to {day_in_words(contract.ends_on)}"
        yield f"  Value: {_pounds(contract.net, contract.gross, 'over the whole term')}"
        yield f"  Made on: {day_in_words(contract.signed_on)}"


def _change(said: Particulars) -> list[str]:
    lines = []
    if said.new_net is not None and said.new_gross is not None:
        lines.append(f"New value: {_pounds(said.new_net, said.new_gross, 'over the whole term')}")
    if said.ends_on:
        lines.append(f"New last day: {day_in_words(said.ends_on)}")
    return [*(lines or [f"What changes: {NOT_KNOWN}"]), f"Reasons: {said.reason or NOT_KNOWN}"]


def _own_chapter(kind: NoticeKind, said: Particulars) -> tuple[str, list[str]]:
    if kind is NoticeKind.ENGAGEMENT:
        until = day_in_words(said.ends_on) if said.ends_on else NOT_KNOWN
        return "Engagement", [f"How to take part: {said.how or NOT_KNOWN}", f"Last day: {until}"]
    if kind is NoticeKind.TRANSPARENCY:
        company = f" (company number {said.company_number})" if said.company_number else ""
        return "Direct award", [
            f"Supplier: {said.supplier or NOT_KNOWN}{company}",
            f"Justification: {said.ground} (Procurement Act 2023, {said.ground_law})"
            if said.ground
            else f"Justification: {NOT_KNOWN}",
            f"Reasons: {said.reason or NOT_KNOWN}",
        ]
    if kind is NoticeKind.TENDER and said.reason:
        return "What has changed", [f"Reasons: {said.reason}"]
    if kind is NoticeKind.CHANGE:
        return "Change", _change(said)
    if kind is NoticeKind.CONTRACT_END:
        ended = day_in_words(said.ends_on) if said.ends_on else NOT_KNOWN
        return "End of the contract", [f"Ended on: {ended}", f"Reasons: {said.reason or NOT_KNOWN}"]
    if kind is NoticeKind.TERMINATION:
        return "Termination", [f"Reasons: {said.reason or NOT_KNOWN}"]
    return "", []


def _pounds(net: Money, gross: Money, over: str = "over the whole term with every extension") -> str:
    return f"{net} without VAT, {gross} with VAT, {over}"


def _plain(value: object) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{day_in_words(local.date())} at {local:%H:%M} {local:%Z}"
