import gc

import pytest

from marketplace.core.batches import collector_at_rest


def test_the_collector_rests_only_meanwhile_also_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(LookupError):
        fail_while_it_rests()
    assert gc.isenabled()


def fail_while_it_rests() -> None:
    """A batch in a batch, the outer one failing."""
    with collector_at_rest():
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise LookupError
