"""Putting questions to a supplier: the one-time secret is made here, and kept nowhere."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.record.acts import decode_act, each_key_once
from beforehand.record.buying import InquiryOpened
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """`token` opens one answer until the day `expires`; nothing but its digest is kept."""

    entry: int
    inquiry: str
    supplier: str
    expires: str
    token: str


def ask_supplier(app: App, data: bytes, *, where: str) -> Sent:
    """Submit the act in `data`, with the digest of a new secret. Raises InputError, Refusal."""
    try:
        raw = msgspec.json.decode(data, type=dict[str, object])
        each_key_once(data, where=where)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(where=where, expected="one JSON object", got=str(error)) from error
    if "link" in raw:
        raise InputError(
            where=f"{where}: link", expected="none, it is made here", got="one given"
        )
    token = clock.token()
    link = hashlib.sha256(token.encode()).hexdigest()
    full = {"act": InquiryOpened.act, **raw, "link": link}
    act = decode_act(msgspec.json.encode(full), where=where)
    if not isinstance(act.fact, InquiryOpened):
        raise InputError(where=f"{where}: act", expected=InquiryOpened.act, got=act.verb)
    receipt = app.submit(act)
    return Sent(
        entry=receipt.entry,
        inquiry=act.fact.inquiry,
        supplier=act.fact.supplier,
        expires=act.fact.expires,
        token=token,
    )
