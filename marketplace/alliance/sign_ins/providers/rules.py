"""Whom a provider of sign-ins speaks of, and how much its word counts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from marketplace.core.errors import RuleBroken
from marketplace.core.settings import Settings

VISIT_LASTS = timedelta(minutes=10)
"""How long somebody may take at a provider."""
LONGEST_CLAIM = 255
"""OpenID Connect Core 1.0, section 2: a subject has no more than 255 characters."""
MAIL_OF_GOOGLE = ("@gmail.com", "@googlemail.com")
SAID_BY_MULTI_FACTOR = frozenset(
    {
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)
"""Values of `acr` that mean several factors: REFEDS MFA profile 1.2; OpenID PAPE 1.0, section 4."""


class ProviderName(StrEnum):
    """Whose accounts people sign in with."""

    MICROSOFT = "microsoft"
    GOOGLE = "google"


LABELS = {ProviderName.MICROSOFT: "Microsoft", ProviderName.GOOGLE: "Google"}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as this installation is registered with it."""

    name: ProviderName
    client_id: str
    client_secret: str = field(repr=False)
    discovery_url: str

    @property
    def label(self) -> str:
        """Its name as people know it."""
        return LABELS[self.name]


def offered(settings: Settings) -> tuple[Provider, ...]:
    """The providers that this installation is registered with."""
    known = (
        Provider(
            ProviderName.MICROSOFT,
            settings.microsoft_client_id,
            settings.microsoft_client_secret,
            settings.microsoft_discovery_url,
        ),
        Provider(
            ProviderName.GOOGLE,
            settings.google_client_id,
            settings.google_client_secret,
            settings.google_discovery_url,
        ),
    )
    return tuple(provider for provider in known if provider.client_id)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody on their way to a provider and back, as the session of their browser keeps it.

    state     shows that who comes back is who went (RFC 6749, section 10.12)
    nonce     ties the provider's answer to this visit (OpenID Connect Core 1.0, section 3.1.2.1)
    verifier  redeems the code that was asked for with its hash (RFC 7636)
    target    the path to go to afterwards
    person    the id of who is signed in and connects an account; blank for who signs in
    begun     seconds since 1970
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    target: str
    person: str
    begun: int

    @classmethod
    def begin(cls, provider: ProviderName, moment: datetime, *, target: str, person: str) -> Visit:
        """A visit with secrets of its own."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        return cls(provider.value, state, nonce, verifier, target, person, int(moment.timestamp()))

    @classmethod
    def kept(cls, found: object) -> Visit | None:
        """The visit as a session kept it; None when there is none."""
        try:
            return cls(**found) if isinstance(found, dict) else None
        except TypeError:
            return None


def check_visit(visit: Visit | None, provider: Provider, state: str, person: str, moment: datetime) -> Visit:
    """The visit that somebody comes back from. Raises RuleBroken for another, an old or none."""
    if (
        visit is None
        or visit.provider != provider.name
        or visit.person != person
        or not secrets.compare_digest(visit.state.encode(), state.encode())
        or moment - datetime.fromtimestamp(visit.begun, UTC) > VISIT_LASTS
    ):
        raise start_again(provider)
    return visit


def start_again(provider: Provider) -> RuleBroken:
    """What to say to who comes back too late, twice, or in another browser."""
    return RuleBroken(
        f"That took too long, or was begun in another window or used already. Choose {provider.label} again."
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """An account at a provider: `issuer` and `subject` name it for good, its e-mail address does not.

    `is_vouched` says that the provider answers for the address, `has_two_factors` that it asked for
    more than a password this time.
    """

    provider: ProviderName
    issuer: str
    subject: str
    email: str
    is_vouched: bool
    has_two_factors: bool


def identity_of(provider: ProviderName, claims: Mapping[str, Any]) -> Identity:
    """Whom the claims of a token that was checked speak of. Raises ValueError for one without a name."""
    subject, issuer, email = claims.get("sub"), claims.get("iss"), claims.get("email")
    if not isinstance(subject, str) or not isinstance(issuer, str) or not 0 < len(subject) <= LONGEST_CLAIM:
        raise ValueError("a token that names nobody")
    return Identity(
        provider,
        issuer,
        subject,
        email.strip().lower() if isinstance(email, str) else "",
        is_vouched=isinstance(email, str) and vouches(provider, claims),
        has_two_factors=has_two_factors(claims),
    )


def vouches(provider: ProviderName, claims: Mapping[str, Any]) -> bool:
    """Does the provider answer for the address, rather than repeat what an account's owner typed?

    Google does for its own addresses and for an organisation's (`hd`), when they are verified (Google
    Identity, "Verify the Google ID token"). At Microsoft any administrator of any tenant writes what they
    like into `email`; only `xms_edov` says that the domain's owner was verified (Microsoft Entra, "Optional
    claims reference").
    """
    if provider is ProviderName.MICROSOFT:
        return claims.get("xms_edov") in (True, 1, "1", "true")
    email = str(claims.get("email", "")).lower()
    return claims.get("email_verified") is True and (bool(claims.get("hd")) or email.endswith(MAIL_OF_GOOGLE))


def has_two_factors(claims: Mapping[str, Any]) -> bool:
    """Did the provider ask for more than a password? Only where it says so (RFC 8176, section 2: `mfa`)."""
    methods = claims.get("amr")
    return (isinstance(methods, list) and "mfa" in methods) or claims.get("acr") in SAID_BY_MULTI_FACTOR


def issuer_for(issuer: str, claims: Mapping[str, Any]) -> str:
    """The issuer that a token must name.

    Where anybody's organisation may sign in, Microsoft's document names it with a gap for the tenant,
    which the token fills with `tid`.
    """
    tenant = claims.get("tid")
    return issuer.replace("{tenantid}", tenant) if isinstance(tenant, str) and tenant else issuer
