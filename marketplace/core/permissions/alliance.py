"""Who may do what in the alliance: members, people, decisions of the board, shared work."""

from __future__ import annotations

from marketplace.core.actors import Role
from marketplace.core.acts import Act
from marketplace.core.permissions.permission import (
    EVERYBODY,
    LEADERS,
    MANAGERS,
    SCHOOL_PEOPLE,
    Permission,
    may,
)

PERMISSIONS: dict[Act, Permission] = {
    Act.ALLIANCE_FOUND: may("Found an alliance", Role.ADMINISTRATOR),
    Act.SCHOOL_IMPORT: may("Import schools from a register", Role.ADMINISTRATOR),
    Act.SCHOOL_ADMIT: may("Admit a founder, or what the board carried", Role.ADMINISTRATOR, Role.SYSTEM),
    Act.MEMBERSHIP_APPLY: may("Apply for the school to join an alliance", Role.HEADTEACHER),
    Act.MEMBERSHIP_WITHDRAW: may("Withdraw the school's application", Role.HEADTEACHER),
    Act.MEMBERSHIP_REFUSE: may("Tell a school that the board did not admit it", Role.SYSTEM),
    Act.MEMBERSHIP_ASK: may("Ask for an associate to become full", Role.HEADTEACHER, Role.COORDINATOR),
    Act.MEMBERSHIP_CONVERT: may("Make an associate full when board and governors agree", Role.SYSTEM),
    Act.MEMBERSHIP_LEAVE: may("Take the school out of an alliance", Role.HEADTEACHER),
    Act.MEMBERSHIP_REMIND: may("Remind of a membership that is near its end", Role.SYSTEM),
    Act.MEMBERSHIP_END: may("End a membership whose time has run out", Role.SYSTEM),
    Act.PARTNERSHIP_PROPOSE: may("Propose a trust partnership to a school", Role.COORDINATOR),
    Act.PARTNERSHIP_BEGIN: may("Begin a trust partnership when both sides have agreed", Role.SYSTEM),
    Act.PARTNERSHIP_DROP: may("End a proposed partnership that was not agreed", Role.SYSTEM),
    Act.PARTNERSHIP_REVIEW: may("Record what a review of a trust partnership found", Role.COORDINATOR),
    Act.PARTNERSHIP_REMIND: may("Remind of a review that is due", Role.SYSTEM),
    Act.SCHOOL_EDIT: may("Change the school's details", *MANAGERS),
    Act.DELEGATION_SET: may("Set who approves what in the school, by value", Role.HEADTEACHER),
    Act.SCHOOL_SET_TERMS: may("Set the school's term dates", Role.BURSAR, Role.HEADTEACHER),
    Act.PERSON_ADD: may(
        "Add a colleague", Role.HEADTEACHER, Role.COORDINATOR, Role.SUPPLIER_ADMIN, Role.ADMINISTRATOR
    ),
    Act.PERSON_SIGN_IN: may("Sign in", Role.ANYONE),
    Act.PERSON_SIGN_OUT: may("Sign out", Role.ANYONE),
    Act.SIGN_IN_END: may("End one’s own sign-ins in other browsers", Role.ANYONE),
    Act.PERSON_PROVE: may("Prove again who one is", Role.ANYONE),
    Act.FACTOR_ADD: may("Set up an authenticator app as one’s own second factor", Role.ANYONE),
    Act.FACTOR_REMOVE: may("Remove one’s own authenticator app", Role.ANYONE),
    Act.FACTOR_MISS: may("Try a wrong code: it is recorded", Role.ANYONE),
    Act.FACTOR_RECOVER: may("Use one of one’s own recovery codes", Role.ANYONE),
    Act.FACTOR_MAKE_CODES: may("Make one’s own recovery codes anew", Role.ANYONE),
    Act.PASSKEY_ADD: may("Add a passkey of one’s own", Role.ANYONE),
    Act.PASSKEY_RENAME: may("Name a passkey of one’s own", Role.ANYONE),
    Act.PASSKEY_REMOVE: may("Remove a passkey of one’s own", Role.ANYONE),
    Act.TOKEN_MAKE: may("Make a token, by which a program acts in one’s own name", *EVERYBODY),
    Act.TOKEN_USE: may("Use one’s own token: that it is in use is recorded", Role.ANYONE),
    Act.TOKEN_REVOKE: may("Revoke one’s own token", Role.ANYONE),
    Act.PASSWORD_MISS: may("Try a wrong password: it is recorded", Role.ANYONE),
    Act.PASSWORD_CHANGE: may("Change one's own password", Role.ANYONE),
    Act.PASSWORD_GIVE: may("Give a new person their first password", Role.ADMINISTRATOR),
    Act.PASSWORD_FORGET: may("Ask for a link to choose a new password", Role.ANYONE),
    Act.DECISION_OPEN: may("Put a question to the Strategic Board", Role.COORDINATOR),
    Act.SEAT_NAME: may("Name who holds the school’s seat on the Strategic Board", Role.HEADTEACHER),
    Act.DECISION_VOTE: may("Vote on the Strategic Board for the school whose seat one holds", *LEADERS),
    Act.DECISION_DECLARE: may("Declare a conflict of interest for that seat on the board", *LEADERS),
    Act.DECISION_CARRY: may("Close a vote that is carried, with its minute", Role.COORDINATOR),
    Act.DECISION_REJECT: may("Close a vote that is rejected, with its minute", Role.COORDINATOR),
    Act.DECISION_WITHDRAW: may("Withdraw a question from the Strategic Board", Role.COORDINATOR),
    Act.DECISION_LAPSE: may("Close a vote on something that has ended meanwhile", Role.SYSTEM),
    Act.CONFIRMATION_RECORD: may("Record what the governing body has confirmed", Role.GOVERNOR),
    Act.CONFIRMATION_WITHDRAW: may("Withdraw a confirmation of the governing body", Role.GOVERNOR),
    Act.ACTIVITY_ADD: may(
        "Add an activity that one school leads for the others", Role.COORDINATOR, Role.HEADTEACHER
    ),
    Act.ACTIVITY_FINISH: may("Say that an activity is done", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR),
    Act.ACTIVITY_RESUME: may("Take up an activity again", Role.COORDINATOR, Role.HEADTEACHER, Role.BURSAR),
    Act.LEAD_ASK: may("Ask a school to lead an activity", Role.COORDINATOR),
    Act.LEAD_ACCEPT: may("Say that the school leads an activity", Role.HEADTEACHER, Role.BURSAR),
    Act.LEAD_DECLINE: may("Decline to lead an activity, with a reason", Role.HEADTEACHER, Role.BURSAR),
    Act.HOURS_LOG: may("Log hours spent on an activity", *SCHOOL_PEOPLE),
    Act.HOURS_TAKE_BACK: may("Take back hours logged by mistake", *SCHOOL_PEOPLE),
}
