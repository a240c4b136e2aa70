"""The keys of a tender's envelopes: made at publication, in halves; put together by two openers.

Shared steps for actions, in their transactions. A clear half and a clear private key exist only here,
in memory, while a step runs.

K, which unlocks an envelope's private key, is never stored. Each pair of openers who may open together
gets two halves of it, each sealed to one of them. The first opener's half is sealed anew to every
possible second one, so that nothing clear waits in the database while the two are at it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act
from marketplace.tenders.criteria.rules import has_quality
from marketplace.tenders.models import Tender
from suppliers.quotes.keys import boxes, queries, rules
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, OpeningPair, PassedHalf
from suppliers.quotes.rules import Envelope, envelopes_of


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A private key in somebody's hands for the length of an action. Never stored, never printed."""

    key_id: uuid.UUID
    private_key: bytes = field(repr=False)


# ------------------------------------------------------------------ at publication
def check_openers(session: Session, tender: Tender) -> None:
    """Raise RuleBroken unless enough openers are ready, naming who must do what."""
    rules.check_publishable(queries.named(session, tender), clock.now())


def make_keys(session: Session, tender: Tender) -> None:
    """Make the keys to which a tender's quotes are sealed. Raises RuleBroken as `check_openers` does.

    The two printed recovery keys of the alliance, if both exist, are one more pair.
    """
    moment, named = clock.now(), queries.named(session, tender)
    rules.check_publishable(named, moment)
    policy.require(SYSTEM, Act.KEYS_MAKE)
    openers = rules.ready(named, moment)
    pairs = [(_key(session, first), _key(session, second)) for first, second in rules.allowed_pairs(openers)]
    printed = [queries.printed_key(session, tender.alliance_id, paper) for paper in rules.Paper]
    pairs += [(one, other) for one, other in pairwise(printed) if one and other]
    quality = has_quality(criterion.kind for criterion in tender.criteria)
    made = [_make(session, tender.id, envelope, pairs) for envelope in envelopes_of(has_quality=quality)]
    session.flush()
    events.record(
        session,
        SYSTEM,
        Act.KEYS_MAKE,
        tender.id,
        organisation_id=tender.alliance_id,
        keys={key.envelope.value: boxes.fingerprint(key.public_key) for key in made},
        openers={one.name: boxes.fingerprint(_key(session, one).public_key) for one in openers},
        pairs=len(pairs),
        recovery=all(printed),
    )


def _key(session: Session, opener: rules.Named) -> OpeningKey:
    assert opener.key_id, "only openers with a key are ready"
    return session.get_one(OpeningKey, opener.key_id)


def _make(
    session: Session,
    tender_id: uuid.UUID,
    envelope: Envelope,
    pairs: Sequence[tuple[OpeningKey, OpeningKey]],
) -> EnvelopeKey:
    private_key, unlocking = boxes.new_private_key(), secrets.token_bytes(boxes.KEY_BYTES)
    public_key = boxes.public_key_of(private_key)
    made = EnvelopeKey(
        id=new_id(),
        tender_id=tender_id,
        envelope=envelope,
        public_key=public_key,
        wrapped=boxes.wrap(unlocking, private_key, _for_envelope(tender_id, envelope, public_key)),
        made_at=clock.now(),
    )
    session.add(made)
    for first, second in pairs:
        pair_id = new_id()
        one, other = boxes.halves_of(unlocking)
        made.pairs.append(
            OpeningPair(
                id=pair_id,
                first_key_id=first.id,
                first_half=boxes.seal_to(first.public_key, one, _for_half(made, pair_id, first.id)),
                second_key_id=second.id,
                second_half=boxes.seal_to(second.public_key, other, _for_half(made, pair_id, second.id)),
            )
        )
    return made


