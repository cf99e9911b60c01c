"""The deletions that a ledger decided: why a sealed part may be gone, and which are proved."""

from __future__ import annotations

from threading import Lock

import msgspec

from beforehand.ledger.entry import Envelope, decode_trusted
from beforehand.ledger.ledger import Ledger
from beforehand.record.custody import DeletionDecided, DeletionProved
from beforehand.record.deletion import covers


class Deletions:
    """Read from the ledger itself, once and as it grows, the first time something is missing.

    The Record cannot say it: while it is folded, the deletion of what it reads is yet to come.
    """

    def __init__(self, ledger: Ledger, *, register: str) -> None:
        self._ledger, self._register = ledger, register
        self._lock = Lock()
        self._size = 0
        self._decided: dict[str, DeletionDecided] = {}
        self._proved: set[str] = set()

    def of(self, entry: Envelope) -> tuple[DeletionDecided, ...]:
        """Return every deletion that takes the sealed parts of `entry`, in their order."""
        with self._lock:
            self._read_on()
            every = tuple(self._decided.values())
        return tuple(one for one in every if covers(one, entry, register=self._register))

    def proved(self, entry: Envelope) -> bool:
        """Whether a deletion that was carried out, and proved, took the parts of `entry`."""
        return any(one.deletion in self._proved for one in self.of(entry))

    def _read_on(self) -> None:
        for index, data in self._ledger.entries(self._size):
            self._size = index + 1
            if b'"kind":"deletion.' not in data:
                continue
            entry = decode_trusted(data)
            if entry.kind == DeletionDecided.kind:
                fact = msgspec.json.decode(entry.data, type=DeletionDecided)
                self._decided[fact.deletion] = fact
            elif entry.kind == DeletionProved.kind:
                proof = msgspec.json.decode(entry.data, type=DeletionProved)
                self._proved.add(proof.deletion)
