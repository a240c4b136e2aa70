"""What people are told by e-mail when schools are asked for other volumes of a published tender."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.queries import people_with_role
from marketplace.core.policy import Role
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.notices import approvers
from marketplace.tenders.models import Commitment
from marketplace.tenders.notices import coordinators, deciders, write
from marketplace.tenders.recommitting import queries


def schools_asked(session: Session, extension: Extension) -> None:
    """Ask each school whose volumes would change to commit to the new ones, and its governors if needed."""
    tender = extension.tender
    asked = queries.concerned(session, extension)
    for commitment in tender.commitments:
        if commitment.school_id not in asked:
            continue
        people = deciders(session, [commitment.school_id])
        confirms = bool(queries.unconfirmed(session, extension, commitment))
        if confirms:
            people += people_with_role(session, [commitment.school_id], Role.GOVERNOR)
        write(
            session,
            list({person.id: person for person in people}.values()),
            f"{commitment.school.name}: will you buy other volumes? {tender.title}",
            "recommitting_asked.txt",
            tender,
            extension=extension,
            school=commitment.school.name,
            school_id=commitment.school_id,
            confirms=confirms,
        )


def school_recommitted(session: Session, extension: Extension, commitment: Commitment) -> None:
    """Tell the coordinators that a school committed to its new volumes, and who has still to."""
    write(
        session,
        coordinators(session, extension.tender),
        f"{commitment.school.name} committed to its new volumes: {extension.tender.title}",
        "recommitting_committed.txt",
        extension.tender,
        school=commitment.school.name,
        missing=list(queries.missing(session, extension).values()),
    )


def approval_asked(session: Session, extension: Extension) -> None:
    """Ask the headteachers who may approve a change that every school concerned has committed to."""
    write(
        session,
        approvers(session, extension),
        f"Please decide: other volumes and a later deadline for {extension.tender.title}",
        "amending_proposed.txt",
        extension.tender,
        extension=extension,
        missing=[],
    )
