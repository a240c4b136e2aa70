"""Where tasks queue is the database's own, unless a setting names another."""

from pathlib import Path

import pytest
from huey import RedisHuey, SqliteHuey

from marketplace.core import jobs
from marketplace.core.db import ALIVE, engine_options
from marketplace.core.settings import Mode, Settings, SettingsError

POSTGRESQL = "postgresql+psycopg://weald@127.0.0.1:6432/weald"


def settings(**wanted: str) -> Settings:
    return Settings(secret_key="s" * 32, mode=Mode.TEST, **wanted)  # type: ignore[arg-type]  # texts for texts


def test_tasks_of_an_embedded_database_lie_beside_it_and_redis_is_used_where_it_is_set(
    tmp_path: Path,
) -> None:
    beside = jobs._queue(settings(database_url=f"sqlite:///{tmp_path / 'weald.sqlite'}"))
    assert isinstance(beside, SqliteHuey)
    assert (tmp_path / "jobs.sqlite").exists()
    assert isinstance(jobs._queue(settings(queue_url="redis://127.0.0.1:6379/0")), RedisHuey)
    with pytest.raises(SettingsError, match="begins with redis://"):
        settings(queue_url="amqp://queue.example")


def test_a_server_that_fell_silent_is_noticed_and_a_pooler_is_asked_to_remember_nothing() -> None:
    plain, pooled = engine_options(POSTGRESQL), engine_options(POSTGRESQL, "transaction")
    assert plain["pool_pre_ping"] is True
    assert plain["connect_args"] == ALIVE
    assert pooled["connect_args"]["prepare_threshold"] is None
    assert engine_options("sqlite:///weald.sqlite", "transaction") == {}
    with pytest.raises(SettingsError, match="DATABASE_POOLER"):
        settings(database_pooler="session")
