"""No table that tells of people is forgotten: not by the record of processing, nor when somebody asks."""

import re

import stages
from marketplace.alliance.privacy.holdings import SECRET, leads_to_person, references
from marketplace.alliance.privacy.rules import processing, retention
from marketplace.core.db import Base

assert stages.MODELS, "every stage's tables are known"
LIKE_A_PERSON = re.compile(r"(^|_)(person|actor|author|user|worker|member|by|email|recipient)(_id)?$")
NOT_A_PERSON = {
    "agreement.notice_by_id": "the school that gave notice",
    "person.email": "the person’s own row",
    "school.finance_email": "an address that a school gives for invoices",
    "bank_change.account_email": "an address that a supplier gives for its account",
    "message.stop_by": "a path",
    "challenge.by": "whether a bidder or somebody else challenges",
    "email_change.new_email": "beside person_id",
    "email_change.old_email": "beside person_id",
    "decision.vote_by": "a day",
    "price_inquiry.answer_by": "a day",
    "provider_link.email": "beside person_id",
    "supplier_invoice.pay_by": "a day",
    "suggestion_count.decide_by": "a day",
    "safeguarding_check.worker": "a name without an account: told by the school that recorded it",
}
"""Columns that sound as if they led to somebody with an account, and do not, or not alone."""
PROVE_WHO_ONE_IS = {
    "person.password_hash",
    "sign_in.secret_hash",
    "sign_in.device_hash",
    "password_link.token_hash",
    "recovery_code.code_hash",
    "authenticator.secret",
    "authenticator.last_step",
}


def test_every_table_that_tells_of_people_stands_in_the_record_of_processing_once() -> None:
    """Add a new one to an activity in `marketplace/alliance/privacy/reference/processing.json`."""
    named = [table for activity in processing() for table in activity.tables]
    assert sorted(named) == sorted({table.name for table in references()})


def test_no_column_names_somebody_in_a_way_that_a_person_who_asks_is_not_told() -> None:
    """Let it refer to the table of people, or say in `holdings.BY_NAME` or here how it is meant."""
    unclear = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if LIKE_A_PERSON.search(column.name) and not leads_to_person(column)
    ]
    assert not set(unclear) - set(NOT_A_PERSON)


def test_what_proves_who_somebody_is_leaves_with_nobody() -> None:
    columns = {f"{table.name}.{column.name}" for table in references() for column in table.columns}
    assert columns >= PROVE_WHO_ONE_IS
    assert not [name for name in PROVE_WHO_ONE_IS if not SECRET.search(name.split(".")[1])]


def test_every_law_that_keeps_data_is_named_with_how_it_was_checked() -> None:
    laws = retention().laws
    assert {key for kept in retention().kept for key in kept.laws} <= set(laws)
    assert all(law.title and law.says and law.how for law in laws.values())
