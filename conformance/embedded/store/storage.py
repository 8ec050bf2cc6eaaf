"""Where the records are kept: SQLite, in memory or in a file, one connection, one transaction a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store.models import Base


class Storage:
    """The database of one embedded Kimai.

    In memory without a `path`. With one, what a request changed is committed before the request is answered, and
    a file that exists is continued. Raises `EmbeddedError` where the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._engine = _engine(path)
        try:
            Base.metadata.create_all(self._engine)
        except DatabaseError as error:
            self._engine.dispose()
            raise EmbeddedError(
                f"the database {path} cannot be used: {error.orig}", "Give another with --database."
            ) from None
        self._sessions = sessionmaker(self._engine, expire_on_commit=False, autoflush=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back where an error leaves it."""
        with self._sessions() as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def close(self) -> None:
        """Close the connection, and with it a database in memory."""
        self._engine.dispose()


def _engine(path: Path | None) -> Engine:
    url = "sqlite://" if path is None else f"sqlite:///{path}"
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.create_collation("KIMAI", _collate)


def _collate(left: str, right: str) -> int:
    """Order texts without regard to case, as MariaDB's default collation does."""
    a, b = left.casefold(), right.casefold()
    return (a > b) - (a < b)
