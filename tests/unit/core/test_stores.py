"""Every store keeps what it is given, once and whole, and says plainly when it cannot."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.settings import Mode, Settings, SettingsError
from marketplace.core.stores.bucket import BucketStore, Refused, Unanswered
from marketplace.core.stores.folder import FolderStore
from marketplace.core.stores.kept import Missing, Store
from tests import buckets

CONTENT = b"evidence " * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def pretend_s3() -> Iterator[str]:
    with buckets.running() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(pretend_s3: str) -> buckets.Bucket:
    return buckets.made(pretend_s3)


@pytest.fixture
def in_bucket(bucket: buckets.Bucket) -> BucketStore:
    return BucketStore(bucket.address, bucket.endpoint, "AES256")


@pytest.fixture(params=["a folder", "a bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "a folder":
        return FolderStore(tmp_path / "files")
    kept: BucketStore = request.getfixturevalue("in_bucket")
    return kept


def pieces(content: bytes = CONTENT) -> Iterator[bytes]:
    yield content[:7]
    yield content[7:]


def everything_in(store: Store, sha256: str) -> bytes:
    with closing(store.open(sha256)) as content:
        return b"".join(iter(lambda: content.read(1000), b""))


def test_a_store_gives_back_what_it_was_given_and_keeps_it_once(store: Store) -> None:
    assert store.mend() == ""
    assert store.size(SHA256) is None
    with pytest.raises(Missing):
        store.open(SHA256)
    with ThreadPoolExecutor(4) as writers:
        written = set(writers.map(lambda _: store.write(pieces()), range(4)))
    assert [(one.sha256, one.size) for one in written] == [(SHA256, len(CONTENT))]
    assert store.size(SHA256) == len(CONTENT)
    assert everything_in(store, SHA256) == CONTENT


def test_of_a_content_that_breaks_off_nothing_is_kept(
    store: Store, bucket: buckets.Bucket, tmp_path: Path
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half of a "
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.write(broken())
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert "Contents" not in bucket.client.list_objects_v2(Bucket=bucket.name)


def test_what_lies_in_a_bucket_is_encrypted_private_and_never_written_over(
    in_bucket: BucketStore, bucket: buckets.Bucket
) -> None:
    in_bucket.write(pieces())
    (kept,) = bucket.client.list_objects_v2(Bucket=bucket.name)["Contents"]
    assert kept["Key"] == f"weald/{SHA256[:2]}/{SHA256[2:]}"
    asked: dict[str, Any] = {"Bucket": bucket.name, "Key": kept["Key"]}
    assert bucket.client.head_object(**asked)["ServerSideEncryption"] == "AES256"
    grants = bucket.client.get_object_acl(**asked)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"], "its owner, and nobody else"
    bucket.client.put_object(Body=b"damaged", **asked)
    in_bucket.write(pieces())
    assert everything_in(in_bucket, SHA256) == b"damaged", "who reads it compares, and says so"


def test_a_bucket_that_cannot_be_used_says_why(in_bucket: BucketStore, bucket: buckets.Bucket) -> None:
    assert "has no bucket nowhere-at-all" in replace(in_bucket, address="s3://nowhere-at-all").mend()
    with pytest.raises(Refused, match="NoSuchBucket"):
        replace(in_bucket, address="s3://nowhere-at-all").write(pieces())
    bucket.client.put_bucket_acl(Bucket=bucket.name, ACL="public-read")
    assert "Strangers may look into the bucket" in in_bucket.mend()


def test_a_store_that_does_not_answer_is_said_to_be_away(
    bucket: buckets.Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.core.stores.bucket.TRIES", 1)
    away = BucketStore(bucket.address, "http://127.0.0.1:9", "")
    assert "does not answer" in away.mend()
    with pytest.raises(Unanswered):
        away.size(SHA256)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"files_store": "https://bucket"}, "s3://bucket/prefix"),
        ({"s3_encryption": "rot13"}, "AES256 or aws:kms"),
        ({"s3_endpoint": "http://store.example"}, "begins with https://"),
    ],
)
def test_a_store_is_set_whole_or_refused(wrong: dict[str, str], said: str) -> None:
    right = {"files_store": "s3://bucket", "s3_endpoint": "https://store.example", "s3_encryption": "aws:kms"}
    accepted = Settings(secret_key="s" * 32, mode=Mode.TEST, **right)  # type: ignore[arg-type]  # texts for texts
    assert accepted.files_store == right["files_store"]
    with pytest.raises(SettingsError, match=said):
        Settings(secret_key="s" * 32, mode=Mode.TEST, **{**right, **wrong})  # type: ignore[arg-type]  # as above
