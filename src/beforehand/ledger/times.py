"""The one text of a time: `YYYY-MM-DDTHH:MM:SS.ffffffZ`. No clock is read here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from beforehand.ledger.errors import ClockError, MalformedEntryError

_SHAPE: Final = b"0000-00-00T00:00:00.000000Z"
_DIGIT_TO_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_SMALLEST_STEP: Final = timedelta(microseconds=1)
_MOST_BEHIND: Final = timedelta(minutes=5)


def time_text(moment: datetime) -> str:
    """Return the text of `moment`, which must know its offset."""
    if moment.utcoffset() is None:
        raise ClockError("expected a time with an offset from UTC, got one without")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def midnight(day: str) -> str:
    """Return the first moment of a day (ISO), in UTC."""
    return f"{day}T00:00:00.000000Z"


def parse_time(text: str) -> datetime:
    require_times([text])
    return datetime.fromisoformat(text)


def require_times(texts: Sequence[str]) -> None:
    """Raise MalformedEntryError unless each is the text of a time that exists.

    Cost: one pass over all of them, and one parse for each second that occurs.
    """
    joined = "".join(texts).encode()
    if not set(map(len, texts)) <= {len(_SHAPE)} or joined.translate(
        _DIGIT_TO_ZERO
    ) != _SHAPE * len(texts):
        raise MalformedEntryError(
            f"expected times as YYYY-MM-DDTHH:MM:SS.ffffffZ, got {', '.join(texts)[:80]!r}"
        )
    for second in {text[:19] for text in texts}:
        try:
            datetime.fromisoformat(f"{second}Z")
        except ValueError as error:  # the 30th of February
            raise MalformedEntryError(
                f"expected a time that exists, got {second}"
            ) from error
        if second[11:13] == "24":  # Python from 3.14 on would read it as midnight
            raise MalformedEntryError(f"expected an hour below 24, got {second}")


def next_time(last: str | None, now: datetime) -> str:
    """Return the time of the next entry: now, or just after `last` if the clock stepped back.

    last   the newest entry's time; None for an empty ledger
    Raises ClockError if `now` is more than five minutes behind `last`.
    """
    if last is None:
        return time_text(now)
    newest = parse_time(last)
    if newest - now > _MOST_BEHIND:
        raise ClockError(
            f"the clock says {time_text(now)}, over five minutes before the newest entry ({last});"
            " set the clock right, then try again"
        )
    return time_text(max(now, newest + _SMALLEST_STEP))
