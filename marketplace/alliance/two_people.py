"""What nobody does alone: for the page and the command that say who can do what.

The rules themselves stand in each stage's `rules.py`, because who is the second person hangs on the thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.policy import Act


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Something that takes two: by which acts, who the second is, and how long it still takes."""

    what: str
    acts: tuple[Act, ...]
    second: str
    waits: str = "No"


TWO_PEOPLE = (
    TwoPeople("Approve a need", (Act.NEED_APPROVE,), "Not whoever posted it"),
    TwoPeople(
        "Publish a joint tender",
        (Act.TENDER_APPROVE, Act.TENDER_PUBLISH),
        "A headteacher of a school in the tender, not of the lead school, who neither drafted it nor asked",
    ),
    TwoPeople(
        "Move a deadline",
        (Act.TENDER_EXTEND, Act.TENDER_APPROVE_EXTENSION),
        "A headteacher of another school in the tender; only to later, and before the deadline",
    ),
    TwoPeople(
        "Take off an opener",
        (Act.OPENER_TAKE_OFF, Act.OPENER_AGREE),
        "A headteacher of another school in the tender, and never the opener",
    ),
    TwoPeople(
        "Open quotes",
        (Act.OPENING_START, Act.QUOTES_OPEN),
        "An opener of another school, within 30 minutes of the first",
    ),
    TwoPeople(
        "Approve an award",
        (Act.AWARD_APPROVE,),
        "Two people of two schools, who neither recommended it nor scored its quotes",
        "The standstill, where the law asks for one",
    ),
    TwoPeople("Settle a challenge", (Act.CHALLENGE_PROPOSE, Act.CHALLENGE_AGREE), "Not whoever proposed it"),
    TwoPeople(
        "Change a supplier’s bank account",
        (Act.BANK_PROPOSE, Act.BANK_APPROVE, Act.BANK_CHECK),
        "A colleague of at least a day; for a firm of one, a finance lead who telephones it",
        "24 hours, in which it can be stopped",
    ),
    TwoPeople(
        "Change a school’s bank account",
        (Act.SCHOOL_PROPOSE_ACCOUNT, Act.SCHOOL_APPROVE_ACCOUNT),
        "Another headteacher, finance lead or bursar of at least a day",
        "24 hours, in which it can be stopped",
    ),
    TwoPeople(
        "Be paid online into another account",
        (Act.STRIPE_ACCOUNT_PROPOSE, Act.STRIPE_ACCOUNT_APPROVE),
        "Another headteacher or finance lead of the school",
    ),
    TwoPeople(
        "Give up a part of an invoice, or pay money back",
        (Act.PAYMENT_PROPOSE, Act.PAYMENT_APPROVE),
        "Another headteacher or finance lead of the school",
    ),
    TwoPeople(
        "Open a closed month again",
        (Act.PERIOD_PROPOSE, Act.PERIOD_REOPEN),
        "Another headteacher or finance lead of the school",
    ),
    TwoPeople(
        "Pay a claim from the Partnership Fund",
        (Act.CLAIM_RELEASE, Act.CLAIM_APPROVE, Act.CLAIM_PAY),
        "Somebody else of the claiming school, then two people of two other schools",
    ),
    TwoPeople(
        "Pay a leaving school its share of the fund",
        (Act.REFUND_APPROVE, Act.REFUND_PAY),
        "Two people of two other schools",
    ),
    TwoPeople(
        "Begin or lengthen an agreement between two schools",
        (Act.AGREEMENT_AGREE, Act.EXTENSION_AGREE),
        "The heads of both schools, each for their own",
    ),
    TwoPeople(
        "Settle what schools owe one another",
        (Act.SETTLEMENT_ACCEPT,),
        "A finance lead of every school in it",
    ),
)
