import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance import rules
from marketplace.alliance.rules import ROLE_LABELS, ROLES_OF_KIND, SchoolDetails
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Role

WHOLE = SchoolDetails(
    address="Oak Lane\nBramley",
    vat_number="gb 980 7806 84",
    finance_email="Finance@Oakfield.sch.uk",
    account_name="Oakfield School",
    sort_code="309431",
    account_number="0073 3445",
)


def refused_field(details: SchoolDetails) -> str | None:
    """The field that a refusal names."""
    with pytest.raises(RuleBroken) as refusal:
        rules.check_details(details)
    return refusal.value.field


def test_details_are_kept_in_one_form() -> None:
    kept = rules.check_details(WHOLE)
    assert kept.vat_number == "GB980780684"
    assert kept.finance_email == "finance@oakfield.sch.uk"
    assert (kept.sort_code, kept.account_number) == ("30-94-31", "00733445")


def test_details_checked_twice_stay_the_same() -> None:
    kept = rules.check_details(WHOLE)
    assert rules.check_details(kept) == kept


def test_a_school_need_not_say_anything() -> None:
    assert rules.check_details(SchoolDetails()) == SchoolDetails()


@pytest.mark.parametrize(
    "number", ["GB 980 7806 85", "12345", "GB 980 7806 8£", "GB98078068٤", "FR40303265045"]
)
def test_a_vat_number_with_wrong_check_digits_is_refused(number: str) -> None:
    assert refused_field(SchoolDetails(vat_number=number)) == "vat_number"


@pytest.mark.parametrize(
    ("name", "sort_code", "number", "field"),
    [
        ("", "30-94-31", "00733445", "account_name"),
        ("Oakfield", "", "00733445", "sort_code"),
        ("Oakfield", "30-94-3", "00733445", "sort_code"),
        ("Oakfield", "30-94-31", "", "account_number"),
        ("Oakfield", "30-94-31", "733445", "account_number"),
        ("Oakfield", "٣٠٩٤٣١", "00733445", "sort_code"),
        ("x" * 81, "30-94-31", "00733445", "account_name"),
    ],
)
def test_a_bank_account_is_given_whole_or_not_at_all(
    name: str, sort_code: str, number: str, field: str
) -> None:
    details = SchoolDetails(account_name=name, sort_code=sort_code, account_number=number)
    assert refused_field(details) == field


@pytest.mark.parametrize(
    "email", ["oakfield", "a@b", "a b@oakfield.sch.uk", "£@£.uk", "jürgen@oakfield.sch.uk"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert refused_field(SchoolDetails(finance_email=email)) == "finance_email"


@given(st.text(max_size=300))
def test_a_name_is_kept_on_one_line_or_refused(name: str) -> None:
    try:
        kept = rules.tidy_name(name)
    except RuleBroken:
        assert not name.split() or len(name) > rules.LONGEST_NAME
        return
    assert kept == " ".join(kept.split())
    assert rules.tidy_name(kept) == kept


def test_every_role_has_a_label_and_everybody_can_be_added_somewhere() -> None:
    assert set(ROLE_LABELS) == {role.value for role in Role}
    given_by_somebody = {role for roles in ROLES_OF_KIND.values() for role in roles}
    assert set(Role) - given_by_somebody == {Role.ADMINISTRATOR, Role.SYSTEM, Role.ANYONE}
