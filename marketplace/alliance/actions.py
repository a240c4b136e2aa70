"""What people do with alliances, schools and colleagues."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance import gias, passwords, queries, rules
from marketplace.alliance.links import hash_of_token, make_link, tell_added, tell_colleagues
from marketplace.alliance.models import (
    Organisation,
    Person,
    RoleHolding,
    School,
)
from marketplace.alliance.rules import ImportOutcome, SchoolDetails
from marketplace.alliance.school_accounts import proposing
from marketplace.alliance.school_accounts.notices import told_of
from marketplace.alliance.sign_ins.actions import ask_for_factor, end_all, note_vain_request
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor, Kind, Role

Seats = Iterable[tuple[uuid.UUID, Role]]
ADDRESS_TAKEN = "Somebody uses this e-mail address already. Sign in, or use another."


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What became of one line of a register, and why."""

    line: int
    urn: str
    name: str
    outcome: ImportOutcome
    reasons: tuple[str, ...] = ()


def found_alliance(actor: Actor, name: str) -> uuid.UUID:
    """Start an alliance; returns its id. Raises RuleBroken when the name is blank or too long."""
    with transaction() as session:
        policy.require(actor, Act.ALLIANCE_FOUND)
        alliance = make_organisation(session, Kind.ALLIANCE, rules.tidy_name(name))
        events.record(session, actor, Act.ALLIANCE_FOUND, alliance.id, organisation_id=alliance.id)
        return alliance.id


def make_organisation(
    session: Session, kind: Kind, name: str, *, organisation_id: uuid.UUID | None = None
) -> Organisation:
    """The row that every alliance, school and supplier starts from. A shared step."""
    organisation = Organisation(id=organisation_id or new_id(), kind=kind, name=name, created_at=clock.now())
    session.add(organisation)
    session.flush()
    return organisation


def rename_organisation(session: Session, organisation: Organisation, name: str) -> None:
    """Give an organisation another name. A shared step; documents issued before keep the old one."""
    organisation.name = rules.tidy_name(name)
    session.flush()


def import_schools(actor: Actor, content: bytes) -> list[ImportedLine]:
    """Add and update schools from a register in the columns of Get Information about Schools.

    Returns what became of each line. Raises RuleBroken when the file is no such register. The import is
    one event, and each school of an alliance that it changes another; a register of the whole country
    would else hold everybody up for minutes.
    """
    policy.require(actor, Act.SCHOOL_IMPORT)
    register = gias.read_register(content)
    with transaction() as session:
        known = {school.urn: school for school in session.scalars(select(School))}
        report = [_import_line(session, line, known) for line in register]
        session.flush()
        totals = Counter(line.outcome for line in report)
        events.record(
            session,
            actor,
            Act.SCHOOL_IMPORT,
            new_id(),
            sha256=hashlib.sha256(content).hexdigest(),
            lines={outcome: totals[outcome] for outcome in ImportOutcome},
        )
        members = queries.ids_of_members(session)
        for line in report:
            school = known.get(line.urn)
            if line.outcome is ImportOutcome.UPDATED and school and school.id in members:
                events.record(
                    session,
                    actor,
                    Act.SCHOOL_IMPORT,
                    school.id,
                    organisation_id=school.id,
                    changes=line.reasons,
                )
        return report


def _import_line(session: Session, line: gias.RegisterLine, known: dict[str, School]) -> ImportedLine:
    entry = line.entry
    if entry is None:
        return ImportedLine(line.line, line.urn, "", ImportOutcome.REFUSED, line.problems)
    described = {name: value for name, value in asdict(entry).items() if name != "name"}
    if entry.ukprn is None:
        del described["ukprn"]
    school = known.get(entry.urn)
    if school is None:
        organisation = Organisation(id=new_id(), kind=Kind.SCHOOL, name=entry.name, created_at=clock.now())
        session.add_all((organisation, School(organisation=organisation, **described)))
        return ImportedLine(line.line, entry.urn, entry.name, ImportOutcome.ADDED)
    changes = _changes(school, entry)
    if not changes:
        return ImportedLine(line.line, entry.urn, entry.name, ImportOutcome.UNCHANGED)
    school.organisation.name = entry.name
    for name, value in described.items():
        setattr(school, name, value)
    return ImportedLine(line.line, entry.urn, entry.name, ImportOutcome.UPDATED, changes)


