"""Agreements come about by both heads, run, are made longer within their limit, and end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from invoicing.agreements import actions, jobs, leaving, queries
from invoicing.agreements.rules import AgreementStatus, CheckLevel, Service, Supply
from invoicing.agreements.signing import actions as signing
from invoicing.agreements.signing import queries as extensions
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import newest
from marketplace.core.months import end_months_later, months_later
from marketplace.core.policy import ADMINISTRATOR
from tests import make
from tests.make import School
from tests.make import agreements as making
from tests.make import memberships as joining

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def pair() -> tuple[School, School]:
    """A seller and a buyer."""
    seller, buyer = make.alliance(schools=2).schools
    return seller, buyer


def test_the_second_heads_signature_makes_it_agreed_and_a_third_hand_signs_nothing(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    agreement_id = making.proposed(seller, buyer)
    with pytest.raises(Forbidden):
        signing.agree_agreement(buyer.bursar, agreement_id, buyer.id, 1)
    with pytest.raises(Forbidden):
        signing.agree_agreement(seller.headteacher, agreement_id, buyer.id, 1)
    making.sign(seller, agreement_id)
    making.sign(seller, agreement_id)
    assert making.row(agreement_id).status is AgreementStatus.PROPOSED
    making.sign(buyer, agreement_id)
    signed = making.row(agreement_id)
    assert signed.status is AgreementStatus.RUNNING
    assert {signed.seller_signed_by, signed.buyer_signed_by} == {
        seller.headteacher.person_id,
        buyer.headteacher.person_id,
    }
    assert [one.subject for one in newest(session, signed.reference)].count(f"{signed.reference} is agreed")


def test_other_terms_than_those_read_are_not_signed(pair: tuple[School, School], session: Session) -> None:
    seller, buyer = pair
    agreement_id = making.proposed(seller, buyer)
    making.sign(seller, agreement_id)
    signing.return_agreement(buyer.headteacher, agreement_id, "Wednesdays, please.")
    returned = making.row(agreement_id)
    assert (returned.status, returned.seller_signed_by) == (AgreementStatus.DRAFT, None)
    assert queries.get_agreement(session, buyer.bursar, agreement_id).id == agreement_id
    actions.edit_agreement(
        seller.bursar, agreement_id, returned.version, buyer.id, making.terms(work="Wednesdays.")
    )
    signing.propose_agreement(seller.bursar, agreement_id, making.row(agreement_id).version)
    with pytest.raises(Stale):
        signing.agree_agreement(seller.headteacher, agreement_id, seller.id, 1)
    with pytest.raises(RuleBroken, match="terms do not change"):
        actions.edit_agreement(seller.bursar, agreement_id, 1, buyer.id, making.terms(title="Another"))


def test_a_draft_is_the_sellers_alone_and_others_never_see_an_agreement(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    agreement_id = making.drafted(seller, buyer)
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    for person in (buyer.headteacher, stranger.headteacher):
        with pytest.raises(NotFound):
            queries.get_agreement(session, person, agreement_id)
    making.check(seller, agreement_id)
    signing.propose_agreement(seller.bursar, agreement_id, making.row(agreement_id).version)
    assert queries.get_agreement(session, buyer.governor, agreement_id).id == agreement_id
    with pytest.raises(NotFound):
        queries.get_agreement(session, stranger.headteacher, agreement_id)


def test_an_outside_school_cannot_buy(pair: tuple[School, School]) -> None:
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    with pytest.raises(RuleBroken, match="another school of your alliance") as refused:
        making.drafted(pair[0], stranger)
    assert refused.value.field == "buyer_id"


def test_a_fee_names_the_membership_of_its_kind_and_of_the_school_that_buys(
    pair: tuple[School, School],
) -> None:
    seller, buyer = pair
    alliance_id = next(iter(seller.bursar.alliance_ids))
    associate = joining.outsider()
    admit_school(ADMINISTRATOR, alliance_id, associate.id, MembershipKind.ASSOCIATE, months=12)
    (named,) = queries.memberships_to_name(make.fresh(), seller.id)
    fee = making.technician(service=Service.ASSOCIATE_FEE, supply=Supply.NO_STAFF, membership_id=named.id)
    with pytest.raises(RuleBroken, match="Choose a running membership of the school that buys"):
        making.drafted(seller, buyer, fee)
    of_partner = replace(fee, service=Service.TRUST_PARTNERSHIP, reviews=(clock.today(),))
    with pytest.raises(RuleBroken, match="of this kind"):
        making.drafted(seller, associate, of_partner)
    agreement_id = making.drafted(seller, associate, fee)
    assert making.row(agreement_id).membership_id == fee.membership_id


def test_both_heads_extend_within_the_limit_and_it_ends_by_its_day(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    agreement_id = making.running(seller, buyer)
    end = making.row(agreement_id).ends_on
    with pytest.raises(RuleBroken, match="from 1 to 6 more months"):
        signing.propose_extension(buyer.headteacher, new_id(), agreement_id, buyer.id, 7)
    extension_id = new_id()
    for _ in range(2):
        signing.propose_extension(buyer.headteacher, extension_id, agreement_id, buyer.id, 4)
    with pytest.raises(Forbidden):
        signing.agree_extension(buyer.headteacher, extension_id)
    assert making.row(agreement_id).ends_on == end
    signing.agree_extension(seller.headteacher, extension_id)
    assert making.row(agreement_id).ends_on == end_months_later(end, 4)
    assert extensions.months_extended(session, agreement_id) == 4
    with clock.travelling(clock.now() + timedelta(days=500)):
        jobs.watch_agreements()
        assert making.row(agreement_id).status is AgreementStatus.ENDED
        assert not jobs.watch_agreements()


def test_notice_of_either_school_ends_it_early_and_once(pair: tuple[School, School]) -> None:
    seller, buyer = pair
    agreement_id = making.running(seller, buyer)
    today = clock.today()
    last_day = months_later(today, 3)
    with pytest.raises(Forbidden):
        signing.give_notice(buyer.bursar, agreement_id, buyer.id, last_day, "We appoint our own.")
    for _ in range(2):
        signing.give_notice(buyer.headteacher, agreement_id, buyer.id, last_day, "We appoint our own.")
    with pytest.raises(RuleBroken, match="already"):
        signing.give_notice(seller.headteacher, agreement_id, seller.id, last_day, "So do we.")
    ended = leaving.running_agreements(make.fresh(), buyer.id, next(iter(buyer.bursar.alliance_ids)))
    assert ended
    assert making.row(agreement_id).reference in ended.lines[0].note, "leaving the alliance does not end it"
    with pytest.raises(RuleBroken, match="Notice has been given"):
        signing.propose_extension(buyer.headteacher, new_id(), agreement_id, buyer.id, 1)
    with clock.travelling(clock.now() + timedelta(days=93)):
        jobs.watch_agreements()
        assert making.row(agreement_id).status is AgreementStatus.ENDED


def test_a_review_and_the_end_are_reminded_of_once_each(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    of = making.terms(
        ends_on=clock.today() + timedelta(days=110), reviews=(clock.today() + timedelta(days=80),)
    )
    agreement_id = making.running(seller, buyer, of)
    assert not jobs.watch_agreements()
    with clock.travelling(clock.now() + timedelta(days=70)):
        assert jobs.watch_agreements() == 2
        assert not jobs.watch_agreements()
        review = making.row(agreement_id).reviews[0]
        review_id = review.id
        with pytest.raises(RuleBroken, match="by today"):
            actions.record_review(
                buyer.bursar, review_id, clock.today() + timedelta(days=1), "Every child plays."
            )
        actions.record_review(buyer.bursar, review_id, clock.today(), "Every child plays.")
    reference = making.row(agreement_id).reference
    subjects = [one.subject for one in newest(session, reference)]
    assert subjects.count(f"{reference} ends soon") == 4
    assert subjects.count(f"Review {reference}") == 4
    assert subjects.count(f"{reference} was reviewed") == 4


def test_a_check_that_is_too_low_for_work_with_children_is_refused_and_the_last_one_stays(
    pair: tuple[School, School],
) -> None:
    seller, buyer = pair
    agreement_id = making.running(seller, buyer)
    with pytest.raises(RuleBroken, match="children’s barred list"):
        making.check(seller, agreement_id, level=CheckLevel.ENHANCED)
    first = making.row(agreement_id).checks[0].id
    with pytest.raises(RuleBroken, match="who works there now"):
        actions.remove_check(seller.bursar, first)
    making.check(seller, agreement_id, worker="Cover teacher")
    actions.remove_check(seller.bursar, first)
    assert [one.worker for one in making.row(agreement_id).checks] == ["Cover teacher"]
