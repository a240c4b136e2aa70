"""Where one role ends and another begins: promises about the whole table of permissions."""

from marketplace.core.policy import NEEDS_PROOF, POLICY, Act, Role

IN_A_SCHOOL = {Role.HEADTEACHER, Role.BURSAR, Role.FINANCE_LEAD, Role.SENIOR_LEADER, Role.GOVERNOR}
AT_A_SUPPLIER = {Role.SUPPLIER_ADMIN, Role.BIDDER}

# The own calendar and the own programs
FOR_ONESELF = {Act.CALENDAR_MAKE, Act.CALENDAR_REVOKE, Act.TOKEN_MAKE}
# Who opens quotes and judges them is named, person by person; anybody in a school can be
FOR_WHO_IS_NAMED = {
    Act.CONFLICT_DECLARE,
    Act.INTEREST_DECLARE,
    Act.OPENING_REFUSE,
    Act.OPENING_START,
    Act.PASSPHRASE_CHANGE,
    Act.PASSPHRASE_CHOOSE,
    Act.PASSPHRASE_MISTYPE,
    Act.PASSPHRASE_PROVE,
    Act.PASSPHRASE_REPLACE,
    Act.QUOTES_OPEN,
    Act.SCORE_GIVE,
}
FOR_ALL_IN_A_SCHOOL = FOR_ONESELF | FOR_WHO_IS_NAMED | {Act.HOURS_LOG, Act.HOURS_TAKE_BACK}
FOR_WHO_INVITES = {Act.PERSON_ADD, Act.INVITATION_SEND, Act.INVITATION_WITHDRAW}


def acts_of(role: Role) -> set[Act]:
    return {act for act, permission in POLICY.items() if role in permission.roles}


def shared(some: set[Role], others: set[Role]) -> set[Act]:
    """What somebody of both may do."""
    return {
        act for act, permission in POLICY.items() if permission.roles & some and permission.roles & others
    }


def test_every_act_has_a_line_with_words_and_somebody_who_may() -> None:
    assert set(POLICY) == set(Act)
    assert all(permission.roles and permission.label for permission in POLICY.values())


def test_what_anybody_may_do_asks_for_no_role_besides() -> None:
    assert not shared({Role.ANYONE}, set(Role) - {Role.ANYONE})


def test_what_happens_by_itself_no_person_can_bring_about_but_for_what_also_has_a_button() -> None:
    assert shared({Role.SYSTEM}, set(Role) - {Role.SYSTEM}) == {
        Act.CHARGE_INVOICE,
        Act.INVOICE_DISCARD,
        Act.PAYMENT_HEAR,
        Act.SCHOOL_ADMIT,
        Act.SETTLEMENT_PROPOSE,
    }


def test_who_sells_and_who_buys_never_do_the_same_but_for_their_own_colleagues_and_programs() -> None:
    """A finance lead, too, can stop a supplier's new bank account: the schools would pay into it."""
    beside = {Act.TOKEN_MAKE, Act.BANK_STOP, *FOR_WHO_INVITES}
    assert shared(AT_A_SUPPLIER, set(Role) - AT_A_SUPPLIER) == beside


def test_a_bidder_does_all_for_the_supplier_but_say_who_belongs_to_it_and_who_is_paid() -> None:
    assert acts_of(Role.SUPPLIER_ADMIN) - acts_of(Role.BIDDER) == {
        Act.BANK_PROPOSE,
        Act.MEMBER_CHANGE,
        Act.MEMBER_REMOVE,
        Act.SUPPLIER_EDIT,
        *FOR_WHO_INVITES,
    }
    assert acts_of(Role.BIDDER) <= acts_of(Role.SUPPLIER_ADMIN)


def test_who_looks_after_the_installation_touches_no_quote_no_award_and_no_money() -> None:
    assert acts_of(Role.ADMINISTRATOR) == {
        Act.ALLIANCE_FOUND,
        Act.CATEGORY_IMPORT,
        Act.CATEGORY_REMOVE,
        Act.FACTOR_RESET,
        Act.PASSWORD_GIVE,
        Act.PERSON_ADD,
        Act.PERSON_CLOSE,
        Act.SCHOOL_ADMIT,
        Act.SCHOOL_IMPORT,
        Act.TENDER_IMPORT,
        Act.TOKEN_MAKE,
    }


