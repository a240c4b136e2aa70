"""A store that speaks S3, for tests: moto's, over HTTP on this machine."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {
    "AWS_ACCESS_KEY_ID": "of-a-test",
    "AWS_SECRET_ACCESS_KEY": "of-a-test",
    "AWS_DEFAULT_REGION": "eu-west-2",
}


@dataclass(frozen=True)
class Bucket:
    """A bucket of a pretend store, and a client that may look into it behind Weald's back."""

    endpoint: str
    name: str
    client: Any

    @property
    def address(self) -> str:
        return f"s3://{self.name}/weald"

    def settings(self) -> dict[str, str]:
        """What to put into the environment of a program that keeps its files there."""
        return {"FILES_STORE": self.address, "S3_ENDPOINT": self.endpoint, **KEYS}


@contextmanager
def running() -> Iterator[str]:
    """The address of a pretend store, which ends with the test."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def made(endpoint: str) -> Bucket:
    """A new bucket there. The keys go into this process's environment, where the library looks for them."""
    os.environ.update(KEYS)
    client = boto3.session.Session().client("s3", endpoint_url=endpoint)
    name = f"weald-{secrets.token_hex(6)}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    return Bucket(endpoint, name, client)
