"""A device that makes and uses passkeys, in software: what a phone or a security key does, byte by byte."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from marketplace.alliance.sign_ins.passkeys.ceremony import Site

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
HERE = Site("localhost", "http://localhost")


def text_of(content: bytes) -> str:
    """Bytes as the browser's script writes them."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Device:
    """One passkey on one device; `verifies` says whether it asks its owner for a finger or a PIN."""

    site: Site = HERE
    verifies: bool = True
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, challenge: bytes) -> str:
        """The passkey, as a browser hands it over."""
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        said = {"fmt": "none", "attStmt": {}, "authData": self._said_of_itself(ATTESTED) + attested}
        response = {
            "clientDataJSON": text_of(self._heard("webauthn.create", challenge)),
            "attestationObject": text_of(encode_cbor(said)),
        }
        return self._credential(response)

    def prove(self, challenge: bytes) -> str:
        """The answer to a challenge."""
        self.sign_count += 1
        heard, said = self._heard("webauthn.get", challenge), self._said_of_itself()
        signature = self.key.sign(said + hashlib.sha256(heard).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text_of(heard),
            "authenticatorData": text_of(said),
            "signature": text_of(signature),
        }
        return self._credential(response)

    def _said_of_itself(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.site.host.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4)

    def _heard(self, kind: str, challenge: bytes) -> bytes:
        heard = {
            "type": kind,
            "challenge": text_of(challenge),
            "origin": self.site.origin,
            "crossOrigin": False,
        }
        return json.dumps(heard).encode()

    def _credential(self, response: dict[str, str]) -> str:
        own_id = text_of(self.credential_id)
        return json.dumps({"id": own_id, "rawId": own_id, "type": "public-key", "response": response})
