import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.needs.thresholds import Regime
from marketplace.tenders.interests import rules
from marketplace.tenders.interests.rules import Concerned, Part

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ANN, BEN, CAT = (uuid.UUID(int=number) for number in range(1, 4))
DRAFTER = Concerned(ANN, "Ann", (Part.DRAFTS,), has_interest=False, declared_at=NOON)
SCORER = Concerned(BEN, "Ben", (Part.SCORES, Part.OPENS), has_interest=False, declared_at=NOON)
APPROVER = Concerned(CAT, "Cat", (Part.APPROVES,), has_interest=False, declared_at=NOON)
ALL = (DRAFTER, SCORER, APPROVER)
LATER = NOON + timedelta(hours=1)


def silent(one: Concerned) -> Concerned:
    return replace(one, has_interest=None, declared_at=None)


def refused(regime: Regime, *people: Concerned, assessed_at: datetime | None = LATER) -> str:
    try:
        rules.check_publishable(regime, people, assessed_at, CAT)
    except RuleBroken as broken:
        return broken.message
    return ""


@pytest.mark.parametrize("regime", [Regime.ABOVE, Regime.LIGHT_TOUCH])
def test_above_the_threshold_nothing_is_published_without_an_assessment(regime: Regime) -> None:
    assert "assessment is not recorded" in refused(regime, *ALL, assessed_at=None)
    assert "sections 81 to 83" in refused(regime, *ALL, assessed_at=None)
    assert refused(regime, *ALL) == ""


def test_below_the_threshold_it_is_advice_and_no_bar() -> None:
    assert refused(Regime.BELOW, silent(DRAFTER), silent(SCORER), assessed_at=None) == ""
    assert len(rules.open_points([silent(DRAFTER)], None)) == 2


def test_somebody_named_after_the_assessment_still_has_to_declare() -> None:
    newcomer = Concerned(uuid.UUID(int=9), "Dee", (Part.OPENS,))
    assert "Dee" in refused(Regime.ABOVE, *ALL, newcomer)


def test_an_interest_declared_since_asks_for_a_new_assessment_and_none_does_not() -> None:
    none = replace(SCORER, declared_at=LATER + timedelta(hours=1))
    assert refused(Regime.ABOVE, DRAFTER, none, APPROVER) == ""
    tied = replace(none, has_interest=True, interest="A sister", mitigation="Steps out")
    assert "since the assessment was recorded: Ben" in refused(Regime.ABOVE, DRAFTER, tied, APPROVER)


def test_who_approves_declares_before_and_those_who_might_have_need_not() -> None:
    assert "before you approve" in refused(Regime.ABOVE, DRAFTER, SCORER, silent(APPROVER))
    other = Concerned(uuid.UUID(int=8), "Eve", (Part.APPROVES,))
    assert refused(Regime.ABOVE, *ALL, other) == ""


def test_an_interest_is_described_with_what_is_done_about_it() -> None:
    rules.check_declaration(has_interest=False, interest="", mitigation="")
    for interest, mitigation, field in (("", "Steps out", "interest"), ("A sister", " ", "mitigation")):
        with pytest.raises(RuleBroken) as broken:
            rules.check_declaration(has_interest=True, interest=interest, mitigation=mitigation)
        assert broken.value.field == field


def test_who_is_not_named_has_nothing_to_declare() -> None:
    rules.check_concerned(ANN, ALL)
    for person in (None, uuid.UUID(int=77)):
        with pytest.raises(Forbidden):
            rules.check_concerned(person, ALL)