def test_nobody_in_an_organisation_does_what_looks_after_the_installation() -> None:
    """But invite colleagues, import a tender, make a token; a board that carried it admits a school, too."""
    beside = {Act.PERSON_ADD, Act.SCHOOL_ADMIT, Act.TENDER_IMPORT, Act.TOKEN_MAKE}
    assert shared({Role.ADMINISTRATOR}, set(Role) - {Role.ADMINISTRATOR}) == beside
    assert POLICY[Act.SCHOOL_ADMIT].roles == {Role.ADMINISTRATOR, Role.SYSTEM}


def test_what_spends_or_sets_aside_what_schools_decided_together_is_for_heads_and_governors() -> None:
    for act in (
        Act.AWARD_APPROVE,
        Act.AWARD_SET_ASIDE,
        Act.AWARD_WAIVE,
        Act.CHALLENGE_AGREE,
        Act.CHALLENGE_SETTLE,
        Act.CLAIM_APPROVE,
        Act.REFUND_APPROVE,
    ):
        assert POLICY[act].roles == {Role.HEADTEACHER, Role.GOVERNOR}, act


def test_whoever_manages_a_school_keeps_its_details_asks_for_its_money_and_stops_what_looks_wrong() -> None:
    for act in (Act.SCHOOL_EDIT, Act.SCHOOL_STOP_ACCOUNT, Act.CLAIM_MAKE, Act.SUPPLIER_PAYMENT_RECORD):
        assert POLICY[act].roles >= {Role.HEADTEACHER, Role.BURSAR, Role.FINANCE_LEAD}, act


def test_colleagues_are_invited_by_who_leads_a_school_an_alliance_or_a_supplier() -> None:
    for act in FOR_WHO_INVITES:
        leaders = {Role.HEADTEACHER, Role.COORDINATOR, Role.SUPPLIER_ADMIN}
        assert POLICY[act].roles - {Role.ADMINISTRATOR} == leaders, act


def test_an_auditor_reads_everything_and_changes_nothing_and_keeps_one_of_the_printed_keys() -> None:
    assert acts_of(Role.AUDITOR) == FOR_ONESELF | {Act.RECOVERY_PRINT, Act.OPENING_RECOVER}


def test_whoever_is_in_a_school_can_be_named_and_has_a_calendar_and_hours_of_their_own() -> None:
    for act in FOR_ALL_IN_A_SCHOOL:
        assert POLICY[act].roles >= IN_A_SCHOOL, act


def test_a_senior_leader_sits_on_the_board_and_counts_what_was_used_and_does_nothing_about_money() -> None:
    assert acts_of(Role.SENIOR_LEADER) - FOR_ALL_IN_A_SCHOOL == {
        Act.DECISION_DECLARE,
        Act.DECISION_VOTE,
        Act.USAGE_CORRECT,
        Act.USAGE_LOG,
        Act.USAGE_TAKE_BACK,
    }


def test_a_governor_agrees_to_what_others_propose_and_proposes_nothing() -> None:
    assert acts_of(Role.GOVERNOR) - FOR_ALL_IN_A_SCHOOL == {
        Act.AWARD_APPROVE,
        Act.AWARD_REJECT,
        Act.AWARD_SET_ASIDE,
        Act.AWARD_WAIVE,
        Act.CHALLENGE_AGREE,
        Act.CHALLENGE_SETTLE,
        Act.CLAIM_APPROVE,
        Act.CLAIM_REFUSE,
        Act.CONFIRMATION_RECORD,
        Act.CONFIRMATION_WITHDRAW,
        Act.CONTRIBUTION_CONFIRM,
        Act.REFUND_APPROVE,
        Act.SCHOOL_STOP_ACCOUNT,
    }


def test_a_coordinator_works_for_all_schools_and_decides_for_none() -> None:
    """What either may do: bring people and things in, keep books, answer suppliers, hold something back."""
    assert shared({Role.COORDINATOR}, IN_A_SCHOOL) - FOR_ONESELF - FOR_WHO_INVITES == {
        Act.ACTIVITY_ADD,
        Act.ACTIVITY_FINISH,
        Act.ACTIVITY_RESUME,
        Act.BOOKS_SET_YEAR,
        Act.CONTRACT_IMPORT,
        Act.INTEREST_DECLARE,
        Act.MEMBERSHIP_ASK,
        Act.OPENER_KEEP,
        Act.PERIOD_CLOSE,
        Act.PERIOD_PROPOSE,
        Act.QUESTION_ANSWER,
        Act.QUESTION_REJECT,
        Act.TENDER_HOLD_CHANGE,
        Act.TENDER_REFUSE_EXTENSION,
        Act.TENDER_RETURN,
    }


