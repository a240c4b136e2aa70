"""The role that serves people may make no table, and wakes the worker all the same."""

import secrets

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from marketplace.core import jobs
from marketplace.core.settings import Mode, Settings
from marketplace.core.walls import GRANTS
from tests.databases import Database


def test_a_role_without_the_right_to_make_tables_queues_tasks(database: Database) -> None:
    url = make_url(database.url)
    if url.get_backend_name() != "postgresql":
        return  # an embedded database has no roles
    role, password = f"web_{secrets.token_hex(4)}", secrets.token_hex(8)
    with database.beside() as other:
        owner = create_engine(other.url, isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
            connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{password}' NOSUPERUSER"))
            try:
                jobs._queue(
                    Settings(secret_key="s" * 32, mode=Mode.TEST, database_url=other.url)
                ).storage.close()
                for statement in GRANTS:
                    connection.execute(text(statement.format(role=role)))
                as_role = make_url(other.url).set(username=role, password=password)
                served = as_role.render_as_string(hide_password=False)
                queue = jobs._queue(Settings(secret_key="s" * 32, mode=Mode.TEST, database_url=served))
                queue.storage.enqueue(b"a task")
                assert queue.storage.queue_size() == 1
                queue.storage.close()
            finally:
                connection.execute(text(f"DROP OWNED BY {role}"))
                connection.execute(text(f"DROP ROLE {role}"))
        owner.dispose()
