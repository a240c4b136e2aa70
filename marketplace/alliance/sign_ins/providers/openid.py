"""OpenID Connect as a provider speaks it: the only place that uses its libraries.

Authorisation code with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 9700, section 2.1).
What a provider says is believed only as far as it is signed: the token's signature, issuer, audience, expiry
and nonce are checked. Slow libraries load with this module, and this module with the first visit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from marketplace.alliance.sign_ins.providers.rules import (
    Identity,
    Provider,
    Visit,
    identity_of,
    issuer_for,
)
from marketplace.core import clock, logs
from marketplace.core.errors import RuleBroken

log = logs.of(__name__)
SECONDS_TO_ANSWER = (2, 4)
"""To connect, and between two parts of an answer."""
LARGEST_DOCUMENT = 256 * 1024
DOCUMENT_KEPT = timedelta(hours=1)
KEYS_LOOKED_UP_AGAIN = timedelta(minutes=1)
WELL_KNOWN = "/.well-known/openid-configuration"
SIGNATURES = ("RS256", "PS256", "ES256")
"""No symmetric algorithm, and never `none`."""
SECONDS_OF_LEEWAY = 60
SCOPES = "openid email profile"
FAILURES = (requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)
"""How a provider can be unreachable, refuse, or say what cannot be believed."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a provider says of itself, and when it was asked."""

    document: Mapping[str, Any]
    keys: KeySetSerialization
    asked_at: datetime


_described: dict[str, Described] = {}


def address_of(provider: Provider, visit: Visit, back: str) -> str:
    """Where to send somebody, so that they come back to `back`. Raises RuleBroken with a sentence."""
    try:
        document = _describe(provider).document
        with _session(provider, back) as session:
            address, _ = session.create_authorization_url(
                document["authorization_endpoint"],
                state=visit.state,
                code_verifier=visit.verifier,
                nonce=visit.nonce,
                **({"prompt": "select_account"} if visit.person else {}),
            )
    except FAILURES as failure:
        raise _silent(provider, failure) from None
    return str(address)


def identify(provider: Provider, visit: Visit, back: str, code: str) -> Identity:
    """Redeem a code and say whose account it was. Raises RuleBroken with a sentence."""
    try:
        described = _describe(provider)
        with _session(provider, back) as session:
            token = session.fetch_token(
                described.document["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=visit.verifier,
                timeout=SECONDS_TO_ANSWER,
                allow_redirects=False,
            )
        claims = _believed(provider, described, token, visit.nonce)
        return identity_of(provider.name, claims)
    except requests.RequestException as failure:
        raise _silent(provider, failure) from None
    except FAILURES as failure:
        log.warning("provider.refused", provider=provider.name.value, error=type(failure).__name__)
        raise RuleBroken(
            f"{provider.label} could not show who you are. Choose {provider.label} again."
        ) from None


def _silent(provider: Provider, failure: Exception) -> RuleBroken:
    log.warning("provider.silent", provider=provider.name.value, error=type(failure).__name__)
    return RuleBroken(
        f"{provider.label} does not answer at the moment. Try again in some minutes, or sign in with your "
        "password."
    )


def _session(provider: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPES,
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _believed(
    provider: Provider, described: Described, token: Mapping[str, Any], nonce: str
) -> Mapping[str, Any]:
    """The claims of an ID token that is signed by its provider, for us, for this visit, and still fresh."""
    written = token["id_token"]
    try:
        read = jwt.decode(written, KeySet.import_key_set(described.keys), algorithms=SIGNATURES)
    except JoseError:
        if clock.machine_now() - described.asked_at < KEYS_LOOKED_UP_AGAIN:
            raise
        described = _describe(provider, anew=True)
        read = jwt.decode(written, KeySet.import_key_set(described.keys), algorithms=SIGNATURES)
    issuer = issuer_for(described.document["issuer"], read.claims)
    _check_key(described, read.header, read.claims, issuer)
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "nonce": {"essential": True, "value": nonce},
        },
        params={
            "client_id": provider.client_id,
            "nonce": nonce,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(clock.machine_now().timestamp()), leeway=SECONDS_OF_LEEWAY)
    return read.claims


def _check_key(
    described: Described, header: Mapping[str, Any], claims: Mapping[str, Any], issuer: str
) -> None:
    """A key that Microsoft keeps for one issuer signs for no other."""
    for key in described.keys["keys"]:
        named = key.get("issuer")
        if (
            key.get("kid") == header.get("kid")
            and isinstance(named, str)
            and issuer_for(named, claims) != issuer
        ):
            raise ValueError("a key of another issuer")


def _describe(provider: Provider, *, anew: bool = False) -> Described:
    """What a provider says of itself, at most an hour old."""
    moment = clock.machine_now()
    known = _described.get(provider.discovery_url)
    if known is not None and not anew and moment - known.asked_at < DOCUMENT_KEPT:
        return known
    document = _fetch(provider.discovery_url)
    if not _is_of(str(document["issuer"]), provider.discovery_url):
        raise ValueError("a document of another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(document[name]).scheme != urlsplit(provider.discovery_url).scheme:
            raise ValueError("an address without the protection that the document has")
    described = Described(document, {"keys": _fetch(document["jwks_uri"])["keys"]}, moment)
    _described[provider.discovery_url] = described
    return described


def _is_of(issuer: str, discovery_url: str) -> bool:
    """Does this issuer's document stand at this address (OpenID Connect Discovery 1.0, section 4.3)?

    For every organisation at once, Microsoft's stands where the gap for the tenant is filled with a word.
    """
    pattern = re.escape(issuer.rstrip("/")).replace(re.escape("{tenantid}"), "(organizations|common)")
    return re.fullmatch(pattern + re.escape(WELL_KNOWN), discovery_url) is not None


def _fetch(url: str) -> dict[str, Any]:
    """A JSON document: no redirect followed, no waiting for ever, no more than fits."""
    with requests.get(url, timeout=SECONDS_TO_ANSWER, allow_redirects=False, stream=True) as answer:
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"status {answer.status_code}")
        content = b""
        for part in answer.iter_content(16 * 1024):
            content += part
            if len(content) > LARGEST_DOCUMENT:
                raise ValueError("a document that is too large")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise TypeError("no document")
    return found
