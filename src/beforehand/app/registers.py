"""One register, open: where rules meet log, vault, clock and documents.

Every act goes through `submit`: catch up, grammar, safeguards, append, apply, one act at a
time in the one sequencer, whose waiting acts share a durable commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self, TypeVar, cast

from beforehand import settings as settings_file
from beforehand.app import clock, outside
from beforehand.app.adopting import check_exception, check_set
from beforehand.app.assessing import check_paper
from beforehand.app.deletions import Deletions
from beforehand.app.moving import open_ledger
from beforehand.ledger.durable import write_durably, write_private
from beforehand.ledger.entry import (
    DecisionDigests,
    Envelope,
    decode_trusted,
    encode_unchecked,
)
from beforehand.ledger.index import Index
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.note import Signer
from beforehand.ledger.seal import Disclosure, open_disclosure, seal
from beforehand.ledger.sequencer import Sequencer
from beforehand.ledger.times import next_time
from beforehand.ledger.vault import NotHereError, Vault
from beforehand.ledger.wraps import OFFICE
from beforehand.policy import sets
from beforehand.policy.composing import Library
from beforehand.policy.decide import Decision, decide
from beforehand.policy.exceptions import with_exceptions
from beforehand.policy.office import sets_for
from beforehand.policy.question import put
from beforehand.record import encoding, grammar
from beforehand.record.acts import Act, Json, encode_act
from beforehand.record.buying import ExceptionRecorded
from beforehand.record.custody import ClockStepped
from beforehand.record.facts import ActRefused
from beforehand.record.fold import Record
from beforehand.record.recorded import AnyFact, Recorded
from beforehand.record.reported import ReportedFact
from beforehand.record.view import RecordView
from beforehand.refusal import InputError, Refusal, Unmet
from beforehand.settings import Settings

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was appended: its index on the ledger, its id and its time."""

    entry: int
    id: str
    at: str


class NoDocumentError(InputError):
    """A document that something names is not kept here, or is other than its digest."""