# ------------------------------------------------------------------ at the opening
def pass_on(session: Session, key: EnvelopeKey, holder: Unlocked, others: Sequence[uuid.UUID]) -> None:
    """Seal the first opener's halves anew to each of these keys that may complete with it.

    Halves that somebody passed on before are gone. Raises RuleBroken when nobody could complete.
    """
    forget_passed(session, key)
    passed = []
    for pair in queries.pairs_of(session, key):
        sides = {pair.first_key_id: pair.first_half, pair.second_key_id: pair.second_half}
        if holder.key_id not in sides:
            continue
        other = pair.second_key if pair.first_key_id == holder.key_id else pair.first_key
        if other.id not in others:
            continue
        half = _open_half(holder, sides[holder.key_id], key, pair.id)
        sealed = boxes.seal_to(other.public_key, half, _for_half(key, pair.id, other.id, b"passed"))
        passed.append(PassedHalf(pair_id=pair.id, passed_at=clock.now(), sealed=sealed))
    if not passed:
        raise RuleBroken(
            "Your passphrase cannot open this tender: its quotes were sealed before you had this key, or "
            "everybody with whom you could open has a new one. Let two other openers open it."
        )
    session.add_all(passed)
    session.flush()


def put_together(
    session: Session, key: EnvelopeKey, first_key_id: uuid.UUID | None, holder: Unlocked
) -> bytes:
    """The private key of an envelope, from the half that was passed on and the second opener's own.

    Raises RuleBroken when these two keys may not open it together, or the halves are damaged.
    """
    for pair in queries.pairs_of(session, key):
        sides = {pair.first_key_id: pair.first_half, pair.second_key_id: pair.second_half}
        passed = session.get(PassedHalf, pair.id)
        if {first_key_id, holder.key_id} != set(sides) or passed is None:
            continue
        try:
            half = boxes.open_with(
                holder.private_key, passed.sealed, _for_half(key, pair.id, holder.key_id, b"passed")
            )
        except boxes.BrokenBox as error:
            raise RuleBroken(DAMAGED) from error
        own = _open_half(holder, sides[holder.key_id], key, pair.id)
        return _unwrap(key, boxes.join(half, own))
    raise RuleBroken(
        "Your passphrase cannot complete this opening: its quotes were not sealed to the two of you "
        "together. Let another opener complete it, or start it yourself when the 30 minutes are over."
    )


DAMAGED = (
    "A key of this tender is damaged: it was changed after it was made. Let two other openers try, and tell "
    "your administrator, who has back-ups of it."
)


def forget_passed(session: Session, key: EnvelopeKey) -> None:
    """Remove the halves that were passed on for an envelope."""
    query = select(PassedHalf).join(OpeningPair).where(OpeningPair.envelope_key_id == key.id)
    for passed in session.scalars(query).all():
        session.delete(passed)
    session.flush()


def _open_half(holder: Unlocked, sealed: bytes, key: EnvelopeKey, pair_id: uuid.UUID) -> bytes:
    try:
        return boxes.open_with(holder.private_key, sealed, _for_half(key, pair_id, holder.key_id))
    except boxes.BrokenBox as error:
        raise RuleBroken(DAMAGED) from error


def _unwrap(key: EnvelopeKey, unlocking: bytes) -> bytes:
    try:
        return boxes.unwrap(
            unlocking, key.wrapped, _for_envelope(key.tender_id, key.envelope, key.public_key)
        )
    except boxes.BrokenBox as error:
        raise RuleBroken(DAMAGED) from error


def _for_envelope(tender_id: uuid.UUID, envelope: Envelope, public_key: bytes) -> bytes:
    """What an envelope's wrapped private key is bound to."""
    return b"|".join((b"weald: private key", tender_id.bytes, envelope.value.encode(), public_key))


def _for_half(key: EnvelopeKey, pair_id: uuid.UUID, key_id: uuid.UUID, passed: bytes = b"") -> bytes:
    """What a sealed half is bound to: its envelope, its pair, whose it is, and whether it was passed on."""
    return b"|".join((b"weald: half", key.id.bytes, key.public_key, pair_id.bytes, key_id.bytes, passed))
