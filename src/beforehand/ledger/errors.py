"""What can be wrong with a ledger, its parts or its copies. Each message says what was expected."""


class LedgerError(Exception):
    """Something about a ledger is wrong; nothing was written by the call that raised it."""


class ProofError(LedgerError):
    """An inclusion or consistency proof does not prove what it should."""


class MalformedEntryError(LedgerError):
    """The bytes are not the one valid encoding of an entry."""


class EntryTooLargeError(LedgerError):
    """An entry is longer than the 65,535 bytes that an entry bundle can hold."""


class MalformedTileError(LedgerError):
    """A tile, entry bundle or path is not in its one valid form."""


class NoteError(LedgerError):
    """A signed note, key or checkpoint is malformed, or not signed by a key we know."""


class DisclosureError(LedgerError):
    """A disclosure does not open the commitment that it is held against."""


class ClockError(LedgerError):
    """The clock stands too far behind the newest entry for another to be appended."""


class ConflictingIdError(LedgerError):
    """An entry with this id, and other content, is on the ledger already."""


class DurabilityError(LedgerError):
    """The store would acknowledge what a power cut could lose."""


class InconsistentError(LedgerError):
    """What is stored contradicts what was signed. Never repaired by signing: find out why."""


class RolledBackError(InconsistentError):
    """The ledger is older than what it signed: a copy from before was restored."""


class AnchorError(LedgerError):
    """The anchor is missing, or its volume is."""


class NotOursError(LedgerError):
    """What is shown in the place of a checkpoint of this log is none of its own."""


class OvertakenError(InconsistentError):
    """Another process recorded a checkpoint first. Nothing of this one counts; publish again."""


class KeyFileError(LedgerError):
    """The file of a key that the log signs with is missing, or holds another key."""


class UnreachableError(LedgerError):
    """The database did not answer, or stopped answering. Try again when it does."""


class BusyError(LedgerError):
    """More acts are waiting than the sequencer accepts. Nothing was done; try again."""


class ClosedError(LedgerError):
    """The sequencer, ledger or vault was closed. Nothing was done."""


class VerificationError(LedgerError):
    """A copy of a ledger is not what its key holder signed; names the first thing wrong."""
