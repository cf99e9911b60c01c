"""One thread that takes acts one at a time and commits those that waited together.

While one group commits, the next gathers; so a lone act is never delayed, and under load
many share one fsync. Nobody is answered before the commit that holds his act.
"""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

from beforehand.ledger.errors import BusyError, ClosedError, LedgerError
from beforehand.refusal import InputError, Refusal

Act = TypeVar("Act")
Result = TypeVar("Result")

_ANSWERS: Final = (Refusal, InputError, LedgerError)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Waiting(Generic[Act, Result]):
    act: Act
    answer: Future[Result] = field(default_factory=Future)


class Sequencer(Generic[Act, Result]):
    """Takes acts from any thread.

    group   opens a transaction that is durable when it ends
    take    decides and appends one act, inside a group. A Refusal, InputError or LedgerError
            that it raises answers that act alone: what take wrote before it stays written.
            Anything else is a bug, and fails the whole group.
    lost    called when a group failed: what take did in it never happened
    depth   how many acts may wait
    patience_s  how long one may wait before it is taken; another process may hold the ledger
    """

    def __init__(
        self,
        *,
        group: Callable[[], AbstractContextManager[None]],
        take: Callable[[Act], Result],
        lost: Callable[[], None],
        depth: int = 1024,
        patience_s: float = 30.0,
    ) -> None:
        self._group = group
        self._take = take
        self._lost = lost
        self._patience_s = patience_s
        self._queue: Queue[_Waiting[Act, Result] | None] = Queue(depth)
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def submit(self, act: Act) -> Result:
        """Wait for `act` to be taken and durable; return or raise what `take` did.

        Raises BusyError, ClosedError: then the act was not taken.
        """
        waiting: _Waiting[Act, Result] = _Waiting(act=act)
        with self._closing:
            if self._closed:
                raise ClosedError("the sequencer is closed and takes no more acts")
            try:
                self._queue.put_nowait(waiting)
            except Full:
                raise BusyError(
                    f"{self._queue.maxsize:,} acts are waiting already; nothing was done, try again"
                ) from None
        try:
            return waiting.answer.result(self._patience_s)
        except TookTooLong:
            # An act that was not taken yet can still be called off; one that was cannot.
            if waiting.answer.cancel():
                raise BusyError(
                    f"the ledger was not free for {self._patience_s:g} s;"
                    " nothing was done, try again"
                ) from None
            return waiting.answer.result()

    @property
    def waiting(self) -> int:
        """How many acts are submitted and not yet taken."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        with self._closing:
            already, self._closed = self._closed, True
        if not already:
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            together, is_open = self._gather()
            self._commit(together)

    def _gather(self) -> tuple[list[_Waiting[Act, Result]], bool]:
        """Return all who wait now, at least one unless closing, and whether more may come."""
        together: list[_Waiting[Act, Result]] = []
        one = self._queue.get()
        while one is not None:
            together.append(one)
            if len(together) >= self._queue.maxsize:
                return together, True
            try:
                one = self._queue.get_nowait()
            except Empty:
                return together, True
        return together, False

    def _commit(self, together: list[_Waiting[Act, Result]]) -> None:
        try:
            with self._group():
                tell = [self._answer(one) for one in together if _is_wanted(one)]
        except BaseException as error:  # noqa: BLE001  # raised again in every caller's thread
            self._lost()
            for one in together:
                if one.answer.running() or _is_wanted(one):
                    one.answer.set_exception(error)
            return
        # Durable from here on: only now is anybody told.
        for told in tell:
            told()

    def _answer(self, one: _Waiting[Act, Result]) -> Callable[[], None]:
        """Take one act; return the call that tells its caller, for after the commit."""
        try:
            result = self._take(one.act)
        except _ANSWERS as answer:
            return partial(one.answer.set_exception, answer)
        return partial(one.answer.set_result, result)


def _is_wanted(one: _Waiting[Act, Result]) -> bool:
    """Whether the caller still waits; from here on it can no longer call the act off."""
    answer = one.answer
    return not answer.cancelled() and answer.set_running_or_notify_cancel()
