"""What needs a proof of who one is that is not old: money going out, accounts, roles, how one signs in.

A stolen session, or a browser left open, is not enough for these. `policy.require` asks this table.
"""

from __future__ import annotations

from marketplace.core.acts import Act

NEEDS_PROOF: frozenset[Act] = frozenset(
    {
        # where money goes
        Act.SCHOOL_EDIT,
        Act.SCHOOL_PROPOSE_ACCOUNT,
        Act.SCHOOL_APPROVE_ACCOUNT,
        Act.BANK_PROPOSE,
        Act.BANK_APPROVE,
        Act.BANK_CHECK,
        Act.STRIPE_ACCOUNT_PROPOSE,
        Act.STRIPE_ACCOUNT_APPROVE,
        Act.STRIPE_ACCOUNT_CLOSE,
        # money that goes out, or is let go
        Act.PAYMENT_PROPOSE,
        Act.PAYMENT_APPROVE,
        Act.SETTLEMENT_ACCEPT,
        Act.CLAIM_RELEASE,
        Act.CLAIM_APPROVE,
        Act.CLAIM_PAY,
        Act.REFUND_APPROVE,
        Act.REFUND_PAY,
        Act.AWARD_APPROVE,
        # who may do what
        Act.PERSON_ADD,
        Act.MEMBER_CHANGE,
        Act.MEMBER_REMOVE,
        Act.SEAT_NAME,
        Act.DELEGATION_SET,
        Act.RECOVERY_PRINT,
        # how one signs in
        Act.FACTOR_ADD,
        Act.FACTOR_REMOVE,
        Act.FACTOR_MAKE_CODES,
        Act.PASSKEY_ADD,
        Act.PASSKEY_REMOVE,
        Act.TOKEN_MAKE,
        Act.PROVIDER_LINK,
        Act.PROVIDER_UNLINK,
        Act.SIGN_IN_END,
        Act.EMAIL_ASK,
    }
)
