"""A provider of sign-ins in tests: it speaks OpenID Connect over loopback HTTP, and can be made to lie.

It stands for Microsoft and Google alike. Honest unless twisted: it checks the client, the address to come
back to and the proof of PKCE, redeems each code once, and signs with a key of its own.
"""

import base64
import hashlib
import json
import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "weald-of-the-tests", "client-secret-of-the-tests"
LOGIN = """<!doctype html>
<html lang="en"><head><title>Pretend provider</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head><body><main><h1>Who are you?</h1>
<form method="post"><label>Account <input name="account"></label> <button>Sign in</button></form></main>
</body></html>"""


@dataclass
class Openid:
    """What a test tells the provider: who signs in next, and how it lies.

    accounts  what it says of each person who can sign in, by the name that they type
    claims    put into the next token instead of the truth; None takes a claim out
    """

    address: str
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    says_no: str = ""
    signs_with: str = "RS256"
    forgets_codes: bool = True
    is_down: bool = False
    sends_on_to: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    strange_key: RSAKey | None = None

    def settings(self, *names: str) -> dict[str, str]:
        """The settings with which Weald is registered here, as these providers."""
        given = {"client_id": CLIENT, "client_secret": SECRET, "discovery_url": self.discovery_url}
        return {f"{name}_{part}": value for name in names for part, value in given.items()}

    @property
    def discovery_url(self) -> str:
        """Where it describes itself."""
        return f"{self.address}/.well-known/openid-configuration"

    def be_honest(self) -> None:
        """Forget who there is, and every lie."""
        fresh = Openid(self.address, key=self.key)
        self.__dict__.update(fresh.__dict__)

    def token(self, account: str, nonce: str, client_id: str) -> str:
        """An ID token, as honest as this provider is."""
        now = int(time.time())
        said = {
            "iss": self.issuer or self.address,
            "aud": client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.accounts[account],
            **self.claims,
        }
        claims = {name: value for name, value in said.items() if value is not None}
        if self.signs_with == "none":
            return ".".join(map(unpadded, (b'{"alg":"none"}', json.dumps(claims).encode(), b"")))
        header = {"alg": self.signs_with, "kid": self.key.kid}
        return jwt.encode(header, claims, self.strange_key or self.key, algorithms=[self.signs_with])


def unpadded(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def application(state: Openid) -> Flask:
    """The provider's own web application."""
    app = Flask("pretend_provider", static_folder=None)

    @app.before_request
    def elsewhere() -> Any:
        if state.sends_on_to and request.path != "/authorize":
            return redirect(state.sends_on_to + request.path, 307)
        return ("", 503) if state.is_down else None

    @app.get("/.well-known/openid-configuration")
    def describe() -> Response:
        at = state.address
        return jsonify(
            issuer=state.issuer or at,
            authorization_endpoint=f"{at}/authorize",
            token_endpoint=f"{at}/token",
            jwks_uri=f"{at}/keys",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[state.key.as_dict(private=False)])

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        asked = request.args.to_dict()
        state.asked.append(asked)
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        if state.says_no:
            return redirect(
                f"{asked['redirect_uri']}?{urlencode({'error': state.says_no, 'state': asked['state']})}"
            )
        account = request.form.get("account") or request.headers.get("X-Account")
        if account not in state.accounts:
            return LOGIN
        code = secrets.token_urlsafe(900)  # as long as Microsoft's
        state.codes[code] = {**asked, "account": account}
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    @app.post("/token")
    def redeem() -> Any:
        said = request.form
        asked = state.codes.pop(said["code"], None) if state.forgets_codes else state.codes.get(said["code"])
        proof = unpadded(hashlib.sha256(said["code_verifier"].encode()).digest())
        who = request.authorization
        known = who is not None and (who.username, who.password) == (CLIENT, SECRET)
        if not known:
            return {"error": "invalid_client"}, 401
        if not asked or proof != asked["code_challenge"] or said["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}, 400
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": state.token(asked["account"], asked["nonce"], CLIENT),
        }

    return app


@contextmanager
def running() -> Iterator[Openid]:
    """A provider that answers meanwhile."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    state = Openid("")
    server = make_server("127.0.0.1", 0, application(state), threaded=True)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
