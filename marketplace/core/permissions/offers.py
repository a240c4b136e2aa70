"""Who may do what about suppliers, their quotes, evaluation, awards and what follows from them."""

from __future__ import annotations

from marketplace.core.actors import Role
from marketplace.core.acts import Act
from marketplace.core.permissions.permission import MANAGERS, SCHOOL_PEOPLE, SUPPLIER_PEOPLE, Permission, may

PERMISSIONS: dict[Act, Permission] = {
    Act.SUPPLIER_REGISTER: may("Register as a supplier", Role.ANYONE),
    Act.SUPPLIER_EDIT: may("Change the supplier's details", Role.SUPPLIER_ADMIN),
    Act.QUESTION_ASK: may("Ask a question about a published tender", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUESTION_WITHDRAW: may("Withdraw an own question", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUESTION_ANSWER: may(
        "Answer a supplier’s question for everybody, for the alliance or as the lead school",
        Role.COORDINATOR,
        Role.HEADTEACHER,
        Role.BURSAR,
    ),
    Act.QUESTION_REJECT: may(
        "Reject a supplier’s question, with a reason", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR
    ),
    Act.QUESTION_REMIND: may("Remind of questions that have no answer in time", Role.SYSTEM),
    Act.TENDER_FOLLOW: may("Follow a tender, to be told of answers", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.TENDER_UNFOLLOW: may("No longer follow a tender", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.MEMBER_CHANGE: may("Say what a colleague may do for the supplier", Role.SUPPLIER_ADMIN),
    Act.MEMBER_REMOVE: may("Remove a colleague from the supplier", Role.SUPPLIER_ADMIN),
    Act.MEMBER_LEAVE: may("Leave the supplier", *SUPPLIER_PEOPLE),
    Act.DECLARATION_MAKE: may("Make the supplier's declarations", *SUPPLIER_PEOPLE),
    Act.ALERTS_STOP: may("Stop one's own alerts, by the link in them", Role.ANYONE),
    Act.ALERTS_RESUME: may("Get alerts again", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_ADD: may("Add a document of the supplier, such as its insurance", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_RETIRE: may("Take a document of the supplier away", *SUPPLIER_PEOPLE),
    Act.DOCUMENT_CHECK: may("Check a supplier's document for all schools", *MANAGERS),
    Act.DEBARMENT_LOOK_UP: may("Record what the debarment list says about a supplier", *MANAGERS),
    Act.DOCUMENT_REMIND: may("Remind of documents that end", Role.SYSTEM),
    Act.DOCUMENTS_USE: may("Let the school hear before a supplier's documents end", *MANAGERS),
    Act.DOCUMENTS_STOP_USING: may("Let the school hear no more of a supplier's documents", *MANAGERS),
    Act.BANK_PROPOSE: may("Propose another bank account of the supplier", Role.SUPPLIER_ADMIN),
    Act.BANK_APPROVE: may("Approve the bank account that a colleague proposed", *SUPPLIER_PEOPLE),
    Act.BANK_CHECK: may(
        "Check by telephone the new bank account of a supplier that is one person", Role.FINANCE_LEAD
    ),
    Act.BANK_STOP: may("Stop a change of a supplier's bank account", *SUPPLIER_PEOPLE, Role.FINANCE_LEAD),
    Act.BANK_PUT_IN_FORCE: may("Let an approved bank account hold after its day", Role.SYSTEM),
    Act.ANSWER_KEEP: may("Keep an answer in the supplier's library", *SUPPLIER_PEOPLE),
    Act.ANSWER_DISCARD: may("Take an answer out of the supplier's library", *SUPPLIER_PEOPLE),
    Act.QUOTE_DRAFT: may("Prepare a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_ATTACH: may("Put a file into a draft quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_DETACH: may("Take a file out of a draft quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_SUBMIT: may("Submit or replace a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.QUOTE_DISCLOSE: may(
        "Put a quote right that did not open, with the supplier’s own copy", Role.SUPPLIER_ADMIN, Role.BIDDER
    ),
    Act.QUOTE_WITHDRAW: may("Withdraw a quote", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.PASSPHRASE_CHOOSE: may("Set up an opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_PROVE: may("Prove one’s own opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_MISTYPE: may("Try a wrong opening passphrase: it is recorded", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_CHANGE: may("Change one’s own opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_REPLACE: may("Replace one’s own forgotten opening passphrase", *SCHOOL_PEOPLE),
    Act.PASSPHRASE_ASK: may("Ask openers to prove their passphrases before a deadline", Role.SYSTEM),
    Act.KEYS_MAKE: may("Make the keys to which a tender’s quotes are sealed", Role.SYSTEM),
    Act.HALVES_FORGET: may("Forget the halves of an opening that nobody completed in time", Role.SYSTEM),
    Act.OPENER_TAKE_OFF: may("Propose to take an opener off a published tender", Role.COORDINATOR),
    Act.OPENER_AGREE: may(
        "Agree that an opener whom somebody else proposed to take off opens nothing", Role.HEADTEACHER
    ),
    Act.OPENER_KEEP: may("Leave an opener named, with a reason", Role.COORDINATOR, Role.HEADTEACHER),
    Act.RECOVERY_PRINT: may(
        "Make and print a recovery key, as chair of the board or as auditor", Role.HEADTEACHER, Role.AUDITOR
    ),
    Act.OPENING_RECOVER: may(
        "Open quotes with a printed recovery key, with the holder of the other",
        Role.HEADTEACHER,
        Role.AUDITOR,
    ),
    Act.OPENING_REFUSE: may(
        "Try to open quotes before they may be opened: it is refused and recorded", *SCHOOL_PEOPLE
    ),
    Act.OPENING_START: may("Start opening quotes, as a named opener", *SCHOOL_PEOPLE),
    Act.QUOTES_OPEN: may("Open quotes, as a named opener and with one from another school", *SCHOOL_PEOPLE),
    Act.CONFLICT_DECLARE: may("Declare conflicts of interest, as a named evaluator", *SCHOOL_PEOPLE),
    Act.SCORE_GIVE: may("Score a quote, as a named evaluator", *SCHOOL_PEOPLE),
    Act.SCORE_AGREE: may("Record the agreed scores", Role.COORDINATOR),
    Act.SCORES_LOCK: may("Lock the quality scores", Role.COORDINATOR),
    Act.QUOTE_EXCLUDE: may("Exclude a quote, with a reason", Role.COORDINATOR),
    Act.LOW_PRICE_ASK: may("Ask a supplier to explain an abnormally low price", Role.COORDINATOR),
    Act.LOW_PRICE_EXPLAIN: may("Explain the supplier's price when asked", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.LOW_PRICE_CONCLUDE: may("Record what the panel concluded about a low price", Role.COORDINATOR),
    Act.AWARD_COMBINE: may("Have the best combination of lots worked out", Role.COORDINATOR),
    Act.AWARD_KEEP_COMBINATION: may("Work out combinations of lots", Role.SYSTEM),
    Act.AWARD_RECOMMEND: may("Recommend an award", Role.COORDINATOR),
    Act.AWARD_WAIVE: may(
        "Accept that a school pays more than alone, with a reason", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.AWARD_APPROVE: may("Approve an award, with one from another school", Role.HEADTEACHER, Role.GOVERNOR),
    Act.AWARD_REJECT: may("Send an award recommendation back", Role.HEADTEACHER, Role.GOVERNOR),
    Act.AWARD_TELL: may("Send every bidder its result, at the same moment", Role.COORDINATOR),
    Act.AWARD_ANNOUNCE: may("Publish the award notice, from which a standstill counts", Role.COORDINATOR),
    Act.LETTER_READ: may("Read the drafts of letters to bidders before they go", Role.COORDINATOR),
    Act.LETTER_DRAW: may("Keep the PDF of a letter that was sent", Role.SYSTEM),
    Act.CHALLENGE_RECORD: may("Record that somebody challenges an award", Role.COORDINATOR),
    Act.CHALLENGE_PROPOSE: may(
        "Propose what happens to a standstill that a challenge has paused", Role.COORDINATOR
    ),
    Act.CHALLENGE_SETTLE: may(
        "Agree to what another person proposed about a challenge", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.CHALLENGE_AGREE: may(
        "Agree, as the first of two schools, that an award is set aside", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.AWARD_SET_ASIDE: may(
        "Set an award aside after a challenge, as the second of two schools", Role.HEADTEACHER, Role.GOVERNOR
    ),
    Act.RELATED_PARTY_DECLARE: may("Record that a winner is related to a school that buys", Role.COORDINATOR),
    Act.AWARD_CONFIRM: may("Confirm an award when its standstill has ended", Role.COORDINATOR),
    Act.REVIEW_RECORD: may("Record how the supplier of a contract does", Role.BURSAR, Role.HEADTEACHER),
    Act.REVIEW_REPLY: may("Reply to a review, for the supplier", Role.SUPPLIER_ADMIN, Role.BIDDER),
    Act.CREDIT_RULE: may("Record a contract’s rule for service credits", *MANAGERS),
    Act.CREDIT_CLAIM: may("Claim a service credit", *MANAGERS),
    Act.CREDIT_ANSWER: may(
        "Accept or dispute a claimed service credit, for the supplier", Role.SUPPLIER_ADMIN, Role.BIDDER
    ),
    Act.CREDIT_WITHDRAW: may("Withdraw a claimed service credit", *MANAGERS),
    Act.CREDIT_SETTLE: may("Note on which document a service credit was deducted", Role.FINANCE_LEAD),
}
