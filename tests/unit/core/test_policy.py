"""Who may do what."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from click.testing import CliRunner

from marketplace.alliance import policy_views
from marketplace.alliance.two_people import TWO_PEOPLE
from marketplace.core.errors import Forbidden, ProofNeeded
from marketplace.core.policy import (
    ANYONE,
    NEEDS_PROOF,
    POLICY,
    SYSTEM,
    Act,
    Actor,
    Kind,
    Proof,
    Role,
    Seat,
    allows,
    require,
)

OURS, THEIRS = uuid.uuid4(), uuid.uuid4()
SET_UP = "Set up a second factor first. Your role asks for one."
HEAD = Actor(uuid.uuid4(), "Head", frozenset({Seat(OURS, Kind.SCHOOL, Role.HEADTEACHER)}))


def test_a_role_counts_only_in_its_own_organisation() -> None:
    assert allows(HEAD, Act.NEED_APPROVE, OURS)
    assert not allows(HEAD, Act.NEED_APPROVE, THEIRS)


def test_without_an_organisation_a_role_counts_for_nothing() -> None:
    assert not allows(HEAD, Act.NEED_APPROVE)


def test_another_role_is_refused_in_words() -> None:
    with pytest.raises(Forbidden, match="issue an invoice"):
        require(HEAD, Act.INVOICE_ISSUE, OURS)


def test_an_old_proof_is_not_enough_where_money_roles_or_accounts_change() -> None:
    old = replace(HEAD, proof=Proof.OLD)
    for act in (Act.CLAIM_APPROVE, Act.PERSON_ADD, Act.SCHOOL_EDIT, Act.STRIPE_ACCOUNT_APPROVE):
        with pytest.raises(ProofNeeded) as needed:
            require(old, act, OURS)
        assert needed.value.message == POLICY[act].label[0].lower() + POLICY[act].label[1:]
        require(HEAD, act, OURS)
        with pytest.raises(Forbidden):
            require(old, act, THEIRS)
    require(old, Act.NEED_APPROVE, OURS)
    assert old == HEAD, "the same person, whatever the proof"


def test_a_token_does_what_it_was_made_for_and_nothing_else() -> None:
    """Nor does it allow what its owner may not do themselves."""
    token = replace(HEAD, acts=frozenset({Act.NEED_APPROVE, Act.INVOICE_ISSUE}))
    require(token, Act.NEED_APPROVE, OURS)
    for act in (Act.NEED_POST, Act.PERSON_SIGN_OUT):
        with pytest.raises(Forbidden, match=r"^This token does not allow you to: "):
            require(token, act, OURS)
    with pytest.raises(Forbidden, match=r"^Your role does not allow you to: issue an invoice"):
        require(token, Act.INVOICE_ISSUE, OURS)


def test_what_runs_by_itself_is_never_asked_for_a_proof() -> None:
    by_itself = {act for act, permission in POLICY.items() if permission.roles == {Role.SYSTEM}}
    assert not by_itself & NEEDS_PROOF


def test_who_lacks_a_second_factor_may_do_only_what_anyone_may() -> None:
    half = replace(HEAD, proof=Proof.HALF)
    for act, permission in POLICY.items():
        if Role.ANYONE in permission.roles:
            require(half, act, OURS)
        else:
            with pytest.raises(
                Forbidden, match=rf"^{SET_UP}$" if allows(half, act, OURS) else r"^Your role does"
            ):
                require(half, act, OURS)


def test_somebody_not_signed_in_may_do_only_what_anyone_may() -> None:
    may = {act for act in Act if allows(ANYONE, act, OURS)}
    assert may == {act for act, permission in POLICY.items() if Role.ANYONE in permission.roles}


def test_the_system_closes_tenders_and_cannot_award() -> None:
    assert allows(SYSTEM, Act.TENDER_CLOSE)
    assert not allows(SYSTEM, Act.AWARD_APPROVE, OURS)


def test_every_act_stands_in_one_chapter_of_who_can_do_what() -> None:
    firsts = [first for subjects in policy_views.SUBJECTS.values() for first in subjects]
    assert len(set(firsts)) == len(firsts)
    assert {act.split(".")[0] for act in Act} <= set(firsts)


def test_what_nobody_does_alone_names_acts_that_people_do() -> None:
    for one in TWO_PEOPLE:
        for act in one.acts:
            assert POLICY[act].roles - {Role.SYSTEM}, f"{one.what}: {act}"


def test_the_command_prints_the_whole_table_and_what_takes_two() -> None:
    printed = CliRunner().invoke(policy_views.print_policy).output
    assert all(permission.label in printed for permission in POLICY.values())
    assert "Change a school’s bank account: Another headteacher, finance lead or bursar" in printed
    assert "Waits: 24 hours" in printed
