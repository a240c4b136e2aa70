"""Who may do what about agreements between schools, invoices, payments and the Partnership Fund."""

from __future__ import annotations

from marketplace.core.actors import Role
from marketplace.core.acts import Act
from marketplace.core.permissions.permission import MANAGERS, Permission, may

PERMISSIONS: dict[Act, Permission] = {
    Act.AGREEMENT_DRAFT: may("Draft what the school sells to another", *MANAGERS),
    Act.AGREEMENT_EDIT: may("Change the draft of what the school sells", *MANAGERS),
    Act.AGREEMENT_DISCARD: may("Discard the draft of what the school sells", *MANAGERS),
    Act.AGREEMENT_PROPOSE: may("Put a draft agreement to the heads of both schools", *MANAGERS),
    Act.AGREEMENT_ASK: may("Ask another school for what it offers", *MANAGERS),
    Act.AGREEMENT_AGREE: may("Sign an agreement between two schools for the own one", Role.HEADTEACHER),
    Act.AGREEMENT_RETURN: may("Return a proposed agreement, with a reason", Role.HEADTEACHER),
    Act.AGREEMENT_BEGIN: may("Begin an agreement between schools on its first day", Role.SYSTEM),
    Act.AGREEMENT_END: may("End an agreement between schools after its last day", Role.SYSTEM),
    Act.AGREEMENT_GIVE_NOTICE: may("End an agreement between schools early, by notice", Role.HEADTEACHER),
    Act.AGREEMENT_ORDER: may("Enter the school’s order number for what it buys of another", *MANAGERS),
    Act.AGREEMENT_REVIEW: may("Record what the review of an agreement found", Role.HEADTEACHER, Role.BURSAR),
    Act.AGREEMENT_REMIND: may("Remind of a review or the end of an agreement", Role.SYSTEM),
    Act.CHECK_RECORD: may("Record level and date of a safeguarding check", Role.HEADTEACHER, Role.BURSAR),
    Act.CHECK_REMOVE: may("Take a safeguarding check away again", Role.HEADTEACHER, Role.BURSAR),
    Act.EXTENSION_PROPOSE: may("Sign a longer term of an agreement, for the own school", Role.HEADTEACHER),
    Act.EXTENSION_AGREE: may("Sign the longer term that the other school proposed", Role.HEADTEACHER),
    Act.EXTENSION_REFUSE: may("Leave the last day of an agreement as it is", Role.HEADTEACHER),
    Act.USAGE_LOG: may("Log what another school used by agreement", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_CORRECT: may("Correct what was logged as used", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_TAKE_BACK: may("Take back what was logged by mistake", *MANAGERS, Role.SENIOR_LEADER),
    Act.USAGE_CONFIRM: may("Confirm what the school used of another", *MANAGERS),
    Act.USAGE_QUESTION: may("Question what another school logged as used", *MANAGERS),
    Act.CHARGE_INVOICE: may("Draft invoices of agreements", Role.FINANCE_LEAD, Role.BURSAR, Role.SYSTEM),
    Act.OFFER_MAKE: may("Offer something to the other schools", *MANAGERS),
    Act.OFFER_EDIT: may("Change what the school offers to others", *MANAGERS),
    Act.OFFER_WITHDRAW: may("Take an offer of the school off the list", *MANAGERS),
    Act.SHARED_COST_RECORD: may("Record a cost the school paid for others", Role.FINANCE_LEAD, Role.BURSAR),
    Act.SUPPLIER_INVOICE_RECEIVE: may("Take a supplier’s e-invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.SUPPLIER_INVOICE_ACCEPT: may(
        "Accept a supplier’s invoice, with a reason", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.SUPPLIER_INVOICE_REJECT: may(
        "Reject a supplier’s invoice, with a reason", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.SUPPLIER_INVOICE_DISPUTE: may(
        "Dispute a supplier’s invoice that was accepted, with a reason", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.SUPPLIER_PAYMENT_RECORD: may("Record a payment to a supplier, as a second person", *MANAGERS),
    Act.SUPPLIER_PAYMENT_MATCH: may(
        "Say which suppliers’ invoices money that went out paid", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.SUPPLIER_PAYMENT_UNDO: may(
        "Undo a recorded payment to a supplier, with a reason", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.INVOICE_DRAFT: may("Draft an invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_EDIT: may("Change a draft invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_DISCARD: may("Discard a draft invoice", Role.FINANCE_LEAD, Role.BURSAR, Role.SYSTEM),
    Act.INVOICE_ISSUE: may("Issue an invoice", Role.FINANCE_LEAD),
    Act.INVOICE_BATCH: may("Have many drafts issued together", Role.FINANCE_LEAD),
    Act.INVOICE_STOP: may("Stop a batch of invoices", Role.FINANCE_LEAD),
    Act.INVOICE_SET_ASIDE: may("Set aside what a batch could not issue", Role.SYSTEM),
    Act.INVOICE_FINISH: may("Finish a batch of invoices", Role.SYSTEM),
    Act.LOGO_SET: may("Put a picture on the school’s invoices", *MANAGERS),
    Act.LOGO_REMOVE: may("Take the picture off the school’s invoices", *MANAGERS),
    Act.INVOICE_DISPUTE: may("Dispute an invoice that the school received", Role.FINANCE_LEAD, Role.BURSAR),
    Act.INVOICE_SETTLE: may(
        "Say that the school’s dispute of an invoice is settled", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.CREDIT_NOTE_ISSUE: may("Issue a credit note for an issued invoice", Role.FINANCE_LEAD),
    Act.LAYOUT_COPY: may("Copy a finance package’s layout", Role.FINANCE_LEAD, Role.BURSAR),
    Act.LAYOUT_EDIT: may("Change the school’s layout", Role.FINANCE_LEAD, Role.BURSAR),
    Act.LAYOUT_REMOVE: may("Remove a layout of the school", Role.FINANCE_LEAD, Role.BURSAR),
    Act.LAYOUT_RESTORE: may("Bring a removed layout back", Role.FINANCE_LEAD, Role.BURSAR),
    Act.STATEMENT_IMPORT: may("Import a statement of the school’s bank", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_MATCH: may("Say which invoices money that came in is for", Role.FINANCE_LEAD),
    Act.PAYMENT_UNMATCH: may("Undo a match of money that came in, with a reason", Role.FINANCE_LEAD),
    Act.PAYMENT_SET_ASIDE: may("Say that money that came in is for no invoice", Role.FINANCE_LEAD),
    Act.PAYMENT_RECORD: may("Record a payment received", Role.FINANCE_LEAD),
    Act.PAYMENT_START: may("Pay an invoice online", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_CANCEL: may("Cancel an online payment that is not made yet", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_HEAR: may("Count what Stripe reports", Role.SYSTEM, Role.FINANCE_LEAD),
    Act.PAYMENT_PROPOSE: may("Propose a write-off or a repayment", Role.FINANCE_LEAD, Role.BURSAR),
    Act.PAYMENT_APPROVE: may("Approve a write-off or a repayment", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.PAYMENT_REFUSE: may("Refuse a write-off or a repayment", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.PERIOD_CLOSE: may("Close a month or year of the books", Role.FINANCE_LEAD, Role.COORDINATOR),
    Act.PERIOD_PROPOSE: may(
        "Propose to reopen closed months of the books", Role.FINANCE_LEAD, Role.BURSAR, Role.COORDINATOR
    ),
    Act.PERIOD_REOPEN: may(
        "Agree that closed months are reopened, as a second person", Role.HEADTEACHER, Role.FINANCE_LEAD
    ),
    Act.PERIOD_REFUSE: may("Leave closed months closed, with a reason", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.BOOKS_VERIFY: may("Verify everything stored about money, each night", Role.SYSTEM),
    Act.BOOKS_SET_YEAR: may(
        "Say when the financial year of the books ends", Role.FINANCE_LEAD, Role.COORDINATOR
    ),
    Act.REMINDER_SEND: may("Remind a school of an invoice that is due", Role.SYSTEM),
    Act.REMINDER_HOLD: may("Hold the reminders of an invoice", Role.FINANCE_LEAD, Role.BURSAR),
    Act.REMINDER_RELEASE: may("Remind of a held invoice again", Role.FINANCE_LEAD, Role.BURSAR),
    Act.REMINDER_CHOOSE: may(
        "Choose when the school reminds of invoices, and whether it charges interest", Role.FINANCE_LEAD
    ),
    Act.LATE_INTEREST_DRAFT: may("Draft an invoice of interest on late payment", Role.FINANCE_LEAD),
    Act.SETTLEMENT_PROPOSE: may("Propose to net what schools owe one another", Role.COORDINATOR, Role.SYSTEM),
    Act.SETTLEMENT_REWORK: may("Take out of a settlement what was paid or disputed meanwhile", Role.SYSTEM),
    Act.SETTLEMENT_ACCEPT: may("Accept the school’s figure in a settlement", Role.FINANCE_LEAD),
    Act.SETTLEMENT_WITHDRAW: may("Withdraw a settlement that waits for schools", Role.COORDINATOR),
    Act.SETTLEMENT_STAY_OUT: may("Keep the school out of settlements", Role.FINANCE_LEAD),
    Act.SETTLEMENT_TAKE_PART: may("Let the school take part in settlements again", Role.FINANCE_LEAD),
    Act.SETTLEMENT_RECEIVE: may("Record that the payment of a settlement arrived", Role.FINANCE_LEAD),
    Act.STRIPE_ACCOUNT_PROPOSE: may(
        "Name the Stripe account that takes the school’s online payments", Role.FINANCE_LEAD, Role.BURSAR
    ),
    Act.STRIPE_ACCOUNT_APPROVE: may(
        "Agree, as the second person, to a Stripe account", Role.HEADTEACHER, Role.FINANCE_LEAD
    ),
    Act.STRIPE_ACCOUNT_CLOSE: may("Stop online payments to the school", Role.HEADTEACHER, Role.FINANCE_LEAD),
    Act.FUND_OPEN: may("Open a Partnership Fund", Role.COORDINATOR),
    Act.FUND_HOST: may("Choose the school that sends invoices of contributions", Role.COORDINATOR),
    Act.CONTRIBUTION_INVOICE: may("Draft the invoice of a confirmed contribution", Role.SYSTEM),
    Act.CONTRIBUTION_FORWARD: may("Pass a paid contribution on to the fund", Role.SYSTEM),
    Act.CONTRIBUTION_PROPOSE: may("Propose a round of contributions", Role.COORDINATOR),
    Act.CONTRIBUTION_CONFIRM: may("Confirm the school's contribution for its governing body", Role.GOVERNOR),
    Act.CONTRIBUTION_RECEIVE: may("Record a contribution received", Role.COORDINATOR),
    Act.GRANT_RECORD: may("Record a grant that came into the fund", Role.COORDINATOR),
    Act.BUDGET_PROPOSE: may("Put a year’s budget of the fund to the board", Role.COORDINATOR),
    Act.BUDGET_SET: may("Set a budget of the fund that the board has carried", Role.SYSTEM),
    Act.BUDGET_DROP: may("Drop a budget of the fund that the board has not carried", Role.SYSTEM),
    Act.CLAIM_MAKE: may("Claim from the Partnership Fund", *MANAGERS),
    Act.CLAIM_RELEASE: may(
        "Approve the own school's claim before other schools decide, as its ladder says",
        Role.HEADTEACHER,
        Role.BURSAR,
    ),
    Act.CLAIM_APPROVE: may("Approve a claim, with one from another school", Role.HEADTEACHER, Role.GOVERNOR),
    Act.CLAIM_REFUSE: may("Refuse a claim, with a reason", Role.HEADTEACHER, Role.GOVERNOR),
    Act.CLAIM_PAY: may("Record that an approved claim was paid", Role.COORDINATOR),
    Act.REFUND_OWE: may("Set aside the share of a school that left, to be paid back", Role.SYSTEM),
    Act.REFUND_APPROVE: may(
        "Approve the refund to a school that left, with one from another school",
        Role.HEADTEACHER,
        Role.GOVERNOR,
    ),
    Act.REFUND_PAY: may("Record that an approved refund was paid", Role.COORDINATOR),
    Act.REFUND_WITHDRAW: may("Leave a share in the fund when the school has joined again", Role.COORDINATOR),
    Act.SAVING_BASELINE: may("Say what a contract cost before, with its evidence", *MANAGERS),
    Act.SAVING_RECORD: may("Say what was invoiced under a contract", *MANAGERS),
    Act.SAVING_TAKE_BACK: may("Take back what was said to be invoiced", *MANAGERS),
    Act.PRIORITIES_SET: may("Write the alliance’s priorities for the annual pack", Role.COORDINATOR),
}