def test_who_prepares_a_purchase_never_approves_it() -> None:
    prepares = {Act.TENDER_DRAFT, Act.TENDER_EDIT, Act.TENDER_EXTEND, Act.AWARD_RECOMMEND, Act.CLAIM_PAY}
    approves = {
        Act.AWARD_APPROVE,
        Act.CLAIM_APPROVE,
        Act.REFUND_APPROVE,
        Act.TENDER_APPROVE,
        Act.TENDER_APPROVE_EXTENSION,
        Act.TENDER_PUBLISH,
    }
    for role in Role:
        assert not (acts_of(role) & prepares and acts_of(role) & approves), role


def test_what_commits_a_school_or_its_money_is_for_one_role_alone() -> None:
    alone: dict[Role, set[Act]] = {
        Role.HEADTEACHER: {
            Act.AGREEMENT_AGREE,
            Act.AGREEMENT_GIVE_NOTICE,
            Act.AGREEMENT_RETURN,
            Act.CONSENT_GIVE,
            Act.CONSENT_WITHDRAW,
            Act.DELEGATION_SET,
            Act.EXTENSION_AGREE,
            Act.EXTENSION_PROPOSE,
            Act.EXTENSION_REFUSE,
            Act.MEMBERSHIP_APPLY,
            Act.MEMBERSHIP_LEAVE,
            Act.MEMBERSHIP_WITHDRAW,
            Act.OPENER_AGREE,
            Act.SEAT_NAME,
            Act.TENDER_APPROVE,
            Act.TENDER_APPROVE_EXTENSION,
            Act.TENDER_PUBLISH,
        },
        Role.FINANCE_LEAD: {
            Act.BANK_CHECK,
            Act.CREDIT_NOTE_ISSUE,
            Act.CREDIT_SETTLE,
            Act.INVOICE_BATCH,
            Act.INVOICE_ISSUE,
            Act.INVOICE_STOP,
            Act.LATE_INTEREST_DRAFT,
            Act.PAYMENT_MATCH,
            Act.PAYMENT_RECORD,
            Act.PAYMENT_SET_ASIDE,
            Act.PAYMENT_UNMATCH,
            Act.REMINDER_CHOOSE,
            Act.SETTLEMENT_ACCEPT,
            Act.SETTLEMENT_RECEIVE,
            Act.SETTLEMENT_STAY_OUT,
            Act.SETTLEMENT_TAKE_PART,
        },
        Role.BURSAR: set(),
        Role.SENIOR_LEADER: set(),
        Role.GOVERNOR: {Act.CONFIRMATION_RECORD, Act.CONFIRMATION_WITHDRAW, Act.CONTRIBUTION_CONFIRM},
    }
    for role, acts in alone.items():
        assert {act for act, permission in POLICY.items() if permission.roles == {role}} == acts, role


