"""Who may do what: one table, read by the actions, the pages, the public list and the tests.

Permission to write is here. Permission to read is each stage's `visible_to`. Separation of duties
(two people, two schools) is a rule of the stage, not a role.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.core.actors import ADMINISTRATOR, ANYONE, SYSTEM, Actor, Kind, Role, Seat
from marketplace.core.acts import Act
from marketplace.core.errors import Forbidden

__all__ = [
    "ADMINISTRATOR",
    "ANYONE",
    "POLICY",
    "SYSTEM",
    "Act",
    "Actor",
    "Kind",
    "Permission",
    "Role",
    "Seat",
    "allows",
    "require",
]


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the table: the act in words, and the roles that may do it in the organisation concerned."""

    label: str
    roles: frozenset[Role]


def _may(label: str, *roles: Role) -> Permission:
    return Permission(label, frozenset(roles))


SCHOOL_PEOPLE = (Role.HEADTEACHER, Role.SENIOR_LEADER, Role.BURSAR, Role.GOVERNOR, Role.FINANCE_LEAD)
MANAGERS = (Role.BURSAR, Role.HEADTEACHER, Role.FINANCE_LEAD)
LEADERS = (Role.HEADTEACHER, Role.SENIOR_LEADER)
SUPPLIER_PEOPLE = (Role.SUPPLIER_ADMIN, Role.BIDDER)
CONTRACT_READERS = (*SCHOOL_PEOPLE, Role.COORDINATOR, Role.AUDITOR)

