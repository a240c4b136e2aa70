"""Run a pretend Stripe on this machine. The secret with which it signs comes from the environment.

On a free port of its own it prints its address.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from demonstration.fake_stripe.server import FakeStripe, serve


def stop(_: int, __: FrameType | None) -> None:
    """End without a word when asked politely."""
    sys.exit(0)


def main() -> None:
    """Read what to do, and do it until stopped."""
    parser = argparse.ArgumentParser(prog="fake_stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where to listen; any free port unless given")
    parser.add_argument("--file", type=Path, help="where to keep what was paid; nowhere unless given")
    parser.add_argument("--deliver-to", default="", help="where reports are sent; nowhere unless given")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, stop)
    secret = os.environ["STRIPE_WEBHOOK_SECRET"]
    server = FakeStripe(given.port, secret=secret, file=given.file, deliver_to=given.deliver_to)
    if not given.port:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
    serve(server)


if __name__ == "__main__":
    main()
