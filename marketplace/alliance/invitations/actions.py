"""Sending invitations again, and withdrawing them."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.alliance import links, rules
from marketplace.alliance.invitations import queries
from marketplace.alliance.models import Person
from marketplace.alliance.queries import link_made_since, unused_links
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def send_again(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """Send a new link; those before work no more. Returns to whom. Raises NotFound, Forbidden, RuleBroken."""
    with transaction() as session:
        person = queries.get_invited(session, actor, organisation_id, person_id)
        policy.require(actor, Act.INVITATION_SEND, organisation_id)
        if link_made_since(session, person.id, clock.now() - rules.BETWEEN_LINKS):
            raise RuleBroken(f"{person.name} was sent a link less than five minutes ago. Wait a moment.")
        _end_links(session, person)
        seats = [
            (holding.organisation_id, holding.role)
            for holding in person.holdings
            if holding.organisation_id == organisation_id
        ]
        token = links.make_link(session, person, rules.INVITATION_LASTS)
        events.record(session, actor, Act.INVITATION_SEND, person.id, organisation_id=organisation_id)
        links.tell_added(session, actor, person, seats, token)
        return person.name


def withdraw(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """Take somebody's roles in an organisation back before they come. Returns whose.

    When nothing is left to them, their link ends too. Raises NotFound, Forbidden.
    """
    with transaction() as session:
        person = queries.get_invited(session, actor, organisation_id, person_id)
        policy.require(actor, Act.INVITATION_WITHDRAW, organisation_id)
        people.set_roles(session, person, organisation_id, ())
        if not person.holdings:
            _end_links(session, person)
        events.record(session, actor, Act.INVITATION_WITHDRAW, person.id, organisation_id=organisation_id)
        return person.name


def _end_links(session: Session, person: Person) -> None:
    for link in unused_links(session, person.id):
        link.used_at = clock.now()
