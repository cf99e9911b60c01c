"""The ledger: what happened, provably. It knows no kinds of entry and no privacy law.

docs/reference/ledger.md is its specification; a stranger can audit a ledger with that alone.
"""

from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.entry import (
    DecisionDigests,
    Envelope,
    canonical,
    decode,
    decode_trusted,
    encode,
)
from beforehand.ledger.errors import (
    BusyError,
    LedgerError,
    MalformedEntryError,
    VerificationError,
)
from beforehand.ledger.index import Index
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.note import Signer, Verifier
from beforehand.ledger.publish import publish
from beforehand.ledger.seal import Disclosure, JsonValue, open_disclosure, seal
from beforehand.ledger.sequencer import Sequencer
from beforehand.ledger.times import next_time, parse_time, time_text
from beforehand.ledger.vault import Vault
from beforehand.ledger.verify import verify_folder

__all__ = [
    "BusyError",
    "Checkpoint",
    "DecisionDigests",
    "Disclosure",
    "Envelope",
    "Index",
    "JsonValue",
    "Ledger",
    "LedgerError",
    "MalformedEntryError",
    "Sequencer",
    "Signer",
    "Vault",
    "VerificationError",
    "Verifier",
    "canonical",
    "decode",
    "decode_trusted",
    "encode",
    "next_time",
    "open_disclosure",
    "parse_time",
    "publish",
    "seal",
    "time_text",
    "verify_folder",
]
