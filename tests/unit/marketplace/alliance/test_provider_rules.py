"""Whose word counts, and for how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.alliance.sign_ins.providers.openid import _is_of
from marketplace.alliance.sign_ins.providers.rules import (
    VISIT_LASTS,
    Provider,
    ProviderName,
    Visit,
    check_visit,
    has_two_factors,
    identity_of,
    issuer_for,
    offered,
    vouches,
)
from marketplace.core.errors import RuleBroken
from marketplace.core.settings import Mode, Settings, SettingsError

MICROSOFT, GOOGLE = ProviderName.MICROSOFT, ProviderName.GOOGLE
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
KEY = "k" * 32


@pytest.mark.parametrize(
    ("provider", "claims", "counts"),
    [
        (GOOGLE, {"email": "ann@oak.sch.uk", "email_verified": True, "hd": "oak.sch.uk"}, True),
        (GOOGLE, {"email": "Ann@Gmail.com", "email_verified": True}, True),
        (GOOGLE, {"email": "ann@oak.sch.uk", "email_verified": True}, False),
        (GOOGLE, {"email": "ann@oak.sch.uk", "email_verified": False, "hd": "oak.sch.uk"}, False),
        (GOOGLE, {"email": "ann@oak.sch.uk", "email_verified": "true", "hd": "oak.sch.uk"}, False),
        (MICROSOFT, {"email": "ann@oak.sch.uk", "xms_edov": True}, True),
        (MICROSOFT, {"email": "ann@oak.sch.uk", "xms_edov": "1"}, True),
        (MICROSOFT, {"email": "ann@oak.sch.uk", "xms_edov": False}, False),
        (MICROSOFT, {"email": "ann@oak.sch.uk", "email_verified": True}, False),
        (MICROSOFT, {"email": "ann@oak.sch.uk"}, False),
    ],
)
def test_an_address_counts_only_where_its_provider_answers_for_it(
    provider: ProviderName, claims: dict[str, Any], *, counts: bool
) -> None:
    assert vouches(provider, claims) is counts
    assert identity_of(provider, {"iss": "i", "sub": "s", **claims}).is_vouched is counts


def test_an_account_without_an_address_is_vouched_for_by_nobody() -> None:
    found = identity_of(MICROSOFT, {"iss": "i", "sub": "s", "xms_edov": True})
    assert (found.email, found.is_vouched) == ("", False)
    for nameless in ({"iss": "i"}, {"iss": "i", "sub": ""}, {"iss": "i", "sub": "s" * 256}, {"sub": "s"}):
        with pytest.raises(ValueError, match="names nobody"):
            identity_of(MICROSOFT, nameless)


@pytest.mark.parametrize(
    ("claims", "two"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"acr": "1"}, False),
        ({}, False),
    ],
)
def test_a_second_factor_counts_only_if_the_provider_claims_it(claims: dict[str, Any], *, two: bool) -> None:
    assert has_two_factors(claims) is two


def test_the_gap_in_microsofts_issuer_is_filled_by_the_token_and_by_nothing_else() -> None:
    gap = "https://login.example/{tenantid}/v2.0"
    assert issuer_for(gap, {"tid": "abc"}) == "https://login.example/abc/v2.0"
    assert issuer_for(gap, {}) == gap
    assert issuer_for("https://accounts.example", {"tid": "abc"}) == "https://accounts.example"


@pytest.mark.parametrize(
    ("issuer", "place", "is_its"),
    [
        ("https://login.example/{tenantid}/v2.0", "https://login.example/organizations/v2.0", True),
        ("https://login.example/{tenantid}/v2.0", "https://login.example/evil/v2.0", False),
        ("https://accounts.example", "https://accounts.example", True),
        ("https://accounts.example", "https://accounts-example", False),
        ("https://evil.example", "https://accounts.example", False),
    ],
)
def test_a_document_speaks_for_the_issuer_at_whose_address_it_stands(
    issuer: str, place: str, *, is_its: bool
) -> None:
    assert _is_of(issuer, f"{place}/.well-known/openid-configuration") is is_its


def test_a_visit_ends_in_time_where_it_began_by_whom_it_was_begun() -> None:
    google = Provider(GOOGLE, "id", "secret", "https://accounts.example")
    microsoft = Provider(MICROSOFT, "id", "secret", "https://login.example")
    visit = Visit.begin(GOOGLE, NOW, target="/", person="")
    assert check_visit(visit, google, visit.state, "", NOW + VISIT_LASTS) is visit
    late = NOW + VISIT_LASTS + timedelta(seconds=1)
    for asked in (
        (None, google, visit.state, "", NOW),
        (visit, microsoft, visit.state, "", NOW),
        (visit, google, "another", "", NOW),
        (visit, google, visit.state, "somebody who signed in meanwhile", NOW),
        (visit, google, visit.state, "", late),
    ):
        with pytest.raises(RuleBroken, match=r"Choose .* again"):
            check_visit(*asked)
    assert Visit.kept({"state": "made up"}) is None
    assert Visit.kept("made up") is None


def test_a_provider_is_offered_when_it_is_set_up_whole() -> None:
    assert offered(Settings(secret_key=KEY)) == ()
    both = Settings(secret_key=KEY, google_client_id="an-id", google_client_secret="a-secret")
    assert [one.label for one in offered(both)] == ["Google"]
    assert "a-secret" not in repr(both) + repr(offered(both))
    with pytest.raises(SettingsError, match="MICROSOFT_CLIENT_SECRET, both or neither"):
        Settings(secret_key=KEY, microsoft_client_id="an-id")
    with pytest.raises(SettingsError, match=r"GOOGLE_DISCOVERY_URL .* https://"):
        Settings(secret_key=KEY, google_discovery_url="http://accounts.example")
    assert Settings(secret_key=KEY, mode=Mode.TEST, google_discovery_url="http://127.0.0.1").mode is Mode.TEST
