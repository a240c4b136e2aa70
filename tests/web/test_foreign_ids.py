"""Every page of something, asked by people to whom it does not belong."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKey, Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from marketplace.core.db import Base
from marketplace.core.policy import Actor, Role
from tests import addresses, make
from tests.make import agreements, memberships
from tests.make.bank import Movement
from tests.make.incoming import accepted, paid
from tests.web.client import Client

FOR_ANYBODY = re.compile(
    r"(/api/v1)?/(opportunities|ocds|dev)/|/tenders/<uuid:tender_id>/(quote|questions/ask)(/|$)"
)
"""What is published, what every supplier may answer, and the letters of a development machine."""
DIRECTORY = re.compile(
    r"/suppliers/<uuid:supplier_id>(/documents(/<uuid:document_id>(/check)?)?|/reviews|/edit|/debarment)?$"
)
"""Where schools of every alliance find every supplier. They read of no other alliance's schools there."""
THINGS = {
    *(
        "activity_id",
        "agreement_id",
        "alliance_id",
        "application_id",
        "claim_id",
        "contract_id",
        "contribution_id",
        "cost_id",
        "credit_note_id",
    ),
    *(
        "criterion_id",
        "decision_id",
        "document_id",
        "fund_id",
        "invoice_id",
        "layout_id",
        "letter_id",
        "line_id",
        "lot_id",
    ),
    *(
        "membership_id",
        "need_id",
        "offer_id",
        "person_id",
        "question_id",
        "quote_id",
        "round_id",
        "school_id",
    ),
    *("statement_id", "supplier_id", "tender_id", "usage_id"),
}
"""What there is some of, so that an address which nobody asked for cannot pass unnoticed."""


def tables_of(argument: str) -> Iterator[Table]:
    """The tables that an id of this name leads to: where such a column points, or what is called so."""
    for table in Base.metadata.sorted_tables:
        if f"_{table.name}".endswith(f"_{argument.removesuffix('_id')}"):
            yield table
        column: Column[object] | None = table.columns.get(argument)
        if column is not None:
            yield from (key.column.table for key in column.foreign_keys if isinstance(key, ForeignKey))


def ids_of(session: Session, argument: str) -> list[uuid.UUID]:
    """Real ids that fit an argument of an address: of each table the first two that were made, at most."""
    return [
        row_id
        for table in dict.fromkeys(tables_of(argument))
        if "id" in table.columns
        for row_id in session.scalars(select(table.c.id).order_by(table.c.id).limit(2))
    ]


def paths(session: Session, rule: Rule) -> Iterator[str]:
    """Addresses of things that are there; none where nothing fits."""
    arguments = re.findall(r"<uuid:(\w+)>", rule.rule)
    if not arguments:
        return
    found = {argument: ids_of(session, argument) for argument in arguments}
    for turn in range(max(map(len, found.values()))):
        path = rule.rule
        for argument, ids in found.items():
            if ids:
                path = path.replace(f"<uuid:{argument}>", str(ids[turn % len(ids)]))
        yield addresses.PLACE.sub("x", path)


def all_kinds_of_things() -> tuple[str, ...]:
    """An alliance in which there is some of everything; the names of its schools."""
    documented = make.supplier()
    contest = make.awarded_contest()
    alliance, schools = contest.tender.alliance, contest.tender.schools
    for school in schools:
        make.payable_school(school)
    make.credit(schools[0], make.issued_invoice(schools[0], schools[1]), {1: 25_00})
    make.money_in(schools[0], Movement(1_00))
    make.layout(schools[0])
    paid(schools[0], accepted(schools[0]), 1_00)
    held = make.partnership_fund(alliance)
    make.received_round(held)
    make.claim(held, schools[0])
    make.shared_cost(schools[0], schools)
    make.approved_need(schools[0])
    make.activity(alliance)
    agreements.logged(schools[0], agreements.running(schools[0], schools[1]))
    agreements.offer(schools[0])
    make.ask(make.published_tender(alliance), make.supplier())
    memberships.application(alliance, memberships.outsider())
    make.checked_document(documented, schools[0].bursar)
    return tuple(school.name for school in schools)


def strangers() -> dict[str, Actor]:
    """People with every role of another alliance and its school, and a supplier that quoted for nothing.

    What one role opens, all roles together open.
    """
    other = make.alliance(schools=1, name="Otherwold Alliance")
    return {
        "all that an alliance has": make.person(other.id, Role.COORDINATOR, Role.AUDITOR),
        "all that a school has": make.person(
            other.schools[0].id, Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR, Role.FINANCE_LEAD
        ),
        "supplier": make.supplier("Stranger Supplies").admin,
    }


@pytest.mark.long
def test_abuse_12_what_belongs_to_others_is_not_found_by_its_real_id_nor_named(app: Flask) -> None:
    names = all_kinds_of_things()
    session = make.fresh()
    asked = [
        (rule, path)
        for rule in app.url_map.iter_rules()
        if "GET" in addresses.methods(rule) and not FOR_ANYBODY.match(rule.rule)
        for path in paths(session, rule)
    ]
    known = {argument for rule, _ in asked for argument in rule.arguments if ids_of(session, argument)}
    assert known >= THINGS
    found = []
    for kind, person in strangers().items():
        client = Client(app, person.person_id)
        client.carry(make.token(person))
        for rule, path in asked:
            answer = client.open(path)
            opens = kind != "supplier" and DIRECTORY.match(rule.rule)
            if (answer.status_code != 404 and not opens) or any(
                name.encode() in answer.data for name in names
            ):
                found.append(f"{kind}, {rule.rule}: {answer.status}")
    assert not sorted(set(found)), "\n".join(sorted(set(found)))