POLICY: Mapping[Act, Permission] = {
    Act.ALLIANCE_FOUND: _may("Found an alliance", Role.ADMINISTRATOR),
    Act.SCHOOL_IMPORT: _may("Import schools from a register", Role.ADMINISTRATOR),
    Act.SCHOOL_ADMIT: _may("Admit a founder, or what the board carried", Role.ADMINISTRATOR, Role.SYSTEM),
    Act.MEMBERSHIP_APPLY: _may("Apply for the school to join an alliance", Role.HEADTEACHER),
    Act.MEMBERSHIP_WITHDRAW: _may("Withdraw the school's application", Role.HEADTEACHER),
    Act.MEMBERSHIP_REFUSE: _may("Tell a school that the board did not admit it", Role.SYSTEM),
    Act.MEMBERSHIP_ASK: _may("Ask for an associate to become full", Role.HEADTEACHER, Role.COORDINATOR),
    Act.MEMBERSHIP_CONVERT: _may("Make an associate full when board and governors agree", Role.SYSTEM),
    Act.MEMBERSHIP_LEAVE: _may("Take the school out of an alliance", Role.HEADTEACHER),
    Act.MEMBERSHIP_REMIND: _may("Remind of a membership that is near its end", Role.SYSTEM),
    Act.MEMBERSHIP_END: _may("End a membership whose time has run out", Role.SYSTEM),
    Act.PARTNERSHIP_PROPOSE: _may("Propose a trust partnership to a school", Role.COORDINATOR),
    Act.PARTNERSHIP_BEGIN: _may("Begin a trust partnership when both sides have agreed", Role.SYSTEM),
    Act.PARTNERSHIP_DROP: _may("End a proposed partnership that was not agreed", Role.SYSTEM),
    Act.PARTNERSHIP_REVIEW: _may("Record what a review of a trust partnership found", Role.COORDINATOR),
    Act.PARTNERSHIP_REMIND: _may("Remind of a review that is due", Role.SYSTEM),
    Act.SCHOOL_EDIT: _may("Change the school's details", *MANAGERS),
    Act.DELEGATION_SET: _may("Set who approves what in the school, by value", Role.HEADTEACHER),
    Act.SCHOOL_SET_TERMS: _may("Set the school's term dates", Role.BURSAR, Role.HEADTEACHER),
    Act.PERSON_ADD: _may(
        "Add a colleague", Role.HEADTEACHER, Role.COORDINATOR, Role.SUPPLIER_ADMIN, Role.ADMINISTRATOR
    ),
    Act.PERSON_SIGN_IN: _may("Sign in", Role.ANYONE),
    Act.PERSON_SIGN_OUT: _may("Sign out", Role.ANYONE),
    Act.PASSWORD_CHANGE: _may("Change one's own password", Role.ANYONE),
    Act.PASSWORD_GIVE: _may("Give a new person their first password", Role.ADMINISTRATOR),
    Act.PASSWORD_FORGET: _may("Ask for a link to choose a new password", Role.ANYONE),
    Act.DECISION_OPEN: _may("Put a question to the Strategic Board", Role.COORDINATOR),
    Act.SEAT_NAME: _may("Name who holds the school’s seat on the Strategic Board", Role.HEADTEACHER),
    Act.DECISION_VOTE: _may("Vote on the Strategic Board for the school whose seat one holds", *LEADERS),
    Act.DECISION_DECLARE: _may("Declare a conflict of interest for that seat on the board", *LEADERS),
    Act.DECISION_CARRY: _may("Close a vote that is carried, with its minute", Role.COORDINATOR),
    Act.DECISION_REJECT: _may("Close a vote that is rejected, with its minute", Role.COORDINATOR),
    Act.DECISION_WITHDRAW: _may("Withdraw a question from the Strategic Board", Role.COORDINATOR),
    Act.DECISION_LAPSE: _may("Close a vote on something that has ended meanwhile", Role.SYSTEM),
    Act.CONFIRMATION_RECORD: _may("Record what the governing body has confirmed", Role.GOVERNOR),
    Act.CONFIRMATION_WITHDRAW: _may("Withdraw a confirmation of the governing body", Role.GOVERNOR),
    Act.ACTIVITY_ADD: _may(
        "Add an activity that one school leads for the others", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.ACTIVITY_FINISH: _may(
        "Say that an activity is done", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR
    ),
    Act.ACTIVITY_RESUME: _may("Take up an activity again", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR),
    Act.LEAD_ASK: _may("Ask a school to lead an activity", Role.COORDINATOR),
    Act.LEAD_ACCEPT: _may("Say that the school leads an activity", Role.HEADTEACHER, Role.BURSAR),
    Act.LEAD_DECLINE: _may("Decline to lead an activity, with a reason", Role.HEADTEACHER, Role.BURSAR),
    Act.HOURS_LOG: _may("Log hours spent on an activity", *SCHOOL_PEOPLE),
    Act.HOURS_TAKE_BACK: _may("Take back hours logged by mistake", *SCHOOL_PEOPLE),
    Act.CATEGORY_IMPORT: _may("Add categories from a file, or change them", Role.ADMINISTRATOR),
    Act.CATEGORY_REMOVE: _may("Remove a category that was added", Role.ADMINISTRATOR),
    Act.CONTRACT_ADD: _may("Add a contract to the school's register", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_EDIT: _may("Change a contract in the school's register", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_IMPORT: _may(
        "Import contracts into the registers of schools", Role.BURSAR, Role.HEADTEACHER, Role.COORDINATOR
    ),
    Act.CONTRACT_ATTACH: _may("Keep a document beside a contract", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_DETACH: _may("Take a document off a contract", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_REGISTER: _may("Register an awarded contract", Role.SYSTEM),
    Act.CONTRACT_WARN: _may("Warn a school of contracts to decide about", Role.SYSTEM),
    Act.CALENDAR_MAKE: _may("Make the address of one's own calendar feed", *CONTRACT_READERS),
    Act.CALENDAR_REVOKE: _may("Revoke the address of one's own calendar feed", *CONTRACT_READERS),
    Act.CONTRACT_RENEW: _may("Note that a contract has renewed itself", Role.SYSTEM),
    Act.NEED_POST: _may("Post a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_EDIT: _may("Change a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_SUBMIT: _may("Submit a need for approval", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_APPROVE: _may("Approve a need, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR),
    Act.NEED_RETURN: _may(
        "Return a need to its author, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.NEED_WAIVE: _may(
        "Allow fewer quotes for a need, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.NEED_WITHDRAW: _may("Withdraw a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_PLACE: _may("Move a need along with the tender it is in", Role.SYSTEM),
    Act.NEED_REQUEST: _may("Ask schools that could buy together to post a need", Role.COORDINATOR),
    Act.SUGGESTION_COUNT: _may("Count for a day who could buy together", Role.SYSTEM),
    Act.CONSENT_GIVE: _may(
        "Let neighbouring alliances see the school in suggestions to buy together", Role.HEADTEACHER
    ),
    Act.CONSENT_WITHDRAW: _may(
        "Take back that neighbouring alliances see the school in suggestions", Role.HEADTEACHER
    ),
    Act.TENDER_DRAFT: _may("Draft a joint tender", Role.COORDINATOR),
    Act.TENDER_EDIT: _may("Change a draft joint tender", Role.COORDINATOR),
    Act.TENDER_IMPORT: _may("Import a tender from an OCDS file", Role.COORDINATOR, Role.ADMINISTRATOR),
    Act.TENDER_INVITE: _may("Invite schools to commit to a joint tender", Role.COORDINATOR),
    Act.TENDER_COMMIT: _may("Commit the school to a joint tender", Role.HEADTEACHER, Role.BURSAR),
    Act.TENDER_DECLINE: _may("Decline a joint tender for the school", Role.HEADTEACHER, Role.BURSAR),
    Act.TENDER_CONFIRM: _may("Settle who buys and ask for approval to publish", Role.COORDINATOR),
    Act.REQUIREMENT_MARK: _may("Say what the school must have, and what not", Role.HEADTEACHER, Role.BURSAR),
    Act.COMMITMENT_EDIT: _may(
        "Correct the school’s volumes and conditions while schools decide", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.COMMITMENT_RENEW: _may("Commit again to other volumes", Role.HEADTEACHER, Role.BURSAR),
    Act.COMMITMENT_INVITE: _may("Invite one more school before publication", Role.COORDINATOR),
    Act.COMMITMENT_LAPSE: _may(
        "Drop a school whose governing body’s confirmation has ended, or that left the alliance", Role.SYSTEM
    ),
    Act.TENDER_APPROVE: _may(
        "Approve a joint tender that must stand on Find a Tender first", Role.HEADTEACHER
    ),
    Act.TENDER_PUBLISH: _may("Approve and publish a joint tender", Role.HEADTEACHER),
    Act.TENDER_RETURN: _may(
        "Take a tender back to draft before it is published", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.INTEREST_DECLARE: _may(
        "Declare interests, as somebody named in a tender", Role.COORDINATOR, *SCHOOL_PEOPLE
    ),
    Act.INTEREST_ASSESS: _may("Record the conflicts assessment of a tender", Role.COORDINATOR),
    Act.TENDER_AMEND: _may("Change the words and documents of a published tender", Role.COORDINATOR),
    Act.TENDER_HOLD_CHANGE: _may(
        "Hold a change of a tender until Find a Tender shows it", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.TENDER_EXTEND: _may("Propose a later deadline, and other price lines with it", Role.COORDINATOR),
    Act.TENDER_APPROVE_EXTENSION: _may(
        "Approve a later deadline that somebody of another school proposed", Role.HEADTEACHER
    ),
    Act.TENDER_REFUSE_EXTENSION: _may(
        "Leave a deadline as it is, with a reason", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.TENDER_CLOSE: _may("Close a tender at its deadline", Role.SYSTEM),
    Act.TENDER_CANCEL: _may("Cancel a tender, with a reason", Role.COORDINATOR),
    Act.TENDER_END: _may("End a tender for which no quote can be accepted", Role.COORDINATOR),
    Act.NOTICE_ISSUE: _may(
        "Publish a notice of a tender, and open an approved one with its Find a Tender reference",
        Role.COORDINATOR,
    ),
    Act.NOTICE_REMIND: _may("Remind of a notice about a contract that is owed", Role.SYSTEM),
    Act.SUPPLIER_REGISTER: _may("Register as a supplier", Role.ANYONE),
    Act.SUPPLIER_EDIT: _may("Change the supplier's details", Role.SUPPLIER_ADMIN),
    Act.QUESTION_ASK: _may("Ask a question about a published tender", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUESTION_WITHDRAW: _may("Withdraw an own question", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUESTION_ANSWER: _may(
        "Answer a supplier’s question for everybody, for the alliance or as the lead school",
        Role.COORDINATOR,
        Role.HEADTEACHER,
        Role.BURSAR,
    ),
    Act.QUESTION_REJECT: _may(
        "Reject a supplier’s question, with a reason", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR
    ),
    Act.QUESTION_REMIND: _may("Remind of questions that have no answer in time", Role.SYSTEM),
    Act.TENDER_FOLLOW: _may("Follow a tender, to be told of answers", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.TENDER_UNFOLLOW: _may("No longer follow a tender", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.MEMBER_CHANGE: _may("Say what a colleague may do for the supplier", Role.SUPPLIER_ADMIN),
    Act.MEMBER_REMOVE: _may("Remove a colleague from the supplier", Role.SUPPLIER_ADMIN),
    Act.MEMBER_LEAVE: _may("Leave the supplier", *SUPPLIER_PEOPLE),
    Act.DECLARATION_MAKE: _may("Make the supplier's declarations", *SUPPLIER_PEOPLE),
    Act.ALERTS_STOP: _may("Stop one's own alerts, by the link in them", Role.ANYONE),
    Act.ALERTS_RESUME: _may("Get alerts again", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_ADD: _may("Add a document of the supplier, such as its insurance", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_RETIRE: _may("Take a document of the supplier away", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_CHECK: _may("Check a supplier's document for all schools", *MANAGERS),
    Act.DEBARMENT_LOOK_UP: _may("Record what the debarment list says about a supplier", *MANAGERS),
    Act.DOCUMENT_REMIND: _may("Remind of documents that end", Role.SYSTEM),
    Act.DOCUMENTS_USE: _may("Let the school hear before a supplier's documents end", *MANAGERS),
    Act.DOCUMENTS_STOP_USING: _may("Let the school hear no more of a supplier's documents", *MANAGERS),
    Act.BANK_PROPOSE: _may("Propose another bank account of the supplier", Role.SUPPLIER_ADMIN),
    Act.BANK_APPROVE: _may("Approve the bank account that a colleague proposed", *SUPPLIER_PEOPLE),
    Act.BANK_CHECK: _may(
        "Check by telephone the new bank account of a supplier that is one person", Role.FINANCE_LEAD
    ),
    Act.BANK_STOP: _may("Stop a change of a supplier's bank account", *SUPPLIER_PEOPLE, Role.FINANCE_LEAD),
    Act.BANK_PUT_IN_FORCE: _may("Let an approved bank account hold after its day", Role.SYSTEM),
    Act.ANSWER_KEEP: _may("Keep an answer in the supplier's library", *SUPPLIER_PEOPLE),
    Act.ANSWER_DISCARD: _may("Take an answer out of the supplier's library", *SUPPLIER_PEOPLE),
    Act.QUOTE_DRAFT: _may("Prepare a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_ATTACH: _may("Put a file into a draft quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_DETACH: _may("Take a file out of a draft quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_SUBMIT: _may("Submit or replace a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_DISCLOSE: _may(
        "Put a quote right that did not open, with the supplier’s own copy", Role.SUPPLIER_ADMIN, Role.BIDDER
    ),
    Act.QUOTE_WITHDRAW: _may("Withdraw a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.PASSPHRASE_CHOOSE: _may("Set up an opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_PROVE: _may("Prove one’s own opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_MISTYPE: _may("Try a wrong opening passphrase: it is recorded", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_CHANGE: _may("Change one’s own opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_REPLACE: _may("Replace one’s own forgotten opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_ASK: _may("Ask openers to prove their passphrases before a deadline", Role.SYSTEM),
    Act.KEYS_MAKE: _may("Make the keys to which a tender’s quotes are sealed", Role.SYSTEM),
    Act.HALVES_FORGET: _may("Forget the halves of an opening that nobody completed in time", Role.SYSTEM),
    Act.OPENER_TAKE_OFF: _may("Propose to take an opener off a published tender", Role.COORDINATOR),
    Act.OPENER_AGREE: _may(
        "Agree that an opener whom somebody else proposed to take off opens nothing", Role.HEADTEACHER
    ),
    Act.OPENER_KEEP: _may("Leave an opener named, with a reason", Role.COORDINATOR, Role.HEADTEACHER),
    Act.RECOVERY_PRINT: _may(
        "Make and print a recovery key, as chair of the board or as auditor", Role.HEADTEACHER, Role.AUDITOR
    ),
    Act.OPENING_RECOVER: _may(
        "Open quotes with a printed recovery key, with the holder of the other",
        Role.HEADTEACHER,
        Role.AUDITOR,
    ),
    Act.OPENING_REFUSE: _may(
        "Try to open quotes before they may be opened: it is refused and recorded", *SCHOOL_PEOPLE
    ),
    Act.OPENING_START: _may("Start opening quotes, as a named opener", *SCHOOL_PEOPLE),
    Act.QUOTES_OPEN: _may("Open quotes, as a named opener and with one from another school", *SCHOOL_PEOPLE),
    Act.CONFLICT_DECLARE: _may("Declare conflicts of interest, as a named evaluator", *SCHOOL_PEOPLE),
    Act.SCORE_GIVE: _may("Score a quote, as a named evaluator", *SCHOOL_PEOPLE),
    Act.SCORE_AGREE: _may("Record the agreed scores", Role.COORDINATOR),
    Act.SCORES_LOCK: _may("Lock the quality scores", Role.COORDINATOR),
    Act.QUOTE_EXCLUDE: _may("Exclude a quote, with a reason", Role.COORDINATOR),
    Act.LOW_PRICE_ASK: _may("Ask a supplier to explain an abnormally low price", Role.COORDINATOR),
    Act.LOW_PRICE_EXPLAIN: _may("Explain the supplier's price when asked", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.LOW_PRICE_CONCLUDE: _may("Record what the panel concluded about a low price", Role.COORDINATOR),
    Act.AWARD_COMBINE: _may("Have the best combination of lots worked out", Role.COORDINATOR),
    Act.AWARD_KEEP_COMBINATION: _may("Work out combinations of lots", Role.SYSTEM),
    Act.AWARD_RECOMMEND: _may("Recommend an award", Role.COORDINATOR),
    Act.AWARD_WAIVE: _may(
        "Accept that a school pays more than alone, with a reason", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.AWARD_APPROVE: _may(
        "Approve an award, with one from another school", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.AWARD_REJECT: _may("Send an award recommendation back", Role.HEADTEACHER, Role.GOVERNOR),
    Act.AWARD_TELL: _may("Send every bidder its result, at the same moment", Role.COORDINATOR),
    Act.AWARD_ANNOUNCE: _may("Publish the award notice, from which a standstill counts", Role.COORDINATOR),
    Act.LETTER_READ: _may("Read the drafts of letters to bidders before they go", Role.COORDINATOR),
    Act.LETTER_DRAW: _may("Keep the PDF of a letter that was sent", Role.SYSTEM),
    Act.CHALLENGE_RECORD: _may("Record that somebody challenges an award", Role.COORDINATOR),
    Act.CHALLENGE_PROPOSE: _may(
        "Propose what happens to a standstill that a challenge has paused", Role.COORDINATOR
    ),
    Act.CHALLENGE_SETTLE: _may(
        "Agree to what another person proposed about a challenge", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.CHALLENGE_AGREE: _may(
        "Agree, as the first of two schools, that an award is set aside", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.AWARD_SET_ASIDE: _may(
        "Set an award aside after a challenge, as the second of two schools", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.RELATED_PARTY_DECLARE: _may(
        "Record that a winner is related to a school that buys", Role.COORDINATOR
    ),
    Act.AWARD_CONFIRM: _may("Confirm an award when its standstill has ended", Role.COORDINATOR),
    Act.REVIEW_RECORD: _may("Record how the supplier of a contract does", Role.BURSAR, Role.HEADTEACHER),
    Act.REVIEW_REPLY: _may("Reply to a review, for the supplier", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.CREDIT_RULE: _may("Record a contract’s rule for service credits", *MANAGERS),
    Act.CREDIT_CLAIM: _may("Claim a service credit", *MANAGERS),
    Act.CREDIT_ANSWER: _may(
        "Accept or dispute a claimed service credit, for the supplier", Role.SUPPLIER_ADMIN, Role.BIDDER
    ),
    Act.CREDIT_WITHDRAW: _may("Withdraw a claimed service credit", *MANAGERS),
    Act.CREDIT_SETTLE: _may("Note on which document a service credit was deducted", Role.FINANCE_LEAD),
    Act.AGREEMENT_DRAFT: _may("Draft what the school sells to another", *MANAGERS),
    Act.AGREEMENT_EDIT: _may("Change the draft of what the school sells", *MANAGERS),
    Act.AGREEMENT_DISCARD: _may("Discard the draft of what the school sells", *MANAGERS),
    Act.AGREEMENT_PROPOSE: _may("Put a draft agreement to the heads of both schools", *MANAGERS),
    Act.AGREEMENT_ASK: _may("Ask another school for what it offers", *MANAGERS),
    Act.AGREEMENT_AGREE: _may("Sign an agreement between two schools for the own one", Role.HEADTEACHER),
    Act.AGREEMENT_RETURN: _may("Return a proposed agreement, with a reason", Role.HEADTEACHER),
    Act.AGREEMENT_BEGIN: _may("Begin an agreement between schools on its first day", Role.SYSTEM),
    Act.AGREEMENT_END: _may("End an agreement between schools after its last day", Role.SYSTEM),
    Act.AGREEMENT_GIVE_NOTICE: _may("End an agreement between schools early, by notice", Role.HEADTEACHER),
    Act.AGREEMENT_ORDER: _may("Enter the school’s order number for what it buys of another", *MANAGERS),
    Act.AGREEMENT_REVIEW: _may("Record what the review of an agreement found", Role.HEADTEACHER, Role.BURSAR),
    Act.AGREEMENT_REMIND: _may("Remind of a review or the end of an agreement", Role.SYSTEM),
    Act.CHECK_RECORD: _may("Record level and date of a safeguarding check", Role.HEADTEACHER, Role.BURSAR),
    Act.CHECK_REMOVE: _may("Take a safeguarding check away again", Role.HEADTEACHER, Role.BURSAR),
    Act.EXTENSION_PROPOSE: _may("Sign a longer term of an agreement, for the own school", Role.HEADTEACHER),
    Act.EXTENSION_AGREE: _may("Sign the longer term that the other school proposed", Role.HEADTEACHER),
    Act.EXTENSION_REFUSE: _may("Leave the last day of an agreement as it is", Role.HEADTEACHER),
    Act.USAGE_LOG: _may("Log what another school used by agreement", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_CORRECT: _may("Correct what was logged as used", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_TAKE_BACK: _may("Take back what was logged by mistake", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_CONFIRM: _may("Confirm what the school used of another", *MANAGERS),
    Act.USAGE_QUESTION: _may("Question what another school logged as used", *MANAGERS),
    Act.CHARGE_INVOICE: _may("Draft invoices of agreements", Role.FINANCE_LEAD, Role.BURSAR, Role.SYSTEM),
    Act.OFFER_MAKE: _may("Offer something to the other schools", *MANAGERS),
    Act.OFFER_EDIT: _may("Change what the school offers to others", *MANAGERS),
    Act.OFFER_WITHDRAW: _may("Take an offer of the school off the list", *MANAGERS),
    Act.SHARED_COST_RECORD: _may("Record a cost the school paid for others", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_DRAFT: _may("Draft an invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_EDIT: _may("Change a draft invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_DISCARD: _may("Discard a draft invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_ISSUE: _may("Issue an invoice", Role.FINANCE_LEAD),
    Act.INVOICE_DISPUTE: _may("Dispute an invoice that the school received", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_SETTLE: _may(
        "Say that the school’s dispute of an invoice is settled", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.CREDIT_NOTE_ISSUE: _may("Issue a credit note for an issued invoice", Role.FINANCE_LEAD),
    Act.STATEMENT_IMPORT: _may("Import a statement of the school’s bank", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_MATCH: _may("Say which invoices money that came in is for", Role.FINANCE_LEAD),
    Act.PAYMENT_SET_ASIDE: _may("Say that money that came in is for no invoice", Role.FINANCE_LEAD),
    Act.PAYMENT_RECORD: _may("Record a payment received", Role.FINANCE_LEAD),
    Act.PAYMENT_PROPOSE: _may("Propose a write-off or a repayment", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_APPROVE: _may("Approve a write-off or a repayment", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.PAYMENT_REFUSE: _may("Refuse a write-off or a repayment", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.FUND_OPEN: _may("Open a Partnership Fund", Role.COORDINATOR),
    Act.CONTRIBUTION_PROPOSE: _may("Propose a round of contributions", Role.COORDINATOR),
    Act.CONTRIBUTION_CONFIRM: _may("Confirm the school's contribution for its governing body", Role.GOVERNOR),
    Act.CONTRIBUTION_RECEIVE: _may("Record a contribution received", Role.COORDINATOR),
    Act.CLAIM_MAKE: _may("Claim from the Partnership Fund", *MANAGERS),
    Act.CLAIM_RELEASE: _may(
        "Approve the own school's claim before other schools decide, as its ladder says",
        Role.HEADTEACHER,
        Role.BURSAR,
    ),
    Act.CLAIM_APPROVE: _may("Approve a claim, with one from another school", Role.HEADTEACHER, Role.GOVERNOR),
    Act.CLAIM_REFUSE: _may("Refuse a claim, with a reason", Role.HEADTEACHER, Role.GOVERNOR),
    Act.CLAIM_PAY: _may("Record that an approved claim was paid", Role.COORDINATOR),
    Act.REFUND_OWE: _may("Set aside the share of a school that left, to be paid back", Role.SYSTEM),
    Act.REFUND_APPROVE: _may(
        "Approve the refund to a school that left, with one from another school",
        Role.HEADTEACHER,
        Role.GOVERNOR,
    ),
    Act.REFUND_PAY: _may("Record that an approved refund was paid", Role.COORDINATOR),
    Act.REFUND_WITHDRAW: _may("Leave a share in the fund when the school has joined again", Role.COORDINATOR),
    Act.PRIORITIES_SET: _may("Write the alliance’s priorities for the annual pack", Role.COORDINATOR),
}


def allows(actor: Actor, act: Act, *organisation_ids: uuid.UUID) -> bool:
    """May the actor do this in any of these organisations? KeyError for an act without a permission."""
    roles = POLICY[act].roles
    if Role.ANYONE in roles:
        return True
    held_everywhere = {seat.role for seat in actor.seats if seat.organisation_id.int == 0}
    if roles & held_everywhere:
        return True
    return any(seat.role in roles and seat.organisation_id in organisation_ids for seat in actor.seats)


def require(actor: Actor, act: Act, *organisation_ids: uuid.UUID) -> None:
    """Raise Forbidden unless the actor may do this in one of these organisations."""
    if not allows(actor, act, *organisation_ids):
        label = POLICY[act].label
        raise Forbidden(f"Your role does not allow you to: {label[0].lower()}{label[1:]}.")
