"""Settings, read once at start-up and never changed.

Every default is valid for production and safe to publish. Where no such default exists, start-up
refuses with a sentence that says what to set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import click

PROJECT = Path(__file__).resolve().parents[2]
SHORTEST_SECRET = 32
TEXTS = (
    "database_url",
    "base_url",
    "smtp_url",
    "mail_from",
    "alerts_to",
    "publisher",
    "ocds_prefix",
    "stripe_secret_key",
    "stripe_api_base",
    "clamd",
    "metrics_token",
    "files_store",
    "s3_endpoint",
    "s3_encryption",
    "database_pooler",
    "queue_url",
    "log_level",
    "microsoft_client_id",
    "microsoft_client_secret",
    "microsoft_discovery_url",
    "google_client_id",
    "google_client_secret",
    "google_discovery_url",
)
NUMBERS = ("passphrase_memory_kib", "passphrase_passes", "trusted_proxies")
LOG_LEVELS = ("debug", "info", "warning", "error")
SHORTEST_TOKEN = 20
FILES_STORE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?")
POOLERS = ("", "transaction")
QUEUES = ("redis", "rediss", "postgresql")
ENCRYPTIONS = ("", "AES256", "aws:kms")
LEAST_PASSPHRASE_WORK = 2 * 19 * 1024  # KiB times passes: the least of OWASP’s password storage cheat sheet
LEAST_LETTERS = 12
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
CLAMD = re.compile(r"/.+|(\[[0-9a-fA-F:]+\]|[^\s/:]+):[0-9]{1,5}")
OCDS_PREFIX = re.compile(r"ocds-[a-z0-9]{6}")


class SettingsError(click.ClickException):
    """A setting is missing or unsafe; the message says what to set, and is all that a command line shows."""


class Mode(StrEnum):
    """What this installation is for."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"
    TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that may differ from one installation to another.

    secret_key      signs sessions and encrypts drafts of quotes; at least 32 characters
    database_url    SQLAlchemy URL; the embedded SQLite in `instance/` unless set
    database_pooler transaction, when a pooler such as pgbouncer gives a connection for one transaction each
    queue_url       redis://host:port or another PostgreSQL, where tasks queue; the database unless set
    files_folder    where stored files lie, by content hash
    files_store     s3://bucket or s3://bucket/prefix: stored files lie there instead, for several machines
    s3_endpoint     where that store is; Amazon's own unless set
    s3_encryption   how it is asked to encrypt what it keeps: AES256 or aws:kms; its own way unless set
    mode            production unless set; demonstration shows `/dev/mail` and its log-ins
    base_url        the address people use, for links in e-mail
    smtp_url        smtp://user:password@host:port; without it messages wait in the database
    mail_from       sender of every message
    alerts_to       who is written to when the nightly verification finds a difference; auditors are anyway
    publisher       who publishes the open data, as its packages name them
    ocds_prefix     the registered prefix of the open contracting ids that this installation gives
    stripe_secret_key
                    the platform's key at Stripe; without it invoices are paid by bank transfer only
    stripe_webhook_secrets
                    what Stripe signs its webhooks with: one, or the old and the new while they change
    stripe_api_base where Stripe's interface is; its own address unless set
    clamd           where ClamAV's daemon listens, a socket's path or host:port; without it no file is scanned
    microsoft_client_id, microsoft_client_secret, google_client_id, google_client_secret
                    as what this installation is registered there; without them people sign in without
    microsoft_discovery_url, google_discovery_url
                    where the provider describes itself; its own address unless set
    passphrase_memory_kib, passphrase_passes
                    the work of Argon2id for one try of an opening passphrase (RFC 9106, section 4)
    metrics_token   what Prometheus shows to read `/metrics`; without it only this machine itself may
    trusted_proxies how many proxies stand before Weald, each adding to X-Forwarded-For and -Proto
    log_level       what is written to the log: debug, info, warning or error, and what is worse
    """

    secret_key: str
    database_url: str = f"sqlite:///{PROJECT / 'instance' / 'weald.sqlite'}"
    database_pooler: str = ""
    queue_url: str = ""
    files_folder: Path = PROJECT / "instance" / "files"
    files_store: str = ""
    s3_endpoint: str = ""
    s3_encryption: str = ""
    mode: Mode = Mode.PRODUCTION
    base_url: str = "http://localhost:8000"
    smtp_url: str = ""
    mail_from: str = "Weald <weald@localhost>"
    alerts_to: str = ""
    publisher: str = "Weald"
    ocds_prefix: str = "ocds-weald0"
    stripe_secret_key: str = field(default="", repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    stripe_api_base: str = ""
    clamd: str = ""
    microsoft_client_id: str = ""
    microsoft_client_secret: str = field(default="", repr=False)
    microsoft_discovery_url: str = (
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"
    )
    google_client_id: str = ""
    google_client_secret: str = field(default="", repr=False)
    google_discovery_url: str = "https://accounts.google.com/.well-known/openid-configuration"
    passphrase_memory_kib: int = 64 * 1024
    passphrase_passes: int = 3
    metrics_token: str = field(default="", repr=False)
    trusted_proxies: int = 0
    log_level: str = "info"

    def __post_init__(self) -> None:
        if len(self.secret_key) < SHORTEST_SECRET:
            raise SettingsError(
                f"Set SECRET_KEY to a random text of at least {SHORTEST_SECRET} characters, for example "
                'from: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if not OCDS_PREFIX.fullmatch(self.ocds_prefix):
            raise SettingsError(
                "Set OCDS_PREFIX to ocds- and the six characters that were registered for you."
            )
        if self.production and self.passphrase_memory_kib * self.passphrase_passes < LEAST_PASSPHRASE_WORK:
            raise SettingsError(
                "Opening passphrases would be too cheap to guess. Leave PASSPHRASE_MEMORY_KIB and "
                "PASSPHRASE_PASSES unset, or set them higher."
            )
        if self.clamd and not CLAMD.fullmatch(self.clamd):
            raise SettingsError(
                f"CLAMD is {self.clamd!r}; set it to the path of ClamAV’s socket, for example "
                "/run/clamav/clamd.ctl, or to host:port, for example 127.0.0.1:3310."
            )
        if self.stripe_secret_key:
            self._check_stripe()
        if self.files_store:
            self._check_store()
        if self.database_pooler not in POOLERS:
            raise SettingsError("Set DATABASE_POOLER to transaction, or unset it.")
        if self.queue_url and urlsplit(self.queue_url).scheme not in QUEUES:
            raise SettingsError(
                "Set QUEUE_URL to an address that begins with redis://, rediss:// or postgresql://"
            )
        if self.log_level not in LOG_LEVELS:
            raise SettingsError(
                f"LOG_LEVEL is {self.log_level!r}; set it to one of: {', '.join(LOG_LEVELS)}."
            )
        if 0 < len(self.metrics_token) < SHORTEST_TOKEN:
            raise SettingsError(
                f"Set METRICS_TOKEN to a random text of at least {SHORTEST_TOKEN} characters."
            )
        self._check_provider(
            "MICROSOFT", self.microsoft_client_id, self.microsoft_client_secret, self.microsoft_discovery_url
        )
        self._check_provider(
            "GOOGLE", self.google_client_id, self.google_client_secret, self.google_discovery_url
        )

    def _check_provider(self, name: str, client_id: str, client_secret: str, discovery_url: str) -> None:
        if bool(client_id) is not bool(client_secret):
            raise SettingsError(f"Set {name}_CLIENT_ID and {name}_CLIENT_SECRET, both or neither.")
        if self.production and not discovery_url.startswith("https://"):
            raise SettingsError(
                f"Set {name}_DISCOVERY_URL to an address that begins with https://, or unset it."
            )

    def _check_store(self) -> None:
        if not FILES_STORE.fullmatch(self.files_store):
            raise SettingsError("Set FILES_STORE to s3://bucket or s3://bucket/prefix.")
        if self.s3_encryption not in ENCRYPTIONS:
            raise SettingsError("Set S3_ENCRYPTION to AES256 or aws:kms, or unset it.")
        secret = self.s3_endpoint.startswith("https://") or urlsplit(self.s3_endpoint).hostname in OWN_MACHINE
        if self.s3_endpoint and not secret:
            raise SettingsError(
                "Set S3_ENDPOINT to an address that begins with https://: files cross the network."
            )

    def _check_stripe(self) -> None:
        if not self.stripe_webhook_secrets:
            raise SettingsError(
                "Set STRIPE_WEBHOOK_SECRET beside STRIPE_SECRET_KEY: without it no payment could be counted."
            )
        if ("_live_" in self.stripe_secret_key) is not self.production:
            raise SettingsError(
                "STRIPE_SECRET_KEY is a test key: invoices would count as paid and no money would come."
                if self.production
                else "STRIPE_SECRET_KEY is a live key: a demonstration would take real money."
            )
        if self.production and self.stripe_api_base and not self.stripe_api_base.startswith("https://"):
            raise SettingsError("Set STRIPE_API_BASE to an address that begins with https://, or unset it.")

    @property
    def production(self) -> bool:
        """Is this a real installation, with real people in it?"""
        return self.mode is Mode.PRODUCTION

    @property
    def host(self) -> str:
        """The name in the address that people use: what a request may say it wants."""
        return urlsplit(self.base_url).hostname or ""

    def unfit(self) -> list[str]:
        """Why nobody should work with these settings for real: what to set, a sentence for each."""
        found = []
        if len(set(self.secret_key)) < LEAST_LETTERS:
            found.append(
                "SECRET_KEY is too simple. Set it to a random text, for example from: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if not self.base_url.startswith("https://") or self.host in OWN_MACHINE:
            found.append(
                f"BASE_URL is {self.base_url}. Set it to the address that people use, which begins with https://"
            )
        if not self.smtp_url:
            found.append(
                "No mail can be sent. Set SMTP_URL, for example smtp://user:password@mail.example:587"
            )
        if self.mail_from.endswith("@localhost>"):
            found.append("MAIL_FROM names no real sender. Set it, for example: Weald <weald@example.org>")
        return found

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings from environment variables. Raises SettingsError."""
        values: dict[str, object] = {"secret_key": environment.get("SECRET_KEY", "")}
        for name in TEXTS:
            if given := environment.get(name.upper()):
                values[name] = given
        for name in NUMBERS:
            if given := environment.get(name.upper()):
                if not given.isdecimal():
                    raise SettingsError(f"{name.upper()} is {given!r}; set it to a whole number.")
                values[name] = int(given)
        if given := environment.get("STRIPE_WEBHOOK_SECRET"):
            values["stripe_webhook_secrets"] = tuple(given.replace(",", " ").split())
        if given := environment.get("FILES_FOLDER"):
            values["files_folder"] = Path(given)
        if given := environment.get("WEALD_MODE"):
            try:
                values["mode"] = Mode(given)
            except ValueError:
                known = ", ".join(Mode)
                raise SettingsError(f"WEALD_MODE is {given!r}; set it to one of: {known}.") from None
        return cls(**values)  # type: ignore[arg-type]  # each name above is a field of its type
