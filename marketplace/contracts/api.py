"""The program interface of the register of contracts, and of the categories that needs and contracts name."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from marketplace.alliance.api import SchoolName
from marketplace.contracts import actions, categories, queries, rules
from marketplace.contracts.categories import CategoryField, FieldType
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractContent
from marketplace.core import web
from marketplace.core.api.operations import Api
from marketplace.core.api.schemas import Line, Listing, PageAsked, Pence, Schema, Version, part_of
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.money import Money

contracts = Api("contracts_api", __name__, "Contracts", "/contracts")
catalogue = Api("catalogue_api", __name__, "Categories", "/categories")
Months = Annotated[int, Field(ge=1, le=rules.LONGEST_EXTENSION_MONTHS)]


class ContractSent(Schema):
    """What a school says about a contract. The term includes both its dates."""

    category: str = Field(description="The id of a category.")
    title: Line = Field(min_length=1, max_length=rules.LONGEST_TITLE, description="What it is for.")
    reference: Line = Field(
        default="", max_length=rules.LONGEST_REFERENCE, description="The school’s own number for it."
    )
    supplier_name: Line = Field(min_length=1, max_length=rules.LONGEST_TITLE)
    annual_value_pence: Pence = Field(description="A year’s value before VAT.")
    starts_on: date
    ends_on: date
    notice_days: int = Field(default=0, ge=0, le=rules.LONGEST_NOTICE_DAYS)
    notice_months: int = Field(default=0, ge=0, le=rules.LONGEST_NOTICE_MONTHS)
    renewal_months: int = Field(
        default=0,
        ge=0,
        le=rules.LONGEST_RENEWAL_MONTHS,
        description="For how long it goes on by itself when nobody gives notice; 0 when it just ends.",
    )
    extension_months: list[Months] = Field(
        default=[],
        max_length=rules.MOST_EXTENSIONS,
        description="The options to extend it that are left, each in months.",
    )

    def content(self) -> ContractContent:
        """What was sent, as the register takes it."""
        sent = {
            one.name: getattr(self, one.name) for one in fields(ContractContent) if hasattr(self, one.name)
        }
        return ContractContent(
            **sent
            | {
                "annual_value": Money(self.annual_value_pence),
                "extension_months": tuple(self.extension_months),
            }
        )


class ContractToAdd(ContractSent):
    """A new entry in a school's register."""

    school_id: uuid.UUID


class ContractChange(ContractSent):
    """All of an entry as it is to be."""

    version: Version


class ContractEntry(Schema):
    """An entry in a school's register of contracts."""

    id: uuid.UUID
    version: int
    school: SchoolName
    category: str
    title: str
    reference: str
    supplier_name: str
    annual_value_pence: int
    starts_on: date
    ends_on: date
    notice_days: int
    notice_months: int
    renewal_months: int
    extension_months: list[int]
    runs_until: date = Field(description="When it ends as things stand, once it has renewed itself.")
    last_notice_on: date = Field(description="The last safe day for notice.")
    tender_reference: str = Field(description="The joint tender that it came from; blank for none.")
    registered_at: datetime

    @classmethod
    def of(cls, contract: Contract) -> ContractEntry:
        """An entry as it is answered."""
        same = cls.model_fields.keys() - {"school", "annual_value_pence", "extension_months"}
        return cls(
            **{name: getattr(contract, name) for name in same},
            school=SchoolName.of(contract.school),
            annual_value_pence=contract.annual_value.pence,
            extension_months=list(contract.extension_months),
        )


class ContractList(Listing[ContractEntry]):
    """Part of the register."""


class ContractsAsked(PageAsked):
    """Which entries."""

    category: str | None = Field(default=None, description="Only of this category.")
    school_id: uuid.UUID | None = Field(default=None, description="Only of this school.")


@contracts.reads("", Scope.CONTRACTS_READ)
def list_contracts(asked: ContractsAsked) -> ContractList:
    """The contracts that the token’s owner may read.

    Those of their schools, and for people of an alliance those of its members.
    """
    query = queries.search(web.actor(), category_id=asked.category, school_id=asked.school_id)
    rows, following = part_of(db.session(), query, Contract.id, asked)
    return ContractList(items=[ContractEntry.of(one) for one in rows], next=following)


@contracts.reads("/<uuid:contract_id>", Scope.CONTRACTS_READ)
def show_contract(contract_id: uuid.UUID) -> ContractEntry:
    """One contract."""
    return ContractEntry.of(queries.get_contract(db.session(), web.actor(), contract_id))


@contracts.makes("", Scope.CONTRACTS_WRITE)
def add_contract(body: ContractToAdd, making: uuid.UUID) -> ContractEntry:
    """Enter a contract in a school’s register."""
    actions.add_contract(web.actor(), making, body.school_id, body.content())
    return show_contract(making)


@contracts.changes("/<uuid:contract_id>", Scope.CONTRACTS_WRITE)
def edit_contract(contract_id: uuid.UUID, body: ContractChange) -> ContractEntry:
    """Put other content in place of an entry’s.

    Send all of it, with the version that you read.
    """
    actions.edit_contract(web.actor(), contract_id, body.version, body.content())
    return show_contract(contract_id)


class CategoryQuestion(Schema):
    """A question that a need of the category answers, under its key among `answers`."""

    key: str
    label: str
    type: FieldType = Field(
        description="int: a whole number; number: a number as text; money: whole pence; date: 2027-03-27; "
        "text, long_text; bool; enum: a key of options; multi: a list of such keys; table: an object with "
        "rows, a list of objects by the keys of the columns, or with none, true where there are none."
    )
    required: bool = Field(description="Must it be answered before the need is submitted?")
    unit: str
    hint: str
    options: dict[str, str] = Field(description="What can be chosen: what is sent, and what it means.")
    columns: list[CategoryQuestion] = Field(description="Of a table.")

    @classmethod
    def of(cls, question: CategoryField) -> CategoryQuestion:
        """A question as it is answered."""
        same = cls.model_fields.keys() - {"options", "columns"}
        return cls(
            **{name: getattr(question, name) for name in same},
            options=dict(question.options),
            columns=[cls.of(column) for column in question.columns],
        )


class CategoryEntry(Schema):
    """Something that schools buy."""

    id: str
    name: str
    volume_unit: str = Field(description="What the volume of a need is counted in.")
    cpv: list[str] = Field(description="Its codes in the Common Procurement Vocabulary.")
    questions: list[CategoryQuestion]


class CategoryList(Schema):
    """All categories."""

    items: list[CategoryEntry]


@catalogue.reads("")
def list_categories() -> CategoryList:
    """The categories, with the questions that a need of each answers."""
    return CategoryList(
        items=[
            CategoryEntry(
                id=category_id,
                name=name,
                volume_unit=found.volume_unit,
                cpv=[cpv.code for cpv in found.cpv],
                questions=[CategoryQuestion.of(question) for question in found.fields],
            )
            for category_id, name in categories.pairs()
            for found in [categories.category(category_id)]
        ]
    )
