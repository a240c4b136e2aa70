"""During a contract: a school reviews its supplier, who replies, and claims service credits."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role
from suppliers.awards.credits import actions as credit_actions
from suppliers.awards.credits import queries as owed
from suppliers.awards.credits.models import CreditClaim
from suppliers.awards.credits.rules import CreditStatus, CreditTerms
from suppliers.awards.performance import actions, queries
from suppliers.awards.performance.models import PerformanceReview
from suppliers.awards.performance.rules import Measure, Rated, Rating, Reviewed
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")
LATE = CreditTerms("Late service", "More than 15 minutes late", each=Money(50_00))


def contract_of(contest: Contest) -> Contract:
    """The first school's contract."""
    query = select(Contract).where(Contract.school_id == contest.tender.schools[0].id)
    return make.fresh().scalars(query).one()


def during(contract: Contract) -> datetime:
    return datetime.combine(contract.starts_on + timedelta(days=60), datetime.min.time(), UTC)


def review(contest: Contest, contract: Contract) -> PerformanceReview:
    review_id = new_id()
    ratings = tuple(Rated(one, Rating.APPROACHING, "Two deliveries were late.") for one in Measure)
    covered = Reviewed(contract.starts_on, contract.starts_on + timedelta(days=30), ratings)
    actions.record_review(contest.tender.schools[0].bursar, review_id, contract.id, covered)
    return make.fresh().get_one(PerformanceReview, review_id)


def test_member_schools_read_a_review_with_the_suppliers_reply() -> None:
    contest = make.awarded_contest()
    contract = contract_of(contest)
    winner, rival = contest.suppliers[1], contest.suppliers[0]
    assert contract.supplier_id == winner.id
    one, two, _ = contest.tender.schools
    with clock.travelling(during(contract)):
        made = review(contest, contract)

        def read_by(actor: Actor) -> int:
            return len(queries.of_supplier(make.fresh(), actor, winner.id))

        assert (read_by(one.bursar), read_by(two.bursar), read_by(winner.admin)) == (1, 0, 1)
        for stranger in (rival.admin, two.bursar):
            with pytest.raises((Forbidden, NotFound)):
                actions.reply_to_review(stranger, made.id, "We disagree.")
        with pytest.raises(Forbidden):
            actions.record_review(
                winner.admin, new_id(), contract.id, Reviewed(contract.starts_on, contract.starts_on, ())
            )
        actions.reply_to_review(winner.admin, made.id, "A van broke down. We have two now.")
        with pytest.raises(RuleBroken, match="already"):
            actions.reply_to_review(winner.admin, made.id, "And one more thing.")
        assert read_by(two.bursar) == 1
        (shown,) = queries.views(queries.reviews_of(make.fresh(), contract.id))
        assert shown.reply == "A van broke down. We have two now."
        with pytest.raises(NotFound):
            queries.of_supplier(make.fresh(), rival.admin, winner.id)
    outside = make.alliance(schools=1, name="Elsewhere").schools[0].bursar
    assert read_by(outside) == 0


def test_a_service_credit_goes_from_claim_to_deduction(app: Flask) -> None:
    contest = make.awarded_contest()
    contract = contract_of(contest)
    school, winner = contest.tender.schools[0], contest.suppliers[1]
    lead = make.person(school.id, Role.FINANCE_LEAD)
    rule_id, claim_id = new_id(), new_id()
    with clock.travelling(during(contract)):
        credit_actions.record_credit_rule(school.bursar, rule_id, contract.id, LATE)
        with pytest.raises(RuleBroken) as refused:
            credit_actions.claim_credit(
                school.bursar,
                new_id(),
                rule_id,
                occurred_on=contract.starts_on,
                occurrences=3,
                evidence=" ",
            )
        assert refused.value.field == "evidence"
        for _ in range(2):
            credit_actions.claim_credit(
                school.bursar,
                claim_id,
                rule_id,
                occurred_on=contract.starts_on,
                occurrences=3,
                evidence="Lunch at 12:40 on three days.",
            )
        claim = make.fresh().get_one(CreditClaim, claim_id)
        assert claim.amount == Money(150_00)
        with pytest.raises(NotFound):
            owed.get_claim(make.fresh(), contest.suppliers[0].admin, claim_id)
        with pytest.raises(RuleBroken):
            credit_actions.settle_credit(lead, claim_id, claim.version, "INV-9")
        with app.test_request_context():
            assert len(owed.waiting_for(make.fresh(), winner.admin)) == 1
            assert not owed.waiting_for(make.fresh(), lead)
        credit_actions.answer_credit(winner.admin, claim_id, claim.version, CreditStatus.ACCEPTED, "")
        with app.test_request_context():
            (task,) = owed.waiting_for(make.fresh(), lead)
        assert task.text.startswith("Deduct a service credit of £150.00 before VAT")
        version = make.fresh().get_one(CreditClaim, claim_id).version
        with pytest.raises(Forbidden):
            credit_actions.settle_credit(school.bursar, claim_id, version, "INV-9")
        credit_actions.settle_credit(lead, claim_id, version, "INV-9")
        (shown,) = [owed.view(one) for one in owed.claims_of(make.fresh(), contract.id)]
        assert (shown.label, shown.document) == ("Deducted", "INV-9")
