"""The second wall: PostgreSQL itself shows nothing of others, and lets the web server move no wall."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask, g
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from invoicing.bank.models import BankLine, BankStatement
from invoicing.incoming.models import SupplierInvoice
from invoicing.invoices.models import Invoice
from marketplace.contracts.models import Contract
from marketplace.core import walls
from marketplace.core.db import Base, db
from marketplace.core.policy import ANYONE, Actor
from marketplace.needs.models import Need
from suppliers.profiles.models import Supplier
from suppliers.quotes.models import Quote, SealedBody
from tests import make
from tests.make.bank import Movement
from tests.make.incoming import received


@pytest.fixture
def web(app: Flask, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Connections as the web server has them; on SQLite there are no roles, and nothing to prove here."""
    assert app.testing
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no roles and no policies on rows")
    role = request.getfixturevalue("web_role")
    engine = create_engine(db.engine.url)

    @event.listens_for(engine, "connect")
    def _be_the_web_server(connection: psycopg.Connection[object], _: object) -> None:
        connection.execute(f"SET ROLE {role}")
        connection.commit()

    yield engine
    engine.dispose()


@contextmanager
def reading(app: Flask, web: Engine, actor: Actor, *, acting: bool = False) -> Iterator[Session]:
    """A session of a request by this person, in which nobody asks `visible_to`."""
    with app.test_request_context(), Session(web, info={"acting": acting}) as session:
        g.actor = actor
        yield session


def counts(session: Session, *models: type[Base]) -> dict[str, int]:
    """How many rows of each table are shown to a query without a condition."""
    return {
        model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0 for model in models
    }


def test_a_query_that_forgot_whose_rows_it_may_see_sees_nothing_of_others(app: Flask, web: Engine) -> None:
    contest = make.awarded_contest()
    owner, buyer = contest.tender.schools[:2]
    make.payable_school(owner)
    make.money_in(owner, Movement(1_00))
    received(owner)
    make.issued_invoice(owner, buyer)
    make.approved_need(owner)
    auditor = contest.tender.alliance.auditor
    stranger = make.alliance(schools=1, name="Otherwold Alliance").schools[0].bursar
    bidder, other_bidder = (make.actor(one.admin.person_id) for one in contest.suppliers[:2])
    tables = (BankStatement, BankLine, SupplierInvoice, Invoice, Contract, Need, SealedBody)
    db.session.rollback()
    with reading(app, web, stranger) as session:
        assert set(counts(session, *tables).values()) == {0}
        assert counts(session, Supplier)["supplier"], "the directory is everybody's"
    with reading(app, web, ANYONE) as session:
        assert set(counts(session, *tables).values()) == {0}
    with reading(app, web, make.actor(owner.bursar.person_id)) as session:
        assert all(counts(session, *tables).values()), counts(session, *tables)
    with reading(app, web, make.actor(auditor.person_id)) as session:
        assert all(counts(session, *tables).values())
    with reading(app, web, make.actor(buyer.bursar.person_id)) as session:
        seen = counts(session, *tables)
        assert (seen["bank_statement"], seen["bank_line"], seen["supplier_invoice"]) == (0, 0, 0)
    for one, another in ((bidder, other_bidder), (other_bidder, bidder)):
        with reading(app, web, one) as session:
            theirs = Quote.supplier_id.in_(another.supplier_ids)
            assert not session.scalars(select(Quote.id).where(theirs, Quote.status != "awarded")).all()
            assert set(session.scalars(select(SealedBody.quote_id))) == set(
                session.scalars(select(Quote.id).where(Quote.supplier_id.in_(one.supplier_ids)))
            )
            assert set(session.scalars(select(Contract.supplier_id))) <= one.supplier_ids
            assert counts(session, Invoice, Need) == {"invoice": 0, "need": 0}
    with reading(app, web, stranger, acting=True) as session:
        assert counts(session, Invoice)["invoice"], "an action reads what its work needs"
        assert counts(session, BankStatement, SupplierInvoice) == {"bank_statement": 0, "supplier_invoice": 0}


def test_what_one_transaction_said_is_forgotten_by_the_next(web: Engine) -> None:
    """The wall holds where connections are shared (pgbouncer): nothing said outlives its transaction."""
    make.contract(make.alliance(1).schools[0])
    with Session(web) as job:
        assert counts(job, Contract) == {"contract": 1}, "a job serves nobody's request"
    with web.connect() as nobody:
        assert nobody.scalar(select(func.count()).select_from(Contract)) == 0


def test_the_web_server_moves_no_wall_and_no_history(web: Engine) -> None:
    make.alliance(1)
    forbidden = (
        "ALTER TABLE contract DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP POLICY readers ON contract",
        "DROP TABLE event",
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "SET session_replication_role = replica",
        "UPDATE event SET facts = '{}'",
        "DELETE FROM event",
        "TRUNCATE event CASCADE",
        "UPDATE ledger_transfer SET id = id",
        "DELETE FROM stored_file",
        "UPDATE alembic_version SET version_num = '0001'",
    )
    for statement in forbidden:
        with (
            web.connect() as connection,
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        ):
            connection.execute(text(statement))
    with web.connect() as connection:
        assert not walls.passes_walls(connection)
    with db.engine.connect() as owner:
        assert walls.passes_walls(owner)


def test_a_role_that_is_not_there_is_named_with_how_to_make_it(app: Flask, web: Engine) -> None:
    assert web.dialect.name == "postgresql"
    said = app.test_cli_runner().invoke(args=["grant-web-role", f"nobody_{uuid.uuid4().hex[:8]}"])
    assert said.exit_code == 1
    assert "There is no role" in said.output
    assert "CREATE ROLE" in said.output
