"""Awards and their transactions, from any table or answer that names its columns.

Every source is first brought to one set of names (`NAMES`), then read by `award`. An award is
its number, agency and parent; a transaction is an award with modification and number.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from beforehand.oversight.outside import values
from beforehand.oversight.outside.sightings import Body, Row, Sighting, Unread
from beforehand.oversight.outside.values import DayOrder

NAMES: dict[str, tuple[str, ...]] = {
    "piid": ("award_id_piid", "award_id", "piid"),
    "unique": (
        "contract_award_unique_key",
        "generated_internal_id",
        "generated_unique_award_id",
    ),
    "parent": ("parent_award_id_piid", "parent_award_id"),
    "modification": ("modification_number", "mod"),
    "transaction": ("transaction_number",),
    "agency": ("awarding_sub_agency_code",),
    "agency_name": (
        "awarding_sub_agency_name",
        "awarding_sub_agency",
        "awarding_agency_name",
        "awarding_agency",
        "component",
    ),
    "office": ("awarding_office_name", "awarding_office_code"),
    "vendor": ("recipient_name", "awardee_on_the_record"),
    "parent_vendor": ("recipient_parent_name", "parent_name"),
    "obligated": ("federal_action_obligation", "transaction_amount"),
    "obligated_in_all": (
        "total_dollars_obligated",
        "total_obligated_amount",
        "award_amount",
        "total_obligation",
    ),
    "total": ("current_total_value_of_award", "current_total_value", "total_value"),
    "potential": ("potential_total_value_of_award", "potential_total_value"),
    "signed": (
        "action_date",
        "award_base_action_date",
        "base_obligation_date",
        "date_signed",
    ),
    "starts": ("period_of_performance_start_date", "start_date"),
    "ends": ("period_of_performance_current_end_date", "end_date"),
    "description": ("transaction_description", "award_description", "description"),
    "base_description": ("prime_award_base_transaction_description",),
    "product": ("product_or_service_code_description", "psc", "naics_description", "naics"),
    "action": ("action_type", "action_type_description"),
    "really_bought": ("product_really_bought",),
    "as_of": ("last_modified_date",),
}
AMOUNTS = ("obligated", "obligated_in_all", "total", "potential")
DAYS = ("signed", "starts", "ends")
DAY_COLUMNS = tuple(column for name in (*DAYS, "as_of") for column in NAMES[name])
_NO_PARENT = ("-NONE-", "")
_PARTS = 6


class _Named(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which award a row is of.

    key    its number, agency and parent, as in the key of a sighting
    flag   `number-unusual`, or empty
    tail   what an amount that is its number must hold
    """

    number: str
    key: str
    flag: str
    tail: str


_NOT_A_PURCHASE = Unread(reason="not-a-purchase")
_NO_NUMBER = Unread(reason="no-award-number")


@lru_cache(65_536)
def _named(unique: str, piid: str, agency: str, parent: str) -> _Named | Unread:
    """Read what names an award; its transactions mostly stand near each other."""
    if unique.startswith("ASST_"):
        return _NOT_A_PURCHASE
    number = values.award_number(piid)
    agency = values.award_number(agency)
    parent = values.award_number(parent)
    if unique.startswith("CONT_"):
        named, agency_named, parent_named = _unique(unique)
        number, agency = named or number, agency_named or agency
        parent = parent_named or parent
    if not number:
        return _NO_NUMBER
    flag = "" if values.is_award_number(number) else "number-unusual"
    key, tail = f"{number}|{agency}|{parent}", values.tail_of(number)
    return _Named(number=number, key=key, flag=flag, tail=tail)


def _unique(text: str) -> tuple[str, str, str]:
    """Read `CONT_AWD_<number>_<agency>_<parent>_<its agency>`; `CONT_IDV` has no parent."""
    parts = text.split("_")
    number = values.award_number(parts[2]) if len(parts) > 3 else ""  # noqa: PLR2004
    agency = values.award_number(parts[3]) if number else ""
    parent = parts[4] if len(parts) == _PARTS else ""
    return number, agency, "" if parent in _NO_PARENT else values.award_number(parent)


def award(found: Body, order: DayOrder, as_of: str) -> Row:
    """Return what one row says of an award, its values under `NAMES`.

    as_of   the file's own day, in EDTF, for a row that does not say when it was last changed
    """
    pop = found.pop
    named = _named(pop("unique", ""), pop("piid", ""), pop("agency", ""), pop("parent", ""))
    if isinstance(named, Unread):
        return named
    dated, wrong = values.read_day(pop("as_of", ""), order)
    flags = [wrong, named.flag] if wrong or named.flag else []
    if wrong == "date-implausible":
        dated = ""  # else it would be newer than any, for good
    _read_amounts(found, named, flags)
    _read_days(found, order, flags)
    part = "award"
    if "modification" in found or "transaction" in found or "obligated" in found:
        modification = values.award_number(found.get("modification", "0")) or "0"
        part = f"{modification}|{values.award_number(found.get('transaction', '0')) or '0'}"
    found["number"] = named.number
    return Sighting(
        kind="award",
        key=f"{named.key}|{part}",
        body=found,
        as_of=dated or as_of,
        flags=tuple(sorted({one for one in flags if one})) if flags else (),
    )


def _read_amounts(found: Body, named: _Named, flags: list[str]) -> None:
    """Put amounts as they are compared in place of those written; add their flags."""
    some = [(name, text) for name in AMOUNTS if (text := found.get(name))]
    joined = "|".join([text for _, text in some])
    if values.are_decimal(joined) and named.tail not in joined:
        # So it is nearly always, and this is asked of millions of rows.
        for name, text in some:
            if text[-1] == "0":
                found[name] = values.read_amount(text)[0]
        return
    for name, text in some:
        amount, wrong = values.read_amount(text)
        found[name] = amount or text
        if values.is_number_of(amount, named.number):
            wrong = "amount-is-award-number"
        if wrong:
            flags.append(wrong)


def _read_days(found: Body, order: DayOrder, flags: list[str]) -> None:
    """Put days as they are compared in place of those written; add their flags."""
    for name in DAYS:
        if text := found.get(name):
            day, wrong = values.read_day(text, order)
            if wrong:
                flags.append(wrong)
            if day:
                found[name] = day
    starts, ends = found.get("starts", ""), found.get("ends", "")
    if starts and ends and ends < starts and found.get("modification", "0") == "0":
        flags.append("ends-before-it-starts")


def transaction_id(text: str) -> Body:
    """Read `CONT_TX_<agency>_<parent's agency>_<number>_<modification>_<parent>_<transaction>`."""
    parts = text.split("_")
    if len(parts) != 8 or parts[0] != "CONT":  # noqa: PLR2004  # the parts named above
        return {}
    _, _, agency, _, number, modification, parent, transaction = parts
    return {
        "piid": number,
        "agency": agency,
        "modification": modification,
        "transaction": transaction,
    } | ({} if parent in _NO_PARENT else {"parent": parent})