class App:
    """An open register. Use it as a context manager; closing it loses nothing acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = open_ledger(settings)
        outside.check(settings, self.ledger)
        self.find = partial(Index(settings.index).find, self.ledger)
        self.vault = Vault(settings.private)
        self.deletions = Deletions(self.ledger, register=settings.register)
        self._steps = clock.StepWatch()
        self._record = Record()
        self.library = Library(self.guards_named)
        self._sequencer: Sequencer[Callable[[], object], object] = Sequencer(
            group=self._group, take=lambda job: job(), lost=self._forget
        )
        self._parts: list[tuple[str, Disclosure]] = []

    @classmethod
    def create(cls, settings: Settings) -> Self:
        """Make a new register in an empty or absent folder. Raises InputError."""
        folder = settings.folder
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                where=str(folder), expected="an empty folder", got="one with files"
            )
        outside.begin(settings)
        folder.mkdir(parents=True, exist_ok=True)
        settings.documents.mkdir()
        settings.snapshots.mkdir(mode=0o700)
        settings.private.mkdir(mode=0o700)
        signer = Signer.generate(settings.origin)
        write_private(settings.log_key, signer.private_text.encode("ascii"))
        settings.vkey.write_text(signer.verifier.vkey + "\n", encoding="ascii")
        Ledger.create(settings.ledger, origin=settings.origin).close()
        Vault.create(settings.private, origin=settings.origin).close()
        # Last: a folder without it is not a register, so a crash leaves none that is half made.
        (folder / settings_file.FILE).write_text(
            settings_file.text(settings), encoding="utf-8"
        )
        return cls(settings)

    @classmethod
    def open(cls, folder: Path) -> Self:
        return cls(settings_file.read(folder))

    def close(self) -> None:
        self._sequencer.close()
        self.ledger.close()
        self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- acts ----------------------------------------------------------------------------

    def submit(self, act: Act) -> Receipt:
        """Decide and record `act`. Raises Refusal (recorded too), InputError."""
        return self.in_turn(lambda: self.take(act))

    def check(self, act: Act, *, documents: Iterable[bytes] = ()) -> tuple[Unmet, ...]:
        """Return what `act` would be refused for now; nothing is written. Raises InputError.

        documents   what would be kept with the act
        """
        given = {hashlib.sha256(one).hexdigest(): one for one in documents}
        return self.in_turn(
            lambda: self.decide(act, at=self.next_time(), given=given).unmet
        )

    def report(self, facts: Iterable[ReportedFact], *, actor: str) -> int:
        """Record reported facts, all or none, and return how many. They are not decided."""

        def job() -> int:
            self._catch_up()
            return len([self.append_undecided(fact, actor=actor) for fact in facts])

        return self.in_turn(job)

    def view(self) -> RecordView:
        """Return the Record as it now stands."""
        return self.in_turn(self.current)

    def recorded(self, start: int = 0, stop: int | None = None) -> Iterator[Recorded]:
        """Yield entries [start, stop), read, with the parts that the Record needs opened."""
        for index, entry in self.ledger.entries(start, stop):
            yield encoding.recorded(index, entry, unseal=self.unseal)

    @contextmanager
    def _group(self) -> Iterator[None]:
        """Hold the ledger for acts that share one durable commit."""
        with self.ledger.group():
            self._parts = []
            yield
            # Sealed parts are kept before the entries that commit to them are durable: a crash
            # between the two leaves parts that nothing names, never a part nobody can open.
            self.vault.put_all(self._parts, self._readers())

    # -- inside a turn of the sequencer --------------------------------------------------

    def in_turn(self, job: Callable[[], Done]) -> Done:
        """Run `job` as one turn: nothing else decides or appends meanwhile."""
        return cast("Done", self._sequencer.submit(job))

    def current(self) -> RecordView:
        """Return the Record with everything that is on the ledger, in a turn."""
        self._catch_up()
        return self._record

    def take(self, act: Act) -> Receipt:
        """Decide and append `act`, in a turn.

        Not yet durable on return: the sequencer commits the whole group, then tells each
        waiting caller. A crash here loses only acts that nobody was told of.
        """
        self._note_clock()
        at = self.next_time()
        decision = None if self.founds(act, at=at) else self.decide(act, at=at)
        if decision is not None and not decision.allowed:
            raise self.refused(act, decision, at=at)
        return self.append(
            act.fact, actor=act.actor, at=at, decision=decision, sealed=act.sealed
        )

    def founds(self, act: Act, *, at: str) -> bool:
        self._catch_up()
        if is_first := grammar.founds(self._record, act):
            self._possible(act, {}, at=at)
        return is_first

    def decide(
        self, act: Act, *, at: str, given: Mapping[str, bytes] | None = None
    ) -> Decision:
        """Decide `act` on exactly the entries so far. Raises GrammarError.

        given   documents that come with the act, by digest, and need not be kept yet
        """
        self._possible(act, given or {}, at=at)
        decision = decide(self.guards(act, at=at), put(self._record, act, at=at))
        # Said to the person, and not part of the decision: only ids stand on the ledger.
        return replace(
            decision, unmet=with_exceptions(self._record, act, decision.unmet, at=at)
        )

    def _possible(self, act: Act, given: Mapping[str, bytes], *, at: str) -> None:
        """Check that `act` is possible now and that what it names by digest is kept here."""
        self._catch_up()
        grammar.check(self._record, act)
        for name in ("document", "evidence"):
            digest = getattr(act.fact, name, None)
            if digest is not None:
                data = given[digest] if digest in given else self.document(digest)
                check_paper(self._record, act, data)
        if isinstance(act.fact, ExceptionRecorded):
            check_exception(act.fact, self.guards(act, at=at))
        check_set(
            self._record,
            act.fact,
            at=at,
            text=lambda name: given[name] if name in given else self.document(name),
            named=self.library.named,
        )

    def refused(self, act: Act, decision: Decision, *, at: str) -> Refusal:
        """Record that `act` was refused, and return the refusal to raise."""
        fact = ActRefused(
            refused=act.verb, on=act.fact.subject, office=getattr(act.fact, "office", None)
        )
        sealed: dict[str, Json] = {"act": encode_act(act)}
        receipt = self.append(
            fact, actor=act.actor, at=at, decision=decision, sealed=sealed
        )
        return Refusal(what=describe(act), unmet=decision.unmet, entry=receipt.entry)

    def append(
        self,
        fact: AnyFact,
        *,
        actor: str,
        at: str,
        decision: Decision | None,
        sealed: Mapping[str, Json] | None = None,
    ) -> Receipt:
        """Append a fact and apply it; the vault has its sealed parts before its entry is durable.

        at   the moment that `decision` was made at, so that a replay asks the same question
        """
        if decision is not None and (listed := self.library.listed(decision.policies)):
            self.keep_document(listed.encode())  # so that evidence of the entry can hold it
        entry_id = clock.new_id("e")
        parts = [
            seal(part, value, entry_id, clock.salt())
            for part, value in (sealed or {}).items()
        ]
        self._parts += [(entry_id, one) for one in parts]
        entry = encode_unchecked(
            encoding.envelope(
                fact,
                actor=actor,
                at=at,
                entry_id=entry_id,
                decision=None if decision is None else _digests(decision),
                seal={one.part: one.commitment for one in parts},
            )
        )
        index = self.ledger.append_new(entry)
        self._record.apply(
            Recorded.made(
                index=index,
                at=at,
                actor=actor,
                id=entry_id,
                fact=fact,
                opened=sealed or {},
                unmet=()
                if decision is None
                else tuple(one.safeguard for one in decision.unmet),
            )
        )
        return Receipt(entry=index, id=entry_id, at=at)

    def append_undecided(self, fact: AnyFact, *, actor: str) -> Receipt:
        """Append what no safeguard decides: reported facts, and what follows of itself."""
        return self.append(fact, actor=actor, at=self.next_time(), decision=None)

    def _note_clock(self) -> None:
        """Record, once for each time that it happens, that the clock was set back."""
        behind = self._steps.stepped(self.ledger.last_time())
        if behind is not None:
            fact = ClockStepped(register=self.settings.register, behind_ms=behind)
            self.append_undecided(fact, actor=clock.PROGRAM)

    def next_time(self) -> str:
        return next_time(self.ledger.last_time(), clock.now())

    def _catch_up(self) -> None:
        """Apply what other processes appended since."""
        if self.ledger.size > self._record.size:
            for entry in self.recorded(self._record.size):
                self._record.apply(entry)

    def _forget(self) -> None:
        """A group was lost: what it applied never happened. Fold again when next asked."""
        self._record = Record()

    # -- safeguards and documents --------------------------------------------------------

    def guards(self, act: Act | None = None, *, at: str | None = None) -> sets.SafeguardSet:
        """Return the safeguards that decide an act at a moment, now if none is named.

        act   None for the department's own set, which binds every act
        """
        return self.library.composed(sets_for(self.current(), act, at or self.next_time()))

    def guards_named(self, digest: str) -> sets.SafeguardSet:
        """Return the adopted set of that digest, as it stands. Raises InputError."""
        text = self.document(digest).decode()
        return sets.read(text, where=f"safeguard set {digest[:8]}")

    def keep_document(self, data: bytes) -> str:
        """Store a document by its digest, durably, and return the digest."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.settings.documents / digest
        if not path.exists():
            write_durably(path, data)
        return digest

    def document(self, digest: str) -> bytes:
        """Return a stored document, re-hashed. Raises InputError."""
        path = self.settings.documents / digest
        data = path.read_bytes() if path.is_file() else None
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            raise NoDocumentError(
                where=str(path),
                expected="the document with this digest",
                got="none" if data is None else "other bytes",
                do="Store it with `submit --document FILE`, or restore the documents folder.",
            )
        return data

    # -- sealed parts --------------------------------------------------------------------

    def unseal(self, envelope: Envelope) -> dict[str, object]:
        """Open every sealed part of an entry and check each against its commitment.

        Without the parts that a deletion took. Raises DisclosureError for any other missing.
        """
        found: dict[str, object] = {}
        for part, commitment in envelope.seal.items():
            try:
                text = self.vault.get(envelope.id, part, commitment=commitment)
            except NotHereError:
                if not self.deletions.of(envelope):
                    raise
                continue
            found[part] = open_disclosure(
                text, part=part, entry_id=envelope.id, commitment=commitment
            )
        return found

    def _readers(self) -> dict[str, bytes]:
        """Return the public key of each reader that was named, beside the office."""
        return {
            name: bytes.fromhex(one.public_key)
            for name, one in self._record.readers.items()
            if name != OFFICE
        }

    def entry(self, index: int) -> tuple[bytes, Envelope]:
        """Return one entry. Raises InputError if there is none."""
        for _, data in self.ledger.entries(index, index + 1):
            return data, decode_trusted(data)
        size = self.ledger.size
        raise InputError(where="entry", expected=f"a number below {size:,}", got=str(index))


def describe(act: Act) -> str:
    """Return the act in words, to follow "Refused:"."""
    return f"{act.verb.replace('-', ' ')} {act.fact.subject}, by {act.actor}"


def _digests(decision: Decision) -> DecisionDigests:
    return DecisionDigests(
        policies=decision.policies,
        question=decision.question,
        unmet=tuple(one.safeguard for one in decision.unmet),
    )
