"""Adding, checking and taking away documents; using them; reminding before they end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core import clock, documents, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor, Kind
from marketplace.core.web import day
from suppliers.profiles import queries as suppliers
from suppliers.profiles.documents import queries, rules
from suppliers.profiles.documents.models import DocumentReminder, Reliance, SupplierDocument
from suppliers.profiles.documents.rules import DocumentDetails, DocumentStatus


def add_document(
    actor: Actor, supplier_id: uuid.UUID, document_id: uuid.UUID, details: DocumentDetails, upload: Upload
) -> None:
    """Keep a document of a supplier, for one school to check. Raises NotFound, Forbidden, RuleBroken."""
    assert actor.person_id, "documents are added by people"
    with transaction() as session:
        suppliers.get_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.DOCUMENT_ADD, supplier_id)
        if session.get(SupplierDocument, document_id) is not None:
            return
        checked = rules.check_details(details, clock.today())
        if len(queries.of_supplier(session, supplier_id)) >= rules.MOST_DOCUMENTS:
            raise RuleBroken(
                f"Keep at most {rules.MOST_DOCUMENTS} documents. Take one away first.", "document"
            )
        stored = documents.keep(session, upload)
        session.add(
            SupplierDocument(
                id=document_id,
                supplier_id=supplier_id,
                kind=checked.kind,
                name=documents.plain_name(upload.name),
                sha256=stored.sha256,
                number=checked.number,
                cover=checked.cover,
                ends_on=checked.ends_on,
                added_by=actor.person_id,
                added_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.DOCUMENT_ADD,
            document_id,
            organisation_id=supplier_id,
            kind=checked.kind,
            ends_on=checked.ends_on,
            sha256=stored.sha256,
        )


def retire_document(actor: Actor, supplier_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Take a document away; the stored file and its history stay. Twice is no harm."""
    with transaction() as session:
        document = queries.get_document(session, actor, supplier_id, document_id, lock=True)
        policy.require(actor, Act.DOCUMENT_RETIRE, supplier_id)
        if document.status is DocumentStatus.RETIRED:
            return
        document.status = rules.move(document.status, DocumentStatus.RETIRED)
        session.flush()
        events.record(session, actor, Act.DOCUMENT_RETIRE, document_id, organisation_id=supplier_id)


def check_document(
    actor: Actor, supplier_id: uuid.UUID, document_id: uuid.UUID, version: int, *, accepted: bool, note: str
) -> None:
    """Say for one's school that a document is in order, or what is wrong with it, for all schools to read.

    Who accepts it also hears before it ends. Raises NotFound, Forbidden, RuleBroken, Stale.
    """
    assert actor.person_id, "documents are checked by people"
    with transaction() as session:
        document = queries.get_document(session, actor, supplier_id, document_id, lock=True)
        school_id = _school(actor)
        policy.require(actor, Act.DOCUMENT_CHECK, school_id)
        expect_version(document, version)
        document.note = rules.check_note(note)
        document.status = rules.move(
            document.status, DocumentStatus.CHECKED if accepted else DocumentStatus.REFUSED
        )
        document.checked_by, document.checked_for = actor.person_id, school_id
        document.checked_at = clock.now()
        if accepted:
            _begin(session, supplier_id, school_id)
        session.flush()
        events.record(
            session,
            actor,
            Act.DOCUMENT_CHECK,
            document_id,
            organisation_id=supplier_id,
            school_id=school_id,
            accepted=accepted,
        )
        if not accepted:
            _tell_refused(session, document)


def use_documents(actor: Actor, supplier_id: uuid.UUID) -> None:
    """Let one's school hear before a supplier's documents end. Raises NotFound, Forbidden."""
    with transaction() as session:
        suppliers.get_supplier(session, actor, supplier_id)
        school_id = _school(actor)
        policy.require(actor, Act.DOCUMENTS_USE, school_id)
        if _begin(session, supplier_id, school_id):
            events.record(session, actor, Act.DOCUMENTS_USE, supplier_id, organisation_id=school_id)


def stop_using_documents(actor: Actor, supplier_id: uuid.UUID) -> None:
    """Let one's school hear no more of a supplier's documents; a running contract still tells it."""
    with transaction() as session:
        suppliers.get_supplier(session, actor, supplier_id)
        school_id = _school(actor)
        policy.require(actor, Act.DOCUMENTS_STOP_USING, school_id)
        row = session.get(Reliance, (supplier_id, school_id))
        if row is not None:
            session.delete(row)
            session.flush()
            events.record(session, actor, Act.DOCUMENTS_STOP_USING, supplier_id, organisation_id=school_id)


def remind_of_documents() -> int:
    """Remind suppliers and the schools that use them of documents that end; returns how many letters went.

    One letter a person, whatever the number of documents. A reminder at a threshold is given once.
    """
    with transaction() as session:
        policy.require(SYSTEM, Act.DOCUMENT_REMIND)
        today = clock.today()
        due = queries.due(session, today)
        if not due or not rules.time_to_remind(clock.now()):
            return 0
        session.add_all(
            DocumentReminder(document_id=document.id, threshold=reached, given_on=today)
            for document, reached in due
        )
        session.flush()
        for document, reached in due:
            events.record(
                session,
                SYSTEM,
                Act.DOCUMENT_REMIND,
                document.id,
                organisation_id=document.supplier_id,
                days=reached,
            )
        return _write_reminders(session, [document for document, _ in due], today)


def _write_reminders(session: Session, ending: Sequence[SupplierDocument], today: date) -> int:
    """One letter to everybody concerned, with the documents that concern them."""
    using = queries.using_schools(session, {one.supplier_id for one in ending}, today)
    lines: dict[uuid.UUID, tuple[Person, list[SupplierDocument], bool]] = {}
    for document in ending:
        for person in queries.people_of_supplier(session, document.supplier_id):
            lines.setdefault(person.id, (person, [], True))[1].append(document)
        for school_id in using.get(document.supplier_id, ()):
            for person in queries.people_of_school(session, school_id):
                told = lines.setdefault(person.id, (person, [], False))[1]
                if document not in told:
                    told.append(document)
    for person, documents_ending, own in lines.values():
        first = documents_ending[0]
        mail.write(
            session,
            person.email,
            f"Ends on {day(first.ends_on)}: {rules.KIND_LABELS[first.kind]} of {first.supplier.name}",
            "profiles_document_ends.txt",
            person_name=person.name,
            documents=documents_ending,
            labels=rules.KIND_LABELS,
            own=own,
        )
    return len(lines)


def _begin(session: Session, supplier_id: uuid.UUID, school_id: uuid.UUID) -> bool:
    """Note that a school uses a supplier's documents; False when it did already."""
    if queries.uses(session, supplier_id, school_id):
        return False
    session.add(Reliance(supplier_id=supplier_id, school_id=school_id, since=clock.now()))
    session.flush()
    return True


def _school(actor: Actor) -> uuid.UUID:
    """The school for which the actor checks. Raises Forbidden for people of no school."""
    held = actor.organisations(Kind.SCHOOL, *rules.CHECKERS)
    if not held:
        raise Forbidden("Bursars, headteachers and finance leads of schools check documents.")
    return min(held)


def _tell_refused(session: Session, document: SupplierDocument) -> None:
    for person in queries.people_of_supplier(session, document.supplier_id):
        mail.write(
            session,
            person.email,
            f"Please send another document: {rules.KIND_LABELS[document.kind]}",
            "profiles_document_refused.txt",
            person_name=person.name,
            document=document,
            label=rules.KIND_LABELS[document.kind],
        )
