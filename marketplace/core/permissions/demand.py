"""Who may do what about contracts, needs and tenders."""

from __future__ import annotations

from marketplace.core.actors import Role
from marketplace.core.acts import Act
from marketplace.core.permissions.permission import CONTRACT_READERS, SCHOOL_PEOPLE, Permission, may

PERMISSIONS: dict[Act, Permission] = {
    Act.CATEGORY_IMPORT: may("Add categories from a file, or change them", Role.ADMINISTRATOR),
    Act.CATEGORY_REMOVE: may("Remove a category that was added", Role.ADMINISTRATOR),
    Act.CONTRACT_ADD: may("Add a contract to the school's register", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_EDIT: may("Change a contract in the school's register", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_IMPORT: may(
        "Import contracts into the registers of schools", Role.BURSAR, Role.HEADTEACHER, Role.COORDINATOR
    ),
    Act.CONTRACT_ATTACH: may("Keep a document beside a contract", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_DETACH: may("Take a document off a contract", Role.BURSAR, Role.HEADTEACHER),
    Act.CONTRACT_REGISTER: may("Register an awarded contract", Role.SYSTEM),
    Act.CONTRACT_WARN: may("Warn a school of contracts to decide about", Role.SYSTEM),
    Act.CALENDAR_MAKE: may("Make the address of one's own calendar feed", *CONTRACT_READERS),
    Act.CALENDAR_REVOKE: may("Revoke the address of one's own calendar feed", *CONTRACT_READERS),
    Act.CONTRACT_RENEW: may("Note that a contract has renewed itself", Role.SYSTEM),
    Act.NEED_POST: may("Post a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_EDIT: may("Change a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_SUBMIT: may("Submit a need for approval", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_APPROVE: may("Approve a need, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR),
    Act.NEED_RETURN: may(
        "Return a need to its author, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.NEED_WAIVE: may(
        "Allow fewer quotes for a need, as the school's ladder says", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.NEED_WITHDRAW: may("Withdraw a need", Role.BURSAR, Role.HEADTEACHER),
    Act.NEED_PLACE: may("Move a need along with the tender it is in", Role.SYSTEM),
    Act.NEED_REQUEST: may("Ask schools that could buy together to post a need", Role.COORDINATOR),
    Act.SUGGESTION_COUNT: may("Count for a day who could buy together", Role.SYSTEM),
    Act.CONSENT_GIVE: may(
        "Let neighbouring alliances see the school in suggestions to buy together", Role.HEADTEACHER
    ),
    Act.CONSENT_WITHDRAW: may(
        "Take back that neighbouring alliances see the school in suggestions", Role.HEADTEACHER
    ),
    Act.TENDER_DRAFT: may("Draft a joint tender", Role.COORDINATOR),
    Act.TENDER_EDIT: may("Change a draft joint tender", Role.COORDINATOR),
    Act.TENDER_IMPORT: may("Import a tender from an OCDS file", Role.COORDINATOR, Role.ADMINISTRATOR),
    Act.TENDER_INVITE: may("Invite schools to commit to a joint tender", Role.COORDINATOR),
    Act.TENDER_COMMIT: may("Commit the school to a joint tender", Role.HEADTEACHER, Role.BURSAR),
    Act.TENDER_DECLINE: may("Decline a joint tender for the school", Role.HEADTEACHER, Role.BURSAR),
    Act.TENDER_CONFIRM: may("Settle who buys and ask for approval to publish", Role.COORDINATOR),
    Act.REQUIREMENT_MARK: may("Say what the school must have, and what not", Role.HEADTEACHER, Role.BURSAR),
    Act.COMMITMENT_EDIT: may(
        "Correct the school’s volumes and conditions while schools decide", Role.HEADTEACHER, Role.BURSAR
    ),
    Act.COMMITMENT_RENEW: may("Commit again to other volumes", Role.HEADTEACHER, Role.BURSAR),
    Act.COMMITMENT_INVITE: may("Invite one more school before publication", Role.COORDINATOR),
    Act.COMMITMENT_LAPSE: may(
        "Drop a school whose governing body’s confirmation has ended, or that left the alliance", Role.SYSTEM
    ),
    Act.TENDER_APPROVE: may(
        "Approve a joint tender that must stand on Find a Tender first", Role.HEADTEACHER
    ),
    Act.TENDER_PUBLISH: may("Approve and publish a joint tender", Role.HEADTEACHER),
    Act.TENDER_RETURN: may(
        "Take a tender back to draft before it is published", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.INTEREST_DECLARE: may(
        "Declare interests, as somebody named in a tender", Role.COORDINATOR, *SCHOOL_PEOPLE
    ),
    Act.INTEREST_ASSESS: may("Record the conflicts assessment of a tender", Role.COORDINATOR),
    Act.TENDER_AMEND: may("Change the words and documents of a published tender", Role.COORDINATOR),
    Act.TENDER_HOLD_CHANGE: may(
        "Hold a change of a tender until Find a Tender shows it", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.TENDER_EXTEND: may("Propose a later deadline, and other price lines with it", Role.COORDINATOR),
    Act.TENDER_APPROVE_EXTENSION: may(
        "Approve a later deadline that somebody of another school proposed", Role.HEADTEACHER
    ),
    Act.TENDER_REFUSE_EXTENSION: may(
        "Leave a deadline as it is, with a reason", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.TENDER_CLOSE: may("Close a tender at its deadline", Role.SYSTEM),
    Act.TENDER_CANCEL: may("Cancel a tender, with a reason", Role.COORDINATOR),
    Act.TENDER_END: may("End a tender for which no quote can be accepted", Role.COORDINATOR),
    Act.NOTICE_ISSUE: may(
        "Publish a notice of a tender, and open an approved one with its Find a Tender reference",
        Role.COORDINATOR,
    ),
    Act.NOTICE_REMIND: may("Remind of a notice about a contract that is owed", Role.SYSTEM),
}
