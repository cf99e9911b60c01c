"""Sealed counts: anyone adds them up, nobody reads a name, and only what was committed to opens."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from beforehand.app.counting import commit_count, match_count, open_count, show_count
from beforehand.app.importing import import_file
from beforehand.app.overseeing import replay_register
from beforehand.app.registers import App
from beforehand.cli import main
from beforehand.ledger.entry import decode_trusted
from beforehand.oversight import counted
from beforehand.oversight.matching import fiscal_year, imported, on_record, proposals
from beforehand.oversight.outside.shelf import Award, Kept
from beforehand.record import grammar
from beforehand.record import reported as rep
from beforehand.record.checks import GrammarError
from beforehand.record.counting import MOST_ITEMS, Counted, totals
from beforehand.refusal import InputError, Refusal
from tests.app.dated import make, stop_clock
from tests.oversight.test_outside import award, download
from tests.policy import counting_tables as t
from tests.policy.test_safeguards import unmet
from tests.world import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = b"A report on nine contracts and two databases (invented)."
NAMES = [f"Invented Supplier {number}" for number in range(11)]


def item(number: int) -> dict[str, Any]:
    return {
        "fiscal_year": 2019 + number % 2,
        "item_kind": "contract" if number < 9 else "database",
        "covered": number == 0,
        "amount": 1000 * number if number < 9 else None,
        "item": {"supplier": NAMES[number], "office": "harbor", "awarded": "2019-08-01"},
    }


def handed(**changes: object) -> bytes:
    count = {
        "count": "n-1",
        "office": "harbor",
        "document": hashlib.sha256(REPORT).hexdigest(),
        "items": [item(number) for number in range(11)],
    }
    return json.dumps({**count, **changes}).encode()


@dataclass(frozen=True)
class Committed:
    app: App
    entry: bytes
    texts: list[bytes]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Committed]:
    stop_clock(monkeypatch)
    with make(tmp_path / "register") as app:
        app.keep_document(REPORT)
        shown = commit_count(app, handed(), actor="watcher", where="count.json")
        entry, envelope = app.entry(shown.entry)
        opened = app.unseal(envelope)["disclosures"]
        assert isinstance(opened, list)
        yield Committed(app, entry, [str(one).encode() for one in opened])


def test_anyone_adds_up_the_count_and_no_name_is_in_its_entry(made: Committed) -> None:
    said = counted.check(made.entry, ())
    assert said[0].startswith("Count n-1: 11 items, root ")
    assert said[1:] == [
        "By kind: contract 9, database 2",
        "By fiscal year: 2019: 6, 2020: 5",
        "Without coverage: 10",
        "Amounts: 36000 US dollars, told of 9 items",
    ]
    shown = show_count(made.app, "n-1")
    sums = shown.totals
    assert (sums.items, sums.uncovered, sums.amount, sums.told) == (11, 10, 36000, 9)
    assert not any(name.encode() in made.entry for name in NAMES)


def test_an_item_is_opened_with_its_disclosure_and_checked_by_a_stranger(
    made: Committed,
) -> None:
    _, value = open_count(made.app, "n-1", 4, actor="watcher")
    assert value == item(3)["item"]
    kept = made.app.document(hashlib.sha256(made.texts[3]).hexdigest())
    assert counted.check(made.entry, [kept])[-1].startswith("Opened: item 4 is ")
    assert show_count(made.app, "n-1").opened == (4,)
    assert not [one for one in replay_register(made.app).differing if "count" in one]
    with pytest.raises(InputError, match="not opened yet"):
        open_count(made.app, "n-1", 4, actor="watcher")


@pytest.mark.parametrize("number", [0, -1, 12])
def test_a_twelfth_of_eleven_is_refused_and_the_try_is_on_record(
    made: Committed, number: int
) -> None:
    with pytest.raises(Refusal) as caught:
        open_count(made.app, "n-1", number, actor="watcher")
    assert {one.safeguard for one in caught.value.unmet} == {"count.one-of-the-committed"}
    (*_, (_, last)) = made.app.ledger.entries()
    assert decode_trusted(last).kind == "act.refused"


def test_a_made_up_item_and_one_for_another_are_refused(made: Committed) -> None:
    for text in (b"made up", made.texts[1]):
        with pytest.raises(Refusal):
            open_count(made.app, "n-1", 1, actor="watcher", disclosure=text)
    _, value = open_count(made.app, "n-1", 1, actor="watcher", disclosure=made.texts[0])
    assert value == item(0)["item"]


def test_who_may_not_open_an_item_leaves_nothing_of_it_among_the_documents(
    made: Committed,
) -> None:
    with pytest.raises(Refusal):
        open_count(made.app, "n-1", 1, actor="chief")
    digest = hashlib.sha256(made.texts[0]).hexdigest()
    with pytest.raises(InputError):
        made.app.document(digest)
    with pytest.raises(InputError):
        made.app.document(hashlib.sha256(b"made up").hexdigest())


def test_two_counts_of_the_same_items_have_nothing_in_common(made: Committed) -> None:
    commit_count(made.app, handed(count="n-2"), actor="watcher", where="x")
    counts = made.app.view().counting.counts
    first, second = (
        {one.disclosure for one in counts[name].committed.items} for name in ("n-1", "n-2")
    )
    assert not first & second


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"\xff",
        handed(more=1),
        handed(items=[{**item(0), "item": {"name": 0.5}}]),
        handed(items=[{**item(0), "item_kind": "person"}]),
        handed(items=[{**item(0), "fiscal_year": -1}]),
        handed(items=[]),
        handed(office="nowhere"),
        handed().replace(b'"covered": true', b'"covered": false, "covered": true'),
        handed().replace(b'"supplier": ', b'"supplier": "Another", "supplier": ', 1),
        handed().replace(b'"office": ', b'"office": "dept", "office": ', 1),
    ],
)
def test_a_count_in_another_form_is_refused_and_no_item_is_repeated(
    made: Committed, data: bytes
) -> None:
    with pytest.raises(InputError) as caught:
        commit_count(made.app, data.replace(b"n-1", b"n-3"), actor="watcher", where="x")
    assert NAMES[0] not in str(caught.value)


# -- what a stranger is shown that is wrong ----------------------------------------------


def changed(entry: bytes, **changes: object) -> bytes:
    fields = json.loads(entry)
    fields["data"] |= changes
    return json.dumps(fields).encode()


def test_a_count_with_an_item_more_less_or_other_is_refused(made: Committed) -> None:
    items = json.loads(made.entry)["data"]["items"]
    more = {**items[0], "disclosure": "0" * 64}
    for wrong in ([*items, more], items[1:], items[::-1], [*items, items[0]], []):
        with pytest.raises(counted.CountError):
            counted.read_count(changed(made.entry, items=wrong))
    for wrong in (
        {"covered": "false"},
        {"covered": 0},
        {"amount": True},
        {"amount": "1000"},
        {"amount": 0.5},
        {"fiscal_year": [2019]},
        {"item_kind": None},
    ):
        with pytest.raises(counted.CountError, match="a predicate is not of its kind"):
            counted.read_count(
                changed(made.entry, items=[{**items[0], **wrong}, *items[1:]])
            )
    with pytest.raises(counted.CountError):
        counted.read_count(changed(made.entry, count=None))
    for data in (
        b"{}",
        b"[]",
        b"\xff",
        made.entry.replace(b"count.committed", b"count.made"),
    ):
        with pytest.raises(counted.CountError):
            counted.read_count(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("covered", True),
        ("fiscal_year", 2021),
        ("item_kind", "other"),
        ("amount", None),
        ("amount", 3001),
    ],
)
def test_a_predicate_that_is_not_what_was_sealed_shows_when_the_item_opens(
    made: Committed, name: str, value: object
) -> None:
    items = json.loads(made.entry)["data"]["items"]
    items[3][name] = value
    data = counted.read_count(changed(made.entry, items=items))
    with pytest.raises(counted.CountError, match=f"item 4: its {name} is not"):
        counted.open_item(data, made.texts[3])


def test_a_disclosure_serves_for_its_own_item_and_count_alone(made: Committed) -> None:
    items = json.loads(made.entry)["data"]["items"]
    swapped = [items[1], items[0], *items[2:]]
    digests = [bytes.fromhex(one["disclosure"]) for one in swapped]
    root = counted.tree_root(digests).hex()
    moved = counted.read_count(changed(made.entry, items=swapped, root=root))
    with pytest.raises(counted.CountError, match="another item or another count"):
        counted.open_item(moved, made.texts[0])
    other = counted.read_count(changed(made.entry, count="n-9"))
    with pytest.raises(counted.CountError, match="another item or another count"):
        counted.open_item(other, made.texts[0])
    with pytest.raises(counted.CountError, match="shown twice"):
        counted.check(made.entry, [made.texts[0], made.texts[0]])
    with pytest.raises(counted.CountError, match="none of the items"):
        counted.check(made.entry, [b"eleven and one"])


def test_a_disclosure_or_an_entry_with_a_key_twice_is_refused(made: Committed) -> None:
    """Of a key that stands twice one reader could take the first value, another the last."""
    text = base64.urlsafe_b64decode(made.texts[3] + b"==")
    twice = text.replace(b'"supplier":', b'"supplier":"Another","supplier":')
    assert twice != text
    disclosure = base64.urlsafe_b64encode(twice).rstrip(b"=")
    items = json.loads(made.entry)["data"]["items"]
    items[3]["disclosure"] = hashlib.sha256(disclosure).hexdigest()
    root = counted.tree_root([bytes.fromhex(one["disclosure"]) for one in items]).hex()
    data = counted.read_count(changed(made.entry, items=items, root=root))
    with pytest.raises(counted.CountError, match="item 4: not a disclosure"):
        counted.open_item(data, disclosure)
    entry = made.entry.replace(b'"covered":', b'"covered":true,"covered":', 1)
    with pytest.raises(counted.CountError, match="a key stands twice"):
        counted.read_count(entry)


def test_a_stranger_runs_the_one_file(
    made: Committed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry, text = tmp_path / "entry.json", tmp_path / "item.txt"
    entry.write_bytes(made.entry)
    text.write_bytes(made.texts[2])
    assert counted.main([str(entry), str(text)]) == 0
    assert NAMES[2] in capsys.readouterr().out
    text.write_bytes(b"wrong")
    assert counted.main([str(entry), str(text)]) == 5
    assert counted.main([]) == 2
    assert counted.main([str(tmp_path / "none")]) == 2


# -- matches -----------------------------------------------------------------------------


def deal(name: str, **changes: Any) -> rep.ContractReported:  # noqa: ANN401  # any field
    made = rep.ContractReported(
        file="0" * 64,
        item=name,
        confidence="B",
        sources=(),
        office="harbor",
        supplier="maker",
        datasets=None,
        amount=None,
        amount_about=False,
        awarded="2019-08-05",
        ended=None,
    )
    return msgspec.structs.replace(made, **changes)


ONE = Counted(
    disclosure="1" * 64, fiscal_year=2019, item_kind="contract", covered=False, amount=1000
)
TOLD = {"supplier": "maker", "office": "harbor", "awarded": "2019-08"}


@pytest.mark.parametrize(
    ("item", "told", "changes", "fit"),
    [
        pytest.param(ONE, None, {}, "possible", id="the year alone"),
        pytest.param(ONE, TOLD, {}, "probable", id="opened, and the same"),
        pytest.param(ONE, {**TOLD, "supplier": "rival"}, {}, None, id="another supplier"),
        pytest.param(ONE, {**TOLD, "awarded": "2019-07"}, {}, None, id="another month"),
        pytest.param(ONE, {"supplier": "maker"}, {}, "possible", id="one thing alone"),
        pytest.param(
            ONE, TOLD, {"supplier": None, "awarded": None}, "possible", id="unknown"
        ),
        pytest.param(ONE, None, {"awarded": "2019-10-01"}, None, id="the next fiscal year"),
        pytest.param(ONE, None, {"awarded": "2018-10-01"}, "possible", id="its first day"),
        pytest.param(ONE, None, {"awarded": "2019"}, "possible", id="a year that overlaps"),
        pytest.param(ONE, None, {"amount": "1001"}, None, id="another amount"),
        pytest.param(ONE, None, {"amount": "1000.00"}, "possible", id="the same amount"),
        pytest.param(
            ONE,
            None,
            {"amount": "1050", "amount_about": True},
            "possible",
            id="about the same",
        ),
        pytest.param(
            msgspec.structs.replace(ONE, item_kind="database"),
            None,
            {},
            None,
            id="no contract",
        ),
    ],
)
def test_a_match_is_proposed_with_reasons_or_not_at_all(
    item: Counted,
    told: dict[str, str | int | None] | None,
    changes: dict[str, Any],
    fit: str,
) -> None:
    opened = {} if told is None else {1: told}
    found = proposals((item,), opened, on_record([deal("deal", **changes)]))
    assert [one.fit for one in found] == ([fit] if fit else [])
    assert all(one.reasons for one in found)


def test_a_day_in_words_of_its_own_is_no_agreement() -> None:
    """Nothing speaks against it; nothing speaks for it either."""
    told: dict[str, str | int | None] = {
        "supplier": "maker",
        "awarded": "in the autumn, or so",
    }
    (found,) = proposals((ONE,), {1: told}, on_record([deal("deal")]))
    assert found.fit == "possible"
    assert "Its awarded is said in words of its own: in the autumn, or so." in found.reasons
    assert "Both say awarded 2019-08-05." not in found.reasons


BOUGHT = {"vendor": "MAKER, L.L.C.", "signed": "2019-08-05", "total": "1000"}


def bought(number: str = "70CTD019F00000001", **changes: str) -> Award:
    kept = Kept(
        kind="award",
        key=f"{number}|7012||award",
        body={**BOUGHT, **changes},
        as_of="2024-07-15",
        file="",
        member="",
        row=1,
    )
    return Award(number=number, agency="7012", parent="", rows=(kept,))


@pytest.mark.parametrize(
    ("told", "changes", "fit"),
    [
        pytest.param(None, {}, "possible", id="the very amount"),
        pytest.param(None, {"total": "999"}, None, id="the year alone is too little"),
        pytest.param(
            None, {"total": "999", "potential": "1000"}, "possible", id="another sum"
        ),
        pytest.param(None, {"total": "1.0E+03"}, None, id="an amount that lost digits"),
        pytest.param(None, {"signed": "2019-10-01"}, None, id="the next fiscal year"),
        pytest.param({"supplier": "Maker LLC"}, {}, "probable", id="name and amount"),
        pytest.param({"supplier": "Maker"}, {"total": ""}, "possible", id="the name alone"),
        pytest.param({"supplier": "Maker Two"}, {}, None, id="another name"),
        pytest.param(
            {"award": "70ctd0-19-f-00000001"},
            {},
            "probable",
            id="its number, and the amount",
        ),
        pytest.param({"award": "70CTD019F00000002"}, {}, None, id="another number"),
        pytest.param(
            {"supplier": "Maker", "awarded": "2019-08"},
            {"total": ""},
            "probable",
            id="name and month",
        ),
        pytest.param(
            {"office": "harbor"}, {}, "possible", id="an office that no file names"
        ),
    ],
)
def test_an_imported_award_is_proposed_where_more_than_a_year_is_the_same(
    told: dict[str, str | int | None] | None, changes: dict[str, str], fit: str | None
) -> None:
    opened = {} if told is None else {1: told}
    awards = imported([bought(**changes)], (ONE,), opened)
    found = proposals((ONE,), opened, awards)
    assert [(one.fit, one.source) for one in found] == ([(fit, "imported")] if fit else [])


def test_an_award_of_a_downloaded_file_is_proposed(
    made: Committed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = award("70CTD019F00000001", vendor="X, INC.", federal_action_obligation="")
    row |= {"action_date": "2019-03-01", "current_total_value_of_award": "2000.00"}
    path = tmp_path / "download.csv"
    path.write_bytes(download(row, award("70CTD019F00000002")))
    import_file(made.app, path, actor="watcher", told=lambda _rows, _share: None)
    found = [one for one in match_count(made.app, "n-1") if one.source == "imported"]
    assert [(one.contract, one.number, one.fit) for one in found] == [
        ("70CTD019F00000001", 3, "possible")
    ]
    assert main(["counts", "match", str(made.app.settings.folder), "n-1"]) == 0
    assert "imported" in capsys.readouterr().out


def test_a_match_is_never_recorded(made: Committed) -> None:
    made.app.report(
        [deal("deal", supplier=NAMES[2], awarded="2019-08")], actor="beforehand"
    )
    size = made.app.ledger.size
    before = match_count(made.app, "n-1")
    assert {one.fit for one in before} == {"possible"}
    open_count(made.app, "n-1", 3, actor="watcher")
    # Item 3 is of fiscal year 2019, as the reported contract is.
    (probable,) = [one for one in match_count(made.app, "n-1") if one.fit == "probable"]
    assert (probable.number, probable.contract) == (3, "deal")
    assert made.app.ledger.size == size + 1


def test_a_fiscal_year_begins_in_october() -> None:
    year = fiscal_year(2019)
    assert (str(year.first), str(year.last)) == ("2018-10-01", "2019-09-30")


# -- grammar, safeguards, terminal -------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"office": "none"}, "office"),
        ({"items": ()}, "items"),
        ({"items": (*t.ITEMS, t.ITEMS[0])}, "items"),
        ({"items": (t.ITEMS[0],) * (MOST_ITEMS + 1)}, "items"),
        ({"items": t.ITEMS[::-1]}, "root"),
        ({"root": "0" * 64}, "root"),
    ],
)
def test_a_count_that_is_none_is_refused(changes: dict[str, Any], where: str) -> None:
    fact = msgspec.structs.replace(t.COMMITTED, **changes)
    with pytest.raises(GrammarError) as caught:
        grammar.check(record(()), t.act("watcher", fact))
    assert caught.value.where == where


def test_a_count_is_made_once() -> None:
    with pytest.raises(GrammarError):
        grammar.check(record((), t.COMMITMENT), t.act("watcher", t.COMMITTED))
    with pytest.raises(GrammarError):
        grammar.check(record(()), t.act("watcher", t.OPENED))


@pytest.mark.parametrize("case", t.MORE_REFUSED)
def test_what_is_refused_is_refused_by_the_safeguard_that_it_is_named_for(
    case: str,
) -> None:
    safeguard, view, what = t.MORE_REFUSED[case]
    assert unmet(view, what) == {safeguard}


def test_totals_tell_of_how_many_items_the_amounts_are() -> None:
    found = totals(t.ITEMS)
    assert (found.items, found.uncovered, found.amount, found.told) == (2, 1, 1000, 1)
    assert (found.by_year, found.by_kind) == (
        {"2019": 1, "2020": 1},
        {"contract": 1, "database": 1},
    )


def test_the_commands_commit_show_open_and_match(
    made: Committed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register, path, paper = (
        str(made.app.settings.folder),
        tmp_path / "count.json",
        tmp_path / "report.txt",
    )
    path.write_bytes(handed(count="n-5"))
    paper.write_bytes(REPORT)
    words = ["counts", "commit", register, str(path), "--as", "watcher"]
    assert main([*words, "--document", str(paper)]) == 0
    assert "11 items" in capsys.readouterr().out
    assert main(["counts", "show", register, "n-5"]) == 0
    assert "10 without coverage; 36,000 US dollars, told of 9." in capsys.readouterr().out
    assert main(["counts", "show", register, "n-5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["by_year"] == {
        "2019": 6,
        "2020": 5,
    }
    assert main(["counts", "open", register, "n-5", "2", "--as", "watcher", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["item"] == item(1)["item"]
    assert main(["counts", "open", register, "n-5", "12", "--as", "watcher"]) == 3
    assert main(["counts", "match", register, "n-5"]) == 0
    assert main(["counts", "verifier"]) == 0
    assert "Check a sealed count" in capsys.readouterr().out


def test_a_count_in_another_form_is_told_where_and_in_no_word_of_an_item(
    made: Committed,
) -> None:
    data = handed(count="n-3", items=[item(0), {**item(1), "amount": 0.5}])
    with pytest.raises(InputError) as caught:
        commit_count(made.app, data, actor="watcher", where="x")
    assert caught.value.where == "x: items[1].amount"
    data = handed(count="n-3", items=[{**item(0), "item": {NAMES[0]: [NAMES[1]]}}])
    with pytest.raises(InputError) as caught:
        commit_count(made.app, data, actor="watcher", where="x")
    assert caught.value.where == "x: items[0].item"