def _changes(school: School, entry: gias.RegisterEntry) -> tuple[str, ...]:
    """What the register says now that it did not say before, in sentences."""
    differences = []
    for field, column in (gias.COLUMNS | gias.OPTIONAL_COLUMNS).items():
        before, now = getattr(school, field), getattr(entry, field)
        says_nothing = now is None and field in gias.OPTIONAL_COLUMNS
        if before != now and not says_nothing:
            differences.append(f"{column}: {before} became {now}.")
    return tuple(differences)


def edit_school(actor: Actor, school_id: uuid.UUID, version: int, details: SchoolDetails) -> bool:
    """Change what a school says about its address, VAT number and payment; does another account wait now?

    A first bank account holds at once. Another one waits for a second person and a day. The school's
    headteachers and finance leads, and the finance address of before, are told. Raises RuleBroken, Stale.
    """
    with transaction() as session:
        school = queries.get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.SCHOOL_EDIT, school.id)
        expect_version(school, version)
        checked = asdict(rules.check_details(details))
        told = told_of(session, school)
        account = tuple(checked[name] for name in proposing.FIELDS)
        held = tuple(getattr(school, name) for name in proposing.FIELDS)
        waits = any(held) and account != held
        if waits:
            proposing.propose(session, actor, school, account, told)
            checked = {name: value for name, value in checked.items() if name not in proposing.FIELDS}
        changed = [name for name, value in checked.items() if getattr(school, name) != value]
        for name in changed:
            setattr(school, name, checked[name])
        if changed or not waits:
            events.record(
                session, actor, Act.SCHOOL_EDIT, school.id, organisation_id=school.id, changed=sorted(changed)
            )
        if not waits and account != held:
            _tell_of_first_account(session, actor, school, told)
        return waits


def _tell_of_first_account(session: Session, actor: Actor, school: School, told: dict[str, str]) -> None:
    for address, name in told.items():
        mail.write(
            session,
            address,
            f"The bank account of {school.name} was changed",
            "alliance_bank_account_changed.txt",
            person_name=name,
            school_name=school.name,
            school_id=school.id,
            changed_by=actor.name,
        )


