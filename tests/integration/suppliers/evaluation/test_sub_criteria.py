"""A tree of criteria is answered, scored and compared by its leaves, with a sub-total for each group."""

from decimal import Decimal
from fractions import Fraction

import pytest

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.tenders.rules import CriterionKind, TenderStatus
from suppliers.evaluation import actions, sheets
from suppliers.evaluation.actions import ScoreGiven
from suppliers.quotes import queries as quotes
from suppliers.quotes.rules import Envelope, QuoteStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PASSED = ((3, 4, 1), (5, 4, 1), (4, 5, 1))
SECOND_FAILS = ((3, 4, 1), (5, 4, 0), (4, 5, 1))


def test_suppliers_answer_the_leaves_and_know_what_each_counts() -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.WITH_PARTS)
    asked = quotes.schedule_of(make.fresh(), tender.row).questions
    assert [(one.number, one.title, one.counts_for) for one in asked] == [
        (1, "Quality: Menus", "26.67% of the marks"),
        (2, "Quality: Staff", "13.33% of the marks"),
        (3, "Insurance", "pass or fail"),
    ]


def test_marks_are_exact_products_of_the_weights_and_groups_have_sub_totals() -> None:
    contest = make.moderated_contest(scores=PASSED, criteria=make.WITH_PARTS)
    make.open_envelope(contest.tender, Envelope.PRICE)
    compared = contest.comparison
    first = compared.offer_of(contest.quotes[0])
    assert first is not None
    menus, staff = Fraction(3, 5) * Fraction("26.668"), Fraction(4, 5) * Fraction("13.332")
    assert [(one.label, one.title, one.said, one.marks) for one in first.outline] == [
        ("2", "Quality", "", Decimal("26.67")),
        ("2.1", "Quality: Menus", "3 of 5", Decimal("16.00")),
        ("2.2", "Quality: Staff", "4 of 5", Decimal("10.67")),
        ("3", "Insurance", "Pass", Decimal("0.00")),
    ]
    assert first.outline[0].exact == menus + staff
    assert compared.figures.results[compared.column_of(contest.quotes[0])].total == 60 + menus + staff
    assert compared.quality_weight == 40


def test_a_quote_that_the_panel_fails_is_excluded_when_a_person_locks_the_scores() -> None:
    contest = make.moderated_contest(scores=SECOND_FAILS, criteria=make.WITH_PARTS)
    out = make.quote(contest.quotes[1])
    assert out.status is QuoteStatus.EXCLUDED
    assert out.exclusion_reason == "Failed what must be passed: “Insurance”."
    assert contest.tender.row.status is TenderStatus.MODERATED


def test_before_the_lock_the_coordinator_sees_who_will_be_excluded() -> None:
    contest = make.scored_contest(criteria=make.WITH_PARTS)
    make.agree_scores(contest, SECOND_FAILS)
    seen = sheets.moderation(make.fresh(), contest.tender.row)
    assert [row.quote_id for row in seen.failing] == [contest.quotes[1]]
    assert [cell.agreed for cell in seen.rows[1].cells] == ["5", "4", "Fail"]
    assert make.quote(contest.quotes[1]).status is QuoteStatus.OPENED


def test_a_group_is_not_scored_and_pass_or_fail_knows_two_marks() -> None:
    contest = make.opened_contest(criteria=make.WITH_PARTS)
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator)
    group = next(one for one in contest.tender.row.criteria if one.kind is CriterionKind.GROUP)
    with pytest.raises(NotFound):
        actions.give_scores(evaluator, contest.quotes[0], [ScoreGiven(group.id, 3, "Sound.", 0)])
    insurance = contest.questions[2]
    with pytest.raises(RuleBroken):
        actions.give_scores(evaluator, contest.quotes[0], [ScoreGiven(insurance.id, 2, "Twice.", 0)])


def test_what_must_be_passed_is_asked_even_where_price_alone_is_marked() -> None:
    only = tuple(one for one in make.WITH_PARTS if one.kind is CriterionKind.PASS_FAIL)
    contest = make.moderated_contest(scores=((1,), (0,), (1,)), criteria=(*make.PRICE_ONLY, *only))
    make.open_envelope(contest.tender, Envelope.PRICE)
    assert [offer.quote_id for offer in contest.comparison.offers] == [contest.quotes[0], contest.quotes[2]]
