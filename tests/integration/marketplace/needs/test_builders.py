import pytest

from marketplace.contracts.categories import CATALOGUE
from marketplace.needs.rules import NeedStatus
from tests import make

OPEN = [category.id for category in CATALOGUE.values() if not category.elsewhere]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("category", OPEN)
def test_a_need_of_every_open_category_can_be_approved(category: str) -> None:
    school = make.alliance(schools=1).schools[0]
    need = make.need(make.approved_need(school, category))
    assert need.status is NeedStatus.APPROVED
