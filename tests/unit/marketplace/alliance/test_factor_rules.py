"""Codes count once, in their time; recovery codes are found however they are typed."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from marketplace.alliance.sign_ins.factors import rules
from marketplace.alliance.sign_ins.factors.pictures import drawn
from marketplace.alliance.sign_ins.rules import PROOF_LASTS, proof_of
from marketplace.core.policy import Kind, Proof, Role, Seat

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 11, 27, 12, 0, 10, tzinfo=UTC)
STEP = int(NOON.timestamp()) // 30


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-90, False), (-60, False), (-30, True), (0, True), (30, False), (60, False)]
)
def test_a_code_counts_in_its_half_minute_and_the_next(seconds: int, *, counts: bool) -> None:
    code = code_at(NOON + timedelta(seconds=seconds))
    assert (rules.step_of(code, SECRET, NOON, 0) is not None) is counts


def test_a_code_counts_once_and_none_before_it_counts_after_it() -> None:
    step = rules.step_of(code_at(NOON), SECRET, NOON, 0)
    assert step == STEP
    assert rules.step_of(code_at(NOON), SECRET, NOON, STEP) is None
    assert rules.step_of(code_at(NOON - timedelta(seconds=30)), SECRET, NOON, STEP) is None
    later = NOON + timedelta(seconds=30)
    assert rules.step_of(code_at(later), SECRET, later, STEP) == STEP + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345\u00a0six"])
def test_what_is_no_code_counts_for_nothing(typed: str) -> None:
    assert rules.step_of(typed, SECRET, NOON, 0) is None


def test_a_code_may_be_typed_in_two_halves() -> None:
    code = code_at(NOON)
    assert rules.step_of(f" {code[:3]} {code[3:]} ", SECRET, NOON, 0) == STEP


def test_a_recovery_code_is_long_enough_and_found_however_it_is_typed() -> None:
    code = rules.new_code()
    assert re.fullmatch(r"([2-9a-z]{6}-){4}[2-9a-z]{6}", code)
    assert len(rules.CODE_LETTERS) ** 24 > 2**112, "ASVS 6.5.2: else it had to be hashed like a password"
    assert rules.tidy_code(f" {code.upper().replace('-', ' ')}") == code
    assert rules.new_code() != code


def test_finance_leads_and_coordinators_are_asked_for_a_second_factor() -> None:
    def asks(*roles: Role) -> bool:
        return rules.role_asks(Seat(uuid.uuid4(), Kind.SCHOOL, role) for role in roles)

    assert asks(Role.FINANCE_LEAD)
    assert asks(Role.GOVERNOR, Role.COORDINATOR)
    assert not asks(Role.BURSAR, Role.HEADTEACHER, Role.SUPPLIER_ADMIN)


def test_a_proof_is_fresh_for_a_quarter_of_an_hour() -> None:
    assert proof_of(NOON, NOON + PROOF_LASTS, lacks_factor=False) is Proof.FRESH
    assert proof_of(NOON, NOON + PROOF_LASTS + timedelta(seconds=1), lacks_factor=False) is Proof.OLD
    assert proof_of(NOON, NOON, lacks_factor=True) is Proof.HALF


def test_the_picture_has_its_quiet_margin() -> None:
    picture = drawn(rules.address_of(SECRET, "ann@example.org"), "for your app")
    starts = [tuple(map(int, found)) for found in re.findall(r"M(\d+) (\d+)", picture.path)]
    assert min(min(start) for start in starts) == 4
    assert max(y for _, y in starts) == picture.size - 5
