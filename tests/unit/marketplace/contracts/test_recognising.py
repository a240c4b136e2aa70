"""How a row of an imported register finds its contract."""

import dataclasses
import uuid
from datetime import date

import pytest

from marketplace.contracts.importing.rules import Ambiguous, Known, Recogniser
from marketplace.core.ids import new_id

SCHOOL = new_id()
KEPT = Known(new_id(), SCHOOL, "C-1", "School meals", "Larder & Co", date(2024, 9, 1))


def row(**changes: object) -> Known:
    return dataclasses.replace(KEPT, id=new_id(), **changes)  # type: ignore[arg-type]  # any field


def found(asked: Known, *known: Known) -> uuid.UUID | None:
    return Recogniser(known or (KEPT,)).find(asked)


def test_a_reference_finds_its_contract_whatever_else_has_changed() -> None:
    assert found(row(title="Meals", supplier_name="Other", starts_on=date(2025, 1, 1))) == KEPT.id
    assert found(row(reference=" c-1 ")) == KEPT.id


def test_without_a_reference_title_supplier_and_first_day_find_it() -> None:
    assert found(row(reference="", title="SCHOOL  meals", supplier_name="larder & co")) == KEPT.id
    assert found(row(reference="", title="Meals")) is None
    assert found(row(reference="", starts_on=date(2025, 9, 1))) is None


def test_an_apostrophe_is_an_apostrophe_however_it_is_typed() -> None:
    kept = dataclasses.replace(KEPT, supplier_name="Baker’s")
    assert found(row(reference="", supplier_name="Baker's"), kept) == KEPT.id


def test_a_new_reference_is_given_to_the_contract_that_has_none() -> None:
    unnamed = dataclasses.replace(KEPT, reference="")
    assert found(row(reference="C-9"), unnamed) == KEPT.id


def test_another_reference_is_another_contract_however_alike_they_are() -> None:
    assert found(row(reference="C-2")) is None


def test_the_contract_of_another_school_is_never_found() -> None:
    assert found(row(school_id=new_id())) is None
    assert found(row(school_id=new_id(), reference="")) is None


def test_two_contracts_that_a_row_could_be_are_not_guessed_between() -> None:
    with pytest.raises(Ambiguous):
        found(row(reference=""), KEPT, row(reference="C-2"))
