"""A bucket of an S3-compatible store, which several machines share. Its library is loaded where one is set.

Who may ask the store is said in the environment, as its own library reads it (AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, or the machine's role). Contents go in once, under their hash, never over another; with
their SHA-256, so that the store refuses what was changed on the way; and without any access list of their
own, so that they are as private as the bucket. Objects are never deleted: give whom Weald is no right to.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

from marketplace.core.stores.kept import Content, Missing, Written

IN_MEMORY = 8 * 1024 * 1024
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER, TRIES = 3, 20, 4
CONNECTIONS = 32
THERE_ALREADY, AT_THE_SAME_TIME = "PreconditionFailed", "ConditionalRequestConflict"
NOT_THERE = {"404", "NoSuchKey", "NotFound"}
EVERYBODY = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


class Unanswered(OSError):
    """The store cannot be reached, or does not come to an end."""


class Refused(Unanswered):
    """The store says no, with S3's own code for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The store of files refused: {code}.")
        self.code = code


@dataclass(frozen=True, slots=True)
class BucketStore:
    """Objects named by their hash, in a bucket and under a prefix: `address` is s3://bucket/prefix.

    `endpoint` is where the store is, Amazon's own unless given; `encryption` is how it is asked to encrypt
    what it keeps, as S3 names it (AES256, aws:kms), its own way unless given.
    """

    address: str
    endpoint: str = ""
    encryption: str = ""
    _client: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_client", _connect(self.endpoint))

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return urlsplit(self.address).netloc

    def key_of(self, sha256: str) -> str:
        """The name of the object that holds a content."""
        prefix = urlsplit(self.address).path.strip("/")
        return "/".join(part for part in (prefix, sha256[:2], sha256[2:]) if part)

    def write(self, chunks: Iterable[bytes]) -> Written:
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
            for chunk in chunks:
                size += len(chunk)
                digest.update(chunk)
                whole.write(chunk)
            written = Written(digest.hexdigest(), size)
            self._put(written, digest.digest(), whole)
        return written

    def _put(self, written: Written, digest: bytes, whole: IO[bytes]) -> None:
        """Send a content, unless it is there: what lies under its hash is what it is."""
        wanted = {"ServerSideEncryption": self.encryption} if self.encryption else {}
        for _ in range(TRIES):
            whole.seek(0)
            try:
                self._ask(
                    "put_object",
                    Key=self.key_of(written.sha256),
                    Body=whole,
                    ContentLength=written.size,
                    ChecksumSHA256=base64.b64encode(digest).decode(),
                    IfNoneMatch="*",
                    **wanted,
                )
            except Refused as refused:
                if refused.code == THERE_ALREADY:
                    return
                if refused.code != AT_THE_SAME_TIME:
                    raise
            else:
                return
        raise Unanswered("Others kept writing the same content, and none of them came to an end.")

    def open(self, sha256: str) -> Content:
        try:
            body: Content = self._ask("get_object", Key=self.key_of(sha256))["Body"]
        except Refused as refused:
            if refused.code in NOT_THERE:
                raise Missing from refused
            raise
        return body

    def size(self, sha256: str) -> int | None:
        try:
            return int(self._ask("head_object", Key=self.key_of(sha256))["ContentLength"])
        except Refused as refused:
            if refused.code in NOT_THERE:
                return None
            raise

    def mend(self) -> str:
        try:
            self._ask("head_bucket")
        except Refused as refused:
            why = "has no bucket" if refused.code in NOT_THERE else "does not let Weald into the bucket"
            return f"The store of files {why} {self.bucket}. Make it, or allow it, or set FILES_STORE."
        except Unanswered:
            return "The store of files does not answer. Look whether S3_ENDPOINT is where it is."
        if self._is_open_to_strangers():
            return f"Strangers may look into the bucket {self.bucket}. Make it private."
        return ""

    def _is_open_to_strangers(self) -> bool:
        """What the bucket's list of access says; not every store has one."""
        try:
            grants = self._ask("get_bucket_acl")["Grants"]
        except Refused:
            return False
        return any(str(grant["Grantee"].get("URI", "")).endswith(EVERYBODY) for grant in grants)

    def _ask(self, what: str, **details: Any) -> Any:
        """Ask the store to do something in the bucket. Raises Refused and Unanswered."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # loaded with the client

        try:
            return getattr(self._client, what)(Bucket=self.bucket, **details)
        except ClientError as refused:
            raise Refused(str(refused.response.get("Error", {}).get("Code", ""))) from refused
        except BotoCoreError as unanswered:
            raise Unanswered(type(unanswered).__name__) from unanswered

    def room(self) -> int | None:
        return None


def _connect(endpoint: str) -> Any:
    import boto3  # noqa: PLC0415  # an extra, and slow to load
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=SECONDS_TO_CONNECT,
        read_timeout=SECONDS_TO_ANSWER,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        max_pool_connections=CONNECTIONS,
        signature_version="s3v4",
    )
    return boto3.session.Session().client("s3", endpoint_url=endpoint or None, config=config)
