"""What Weald and a device say to each other (Web Authentication, level 2): the only door to the library.

The device always checks its owner, by a finger, a face or a PIN, so that a passkey is two factors at once.
No statement is asked for about the make of the device.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from marketplace.alliance.sign_ins.passkeys.rules import LONGEST_CREDENTIAL
from marketplace.core.errors import RuleBroken

CHALLENGE_BYTES = 32
NOT_PROVEN = "This passkey could not be checked. Try again, or use another way to sign in."
NAME = "Weald"


@dataclass(frozen=True, slots=True)
class Site:
    """Where we are: the name that passkeys are bound to, and the address that a browser must be at."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey is made: what the device shows of them, and what it hands back when it is used."""

    handle: bytes
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is kept of a passkey that was made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A credential that a browser sent, read as far as its id."""

    credential: dict[str, Any]
    credential_id: bytes


def new_challenge() -> bytes:
    """A challenge that nobody could foresee."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def options_to_make(site: Site, owner: Owner, challenge: bytes, held: Collection[bytes]) -> dict[str, Any]:
    """What a browser needs to make a passkey that signs in by itself, on a device that has none of these."""
    library, kinds = _library(), _kinds()
    options = library.generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=owner.handle,
        user_name=owner.email,
        user_display_name=owner.name,
        challenge=challenge,
        authenticator_selection=kinds.AuthenticatorSelectionCriteria(
            resident_key=kinds.ResidentKeyRequirement.REQUIRED,
            user_verification=kinds.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[kinds.PublicKeyCredentialDescriptor(id=one) for one in held],
    )
    return _as_json(options)


def options_to_prove(site: Site, challenge: bytes, allowed: Collection[bytes] = ()) -> dict[str, Any]:
    """What a browser needs to prove somebody by a passkey: any they have here, or one of these."""
    library, kinds = _library(), _kinds()
    options = library.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[kinds.PublicKeyCredentialDescriptor(id=one) for one in allowed],
        user_verification=kinds.UserVerificationRequirement.REQUIRED,
    )
    return _as_json(options)


def made(credential: str, challenge: bytes, site: Site) -> NewKey:
    """The passkey that a browser made for us. Raises RuleBroken when it is none."""
    try:
        checked = _library().verify_registration_response(
            credential=_read(credential).credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _errors() as error:
        raise RuleBroken("The passkey was not made as it should be. Try again.") from error
    return NewKey(checked.credential_id, checked.credential_public_key, checked.sign_count)


def read(credential: str) -> Answered:
    """What a browser answered. Raises RuleBroken when it makes no sense."""
    return _read(credential)


def proven(answered: Answered, challenge: bytes, site: Site, public_key: bytes, sign_count: int) -> int:
    """How often the device says the passkey was used. Raises RuleBroken when nothing is proven."""
    try:
        checked = _library().verify_authentication_response(
            credential=answered.credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _errors() as error:
        raise RuleBroken(NOT_PROVEN) from error
    return int(checked.new_sign_count)


def _read(credential: str) -> Answered:
    if len(credential) > LONGEST_CREDENTIAL:
        raise RuleBroken(NOT_PROVEN)
    try:
        said = json.loads(credential)
        return Answered(said, import_module("webauthn.helpers").base64url_to_bytes(said["rawId"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RuleBroken(NOT_PROVEN) from error


def _as_json(options: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_library().options_to_json(options))
    return said


def _errors() -> tuple[type[Exception], ...]:
    """Its own errors, and those of what it reads hostile bytes with."""
    own: type[Exception] = import_module("webauthn.helpers.exceptions").WebAuthnException
    return own, ValueError, TypeError, KeyError, AttributeError, IndexError


def _library() -> Any:
    """Loaded when the first passkey is used: it would make every start slower."""
    return import_module("webauthn")


def _kinds() -> Any:
    return import_module("webauthn.helpers.structs")