def add_person(
    actor: Actor,
    name: str,
    email: str,
    seats: Seats,
    *,
    password: str | None = None,
    person_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Give a person roles in organisations where the actor may add colleagues; returns their id.

    A new person is e-mailed a link to choose a password. Only the administrator, at the console, may
    give a password instead. Somebody who signs in already is given the roles and told. `person_id` is the
    id that the form made, so that sending it twice adds one person.
    Raises RuleBroken when a role does not belong to that kind of organisation or is held already.
    """
    with transaction() as session:
        chosen = list(seats)
        for organisation_id, _ in chosen:
            policy.require(actor, Act.PERSON_ADD, organisation_id)
        if password is not None:
            policy.require(actor, Act.PASSWORD_GIVE)
        if not chosen:
            raise RuleBroken("Choose at least one role.", "roles")
        if person_id and session.get(Person, person_id) is not None:
            return person_id
        person = queries.person_by_email(session, email)
        if person is None:
            person = make_person(session, name, email, password, chosen, person_id=person_id)
            link = None if password else make_link(session, person, rules.INVITATION_LASTS)
        elif password:
            raise RuleBroken("Somebody uses this e-mail address already.", "email")
        else:
            _give_roles(session, person, chosen)
            invited = person.password_hash is None
            link = make_link(session, person, rules.INVITATION_LASTS) if invited else None
        for organisation_id in sorted({organisation_id for organisation_id, _ in chosen}):
            given = sorted(role for organisation, role in chosen if organisation == organisation_id)
            events.record(
                session, actor, Act.PERSON_ADD, person.id, organisation_id=organisation_id, roles=given
            )
        tell_added(session, actor, person, chosen, link)
        if actor.person_id is not None:
            tell_colleagues(session, actor, person, chosen)
        return person.id


def make_person(
    session: Session,
    name: str,
    email: str,
    password: str | None,
    seats: Seats,
    *,
    person_id: uuid.UUID | None = None,
) -> Person:
    """A person's row and their roles. A shared step; see `add_person`.

    Raises RuleBroken when the address is taken. Without a password nobody can sign in until the
    person has chosen one by a link.
    """
    address = rules.tidy_address(email)
    if queries.address_is_taken(session, address):
        raise RuleBroken(ADDRESS_TAKEN, "email")
    chosen = list(seats)
    about = (name, address, *queries.names(session, [organisation for organisation, _ in chosen]).values())
    person = Person(
        id=person_id or new_id(),
        name=rules.tidy_name(name),
        email=address,
        password_hash=passwords.hash_password(password, about) if password is not None else None,
        created_at=clock.now(),
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleBroken(ADDRESS_TAKEN, "email") from error
    _give_roles(session, person, chosen)
    return person


def close_account(actor: Actor, email: str) -> None:
    """Let somebody who left sign in no more; where they are signed in, it ends. What they did stays theirs.

    Raises NotFound when nobody with this address can sign in.
    """
    with transaction() as session:
        policy.require(actor, Act.PERSON_CLOSE)
        person = queries.person_by_email(session, email)
        if person is None:
            raise NotFound(f"Nobody signs in with {email}.")
        person.active = False
        end_all(session, person.id)
        for holding in person.holdings:
            events.record(
                session, actor, Act.PERSON_CLOSE, person.id, organisation_id=holding.organisation_id
            )
        if not person.holdings:
            events.record(session, actor, Act.PERSON_CLOSE, person.id)


def _give_roles(session: Session, person: Person, seats: Seats) -> None:
    """Add the roles that the person does not hold. Raises RuleBroken when none is new."""
    held = {(holding.organisation_id, holding.role) for holding in person.holdings}
    chosen = list(seats)
    if chosen and held.issuperset(chosen):
        raise RuleBroken(f"{person.name} holds these roles already.", "roles")
    for organisation_id, role in chosen:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        if role not in rules.ROLES_OF_KIND[organisation.kind]:
            label = rules.ROLE_LABELS[role].lower()
            raise RuleBroken(f"Nobody can be {label} of {organisation.name}.", "roles")
        if (organisation_id, role) not in held:
            person.holdings.append(RoleHolding(organisation_id=organisation_id, role=role))
    ask_for_factor(session, [person.id])


def set_roles(session: Session, person: Person, organisation_id: uuid.UUID, roles: Iterable[Role]) -> None:
    """Let a person hold exactly these roles in an organisation; none takes them out of it. A shared step."""
    wanted = set(roles)
    for holding in [one for one in person.holdings if one.organisation_id == organisation_id]:
        if holding.role in wanted:
            wanted.discard(holding.role)
        else:
            person.holdings.remove(holding)
            session.delete(holding)
    session.flush()
    if wanted:
        _give_roles(session, person, [(organisation_id, role) for role in sorted(wanted)])


def ask_for_link(email: str) -> None:
    """Send whoever has this address a link to choose a password; nothing is told to who asks.

    No more than one link in five minutes is sent to an address, and none to somebody whose invitation was
    withdrawn. Where nothing is sent, something is stored all the same: who measures how long it takes learns
    nothing.
    """
    with transaction() as session:
        person = queries.person_by_email(session, email)
        if (
            person is None
            or (person.password_hash is None and not person.holdings)
            or queries.link_made_since(session, person.id, clock.now() - rules.BETWEEN_LINKS)
        ):
            note_vain_request(session, email)
            return
        asking = Actor(person.id, person.name)
        policy.require(asking, Act.PASSWORD_FORGET)
        token = make_link(session, person, rules.FORGOTTEN_LASTS)
        events.record(session, asking, Act.PASSWORD_FORGET, person.id)
        mail.write(
            session,
            person.email,
            "Choose a new password for Weald",
            "alliance_password_forgotten.txt",
            person_name=person.name,
            token=token,
            hours=int(rules.FORGOTTEN_LASTS.total_seconds() // 3600),
        )


def set_password(token: str, password: str) -> None:
    """Choose a password by a link that was e-mailed. Their other links end, and so do all their sign-ins.

    Raises NotFound when the link is unknown, used or too old; RuleBroken for a bad password.
    """
    person = queries.live_link(db.session(), hash_of_token(token)).person
    hashed = passwords.hash_password(password, queries.said_of(db.session(), person))
    with transaction() as session:
        link = queries.live_link(session, hash_of_token(token), lock=True)
        person = link.person
        changing = Actor(person.id, person.name)
        policy.require(changing, Act.PASSWORD_CHANGE)
        person.password_hash = hashed
        for other in queries.unused_links(session, person.id):
            other.used_at = clock.now()
        end_all(session, person.id)
        events.record(session, changing, Act.PASSWORD_CHANGE, person.id)