def test_whoever_may_begin_something_may_put_it_right_and_whoever_may_agree_may_refuse() -> None:
    """No button leads a person where another of the same kind is refused to them."""
    together = (
        (Act.ACTIVITY_FINISH, Act.ACTIVITY_RESUME),
        (Act.AGREEMENT_DRAFT, Act.AGREEMENT_EDIT, Act.AGREEMENT_DISCARD, Act.AGREEMENT_PROPOSE),
        (Act.AGREEMENT_ASK, Act.AGREEMENT_ORDER, Act.USAGE_CONFIRM, Act.USAGE_QUESTION),
        (Act.AWARD_APPROVE, Act.AWARD_REJECT),
        (Act.CLAIM_APPROVE, Act.CLAIM_REFUSE),
        (Act.CHECK_RECORD, Act.CHECK_REMOVE),
        (Act.CONTRACT_ADD, Act.CONTRACT_EDIT, Act.CONTRACT_ATTACH, Act.CONTRACT_DETACH),
        (Act.CREDIT_RULE, Act.CREDIT_CLAIM, Act.CREDIT_WITHDRAW),
        (Act.DECISION_VOTE, Act.DECISION_DECLARE),
        (Act.DOCUMENT_CHECK, Act.DEBARMENT_LOOK_UP, Act.DOCUMENTS_USE, Act.DOCUMENTS_STOP_USING),
        (Act.INVOICE_DISPUTE, Act.INVOICE_SETTLE),
        (Act.INVOICE_DRAFT, Act.INVOICE_EDIT),
        (Act.LAYOUT_COPY, Act.LAYOUT_EDIT, Act.LAYOUT_REMOVE, Act.LAYOUT_RESTORE),
        (Act.LEAD_ACCEPT, Act.LEAD_DECLINE),
        (Act.LOGO_SET, Act.LOGO_REMOVE),
        (Act.NEED_APPROVE, Act.NEED_RETURN, Act.NEED_WAIVE, Act.CLAIM_RELEASE),
        (Act.NEED_POST, Act.NEED_EDIT, Act.NEED_SUBMIT, Act.NEED_WITHDRAW),
        (Act.OFFER_MAKE, Act.OFFER_EDIT, Act.OFFER_WITHDRAW),
        (Act.OPENING_RECOVER, Act.RECOVERY_PRINT),
        (Act.PAYMENT_APPROVE, Act.PAYMENT_REFUSE),
        (Act.PAYMENT_START, Act.PAYMENT_CANCEL),
        (Act.PERIOD_REOPEN, Act.PERIOD_REFUSE),
        (Act.QUESTION_ANSWER, Act.QUESTION_REJECT),
        (Act.REMINDER_HOLD, Act.REMINDER_RELEASE),
        (Act.SAVING_BASELINE, Act.SAVING_RECORD, Act.SAVING_TAKE_BACK),
        (Act.SCHOOL_PROPOSE_ACCOUNT, Act.SCHOOL_APPROVE_ACCOUNT),
        (Act.STRIPE_ACCOUNT_APPROVE, Act.STRIPE_ACCOUNT_CLOSE),
        (
            Act.SUPPLIER_INVOICE_RECEIVE,
            Act.SUPPLIER_INVOICE_ACCEPT,
            Act.SUPPLIER_INVOICE_REJECT,
            Act.SUPPLIER_INVOICE_DISPUTE,
            Act.SUPPLIER_PAYMENT_MATCH,
            Act.SUPPLIER_PAYMENT_UNDO,
        ),
        (
            Act.TENDER_COMMIT,
            Act.TENDER_DECLINE,
            Act.REQUIREMENT_MARK,
            Act.COMMITMENT_EDIT,
            Act.COMMITMENT_RENEW,
        ),
        (Act.USAGE_LOG, Act.USAGE_CORRECT, Act.USAGE_TAKE_BACK),
    )
    for acts in together:
        assert len({POLICY[act].roles for act in acts}) == 1, acts


def test_where_money_goes_and_how_one_signs_in_is_never_changed_on_an_old_proof() -> None:
    pays = {
        Act.AWARD_APPROVE,
        Act.CLAIM_APPROVE,
        Act.CLAIM_PAY,
        Act.CLAIM_RELEASE,
        Act.PAYMENT_APPROVE,
        Act.PAYMENT_PROPOSE,
        Act.REFUND_APPROVE,
        Act.REFUND_PAY,
        Act.SETTLEMENT_ACCEPT,
    }
    names_an_account = {
        act
        for act, permission in POLICY.items()
        if "bank account" in permission.label or "Stripe account" in permission.label
    } - {Act.BANK_STOP, Act.SCHOOL_STOP_ACCOUNT, Act.BANK_PUT_IN_FORCE, Act.SCHOOL_CHANGE_ACCOUNT}
    lets_somebody_in = {
        act
        for act in Act
        if act.startswith(("factor.", "passkey.", "provider.", "token."))
        and act.endswith((".add", ".remove", ".make", ".make_codes", ".link", ".unlink"))
    } | {Act.EMAIL_ASK, Act.SIGN_IN_END}
    gives_a_role = {Act.PERSON_ADD, Act.MEMBER_CHANGE, Act.MEMBER_REMOVE, Act.SEAT_NAME, Act.DELEGATION_SET}
    assert pays | names_an_account | lets_somebody_in | gives_a_role <= NEEDS_PROOF
