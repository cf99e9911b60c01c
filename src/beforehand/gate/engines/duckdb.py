"""DuckDB without a file system, inside the worker's process. The one place that imports it.

pyarrow opens exactly the snapshot's files and hands rows over as a table; DuckDB itself may
open nothing, load nothing and change no setting. `allowed_paths`, its own way, grants
writing: `COPY ... (USE_TMP_FILE false)` wrote over the Parquet file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import dataset as arrow_dataset

from beforehand.gate.engines.frames import MEMORY_MB, THREADS
from beforehand.gate.plan import TABLE

MOST_ROWS = 200_000
COUNTS = pa.schema([("cell", pa.int64()), ("step", pa.int64()), ("count", pa.int64())])

# The order matters: what guards the settings comes last.
_SETTINGS = (
    "SET allow_persistent_secrets = false",
    "SET allow_community_extensions = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET temp_directory = ''",
    f"SET memory_limit = '{MEMORY_MB}MB'",
    f"SET threads = {THREADS}",
    "SET max_expression_depth = 200",
    "SET enable_external_access = false",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)


class SnapshotError(Exception):
    """A snapshot's file is not what its manifest says."""


class Reader:
    """Opens snapshots whose files were found to be what the manifest lists."""

    def __init__(self) -> None:
        self._checked: set[tuple[str, str, int, int, int]] = set()

    def open(
        self, folder: str, files: tuple[tuple[str, str], ...]
    ) -> arrow_dataset.Dataset:
        """Return the rows of exactly these files.

        Each file is hashed whole the first time, and again when its inode, size or time of
        change differs. So it catches a file that was swapped, cut or edited in the ordinary
        way; it does not catch one who can write to the folder and set its times back, or
        who writes between this check and the reading.

        Raises SnapshotError; OSError where a file is missing.
        """
        paths = [self._check(Path(folder), name, digest) for name, digest in files]
        return arrow_dataset.dataset([str(path) for path in paths], format="parquet")

    def _check(self, folder: Path, name: str, digest: str) -> Path:
        path = folder / name
        if Path(name).name != name or path.is_symlink():
            raise SnapshotError
        stat = path.stat()
        seen = (str(path), digest, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen not in self._checked:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    raise SnapshotError
            self._checked.add(seen)
        return path


def run(sql: str, rows: arrow_dataset.Dataset) -> bytes:
    """Return the counts as an Arrow IPC stream with the columns of `COUNTS`.

    A new database for each query: nothing that one leaves behind meets the next.
    Raises duckdb.Error, pa.ArrowException, and SnapshotError when the result is not counts.
    """
    with duckdb.connect(":memory:") as connection:
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.register(TABLE, rows)
        table = connection.execute(sql).to_arrow_table()
    if table is None or not table.schema.equals(COUNTS) or table.num_rows > MOST_ROWS:
        raise SnapshotError
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


FAULTS = (
    duckdb.Error,
    pa.ArrowException,
    SnapshotError,
    OSError,
    MemoryError,
    RuntimeError,
)
