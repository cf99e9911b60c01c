"""Facts as entries and back, for every kind, and the entries of every kind that are kept."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.entry import (
    DecisionDigests,
    Envelope,
    canonical,
    decode,
    decode_trusted,
    encode,
)
from beforehand.ledger.errors import MalformedEntryError
from beforehand.record import encoding
from beforehand.record.fold import Record, fold
from beforehand.record.kinds import ACTS, DecidedFact
from beforehand.record.recorded import AnyFact, Recorded
from beforehand.record.reported import ReportedFact
from beforehand.record.shapes import Opened
from beforehand.record.terms import Area
from tests.record.generated import DIGESTS, IDS, MOMENTS, TEXTS, facts, is_named

KINDS = [
    pytest.param(kind, id=f"{name} {kv}") for (name, kv), kind in encoding.KINDS.items()
]
STORED = Path(__file__).parent / "stored.jsonl"
# Lines of stored.jsonl are only ever added, never changed and never removed: they stand for
# what registers out there hold. Who adds a kind or a `kv` adds a line, and then a pair here.
FIRST_LINES = {
    59: "1be2e6c9a466226f9de53c7ac2b7f6b9789a94bba245541fb6fe9850f18fe46c",
    70: "8dcb055b0728d486a4d2e4b6066561aa62899919a506ab04eed5167e2a8be9fb",
    118: "816e3b56a0f6d4e01290c9c5711821aeef13ce47f2177b9f34ce55858da55a15",
    148: "f5e1239c1a0940e22a680e6a8acef7a33435e24a6638143c6788a9e6a559025e",
    155: "05be7f08dd8c8b7d553e0376a5adf92fc286f9df785df6119a37de16a066dec6",
    158: "d3490cdaa70e35b3f98c8fc8a03ca4900d1e11537e65ca7e219f4b7baf6dbe80",
    160: "d1fec2fc8bee21646e02fb0a74bcc8fc3f6d5ec686f9699c386249eb257ef6f3",
}

decisions = st.none() | st.builds(
    DecisionDigests,
    policies=DIGESTS,
    question=DIGESTS,
    unmet=st.lists(IDS, max_size=3).map(tuple),
)
commitments = st.binary(min_size=32, max_size=32).map(
    lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")
)


def lines() -> list[bytes]:
    return STORED.read_bytes().splitlines()


def read(unseal: Callable[[Envelope], Opened] = encoding.sealed_away) -> list[Recorded]:
    return [
        encoding.recorded(index, line, unseal=unseal) for index, line in enumerate(lines())
    ]


def entry_with(data: object, *, kind: str = "use.approved", kv: int = 1) -> bytes:
    """Return an entry that the ledger accepts and whose data may be anything."""
    envelope = Envelope(
        actor="ana",
        at="2026-11-20T10:00:00.000000Z",
        data=msgspec.Raw(canonical(data)),
        decision=None,
        id="e-1",
        kind=kind,
        kv=kv,
        refs=(),
        seal={},
        subject="r-1",
    )
    return encode(envelope)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_fact_comes_back_from_its_entry(kind: type[AnyFact], data: st.DataObject) -> None:
    fact = data.draw(facts(kind))
    actor, at, entry_id = data.draw(IDS), data.draw(MOMENTS), data.draw(IDS)
    decision = data.draw(decisions)
    parts = kind.sealed if issubclass(kind, DecidedFact) else ()
    seal = {part: data.draw(commitments) for part in parts}
    opened = {part: data.draw(TEXTS) for part in parts}

    entry = encode(
        encoding.envelope(
            fact, actor=actor, at=at, entry_id=entry_id, decision=decision, seal=seal
        )
    )

    read_back = encoding.recorded(7, entry, unseal=lambda _: opened)
    assert isinstance(read_back, Recorded)
    assert (read_back.index, read_back.at, read_back.actor) == (7, at, actor)
    assert (read_back.id, read_back.fact) == (entry_id, fact)
    assert read_back.opened == (opened if kind in encoding.OPENED_BY_FOLD else {})
    assert read_back.unmet == (decision.unmet if decision else ())
    assert decode(entry).seal == seal
    assert decode(entry).subject == fact.subject


def test_no_two_kinds_share_a_name_and_a_version() -> None:
    every = [*DecidedFact.__args__, *ReportedFact.__args__]
    assert len({(one.kind, one.kv) for one in every}) == len(every) == len(encoding.KINDS)
    assert set(encoding.KINDS.values()) == set(every)


def test_no_two_decided_kinds_share_a_verb() -> None:
    every = {one.act: one.kind for one in DecidedFact.__args__}
    assert len(set(every.values())) == len(every)
    assert len(every) == len({one.kind for one in DecidedFact.__args__})
    assert set(ACTS) == set(every) - {"refuse"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_noun_and_a_participle(kind: type[AnyFact]) -> None:
    assert is_named(kind.kind)
    assert kind.kv >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_of_a_kind_is_one_of_its_fields(kind: type[AnyFact]) -> None:
    about = kind.about if issubclass(kind, DecidedFact) else "item"
    assert about in kind.__struct_fields__


@pytest.mark.parametrize(
    ("kind", "kv"),
    [
        pytest.param("use.praised", 1, id="unknown kind"),
        pytest.param("use-approved", 1, id="another spelling"),
        pytest.param("use.approved", 2, id="a version of the future"),
    ],
)
def test_an_entry_of_no_known_kind_is_named_by_its_index(kind: str, kv: int) -> None:
    entry = entry_with({"request": "r-1"}, kind=kind, kv=kv)
    with pytest.raises(
        MalformedEntryError, match=rf"entry 12: no kind {kind} with kv {kv}"
    ):
        encoding.recorded(12, entry, unseal=encoding.sealed_away)


@pytest.mark.parametrize("line", range(len(lines())))
def test_a_field_too_many_or_too_few_is_named_by_the_index_of_its_entry(line: int) -> None:
    envelope = decode(lines()[line])
    public: dict[str, object] = msgspec.json.decode(envelope.data)
    kind = encoding.KINDS[envelope.kind, envelope.kv]
    # What a later version added may be left out of an act; an entry writes it all the same.
    needed = [one.name for one in msgspec.structs.fields(kind) if one.required]
    wrong = [{**public, "more": 1}]
    wrong += [
        {other: value for other, value in public.items() if other != name}
        for name in needed
    ]
    wrong += [{**public, name: {"of": "another type"}} for name in public]
    for data in wrong:
        entry = entry_with(data, kind=envelope.kind, kv=envelope.kv)
        with pytest.raises(MalformedEntryError, match=f"entry 12: not a {envelope.kind}: "):
            encoding.recorded(12, entry, unseal=encoding.sealed_away)


@pytest.mark.parametrize("line", range(len(lines())))
def test_a_field_that_an_act_may_leave_out_is_in_every_entry(line: int) -> None:
    """Else one fact had two encodings: with the field, and without it."""
    envelope = decode(lines()[line])
    public: dict[str, object] = msgspec.json.decode(envelope.data)
    kind = encoding.KINDS[envelope.kind, envelope.kv]
    missing = f"entry 12: a field of {envelope.kind} is missing"
    for one in msgspec.structs.fields(kind):
        if not one.required:
            data = {name: value for name, value in public.items() if name != one.name}
            entry = entry_with(data, kind=envelope.kind, kv=envelope.kv)
            with pytest.raises(MalformedEntryError, match=missing):
                encoding.recorded(12, entry, unseal=encoding.sealed_away)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(
            lines()[2].replace(b'"parent":"dept"', b'"parent":"\xff"'), id="data is no text"
        ),
        pytest.param(lines()[2].replace(b'"v":1', b'"v":2'), id="a format of the future"),
    ],
)
def test_bytes_that_are_no_entry_are_named_by_their_index(entry: bytes) -> None:
    with pytest.raises(MalformedEntryError, match="entry 12: "):
        encoding.recorded(12, entry, unseal=encoding.sealed_away)


def test_only_what_the_record_needs_can_be_opened_and_only_when_it_is_asked_for() -> None:
    opened: list[str] = []

    def unseal(envelope: Envelope) -> Opened:
        opened.append(envelope.kind)
        return {"form": envelope.id}

    found = read(unseal)
    assert opened == []
    for one in found:
        assert one.opened.get("form") == one.opened.get("form")
    kinds = [
        one.fact.kind for one in found if isinstance(one.fact, encoding.OPENED_BY_FOLD)
    ]
    assert opened == kinds  # each of them once
    assert {one.opened.get("form") for one in found} == {
        None,
        *(one.id for one in found if isinstance(one.fact, encoding.OPENED_BY_FOLD)),
    }


def test_an_entry_with_a_sealed_part_of_an_awkward_name_is_read_all_the_same() -> None:
    (line, *_) = lines()
    commitment = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    odd = line.replace(b'"seal":{}', b'"seal":{"kind":"%s"}' % commitment.encode())
    assert odd != line
    read_odd = encoding.recorded(0, odd, unseal=encoding.sealed_away)
    assert read_odd.fact == encoding.recorded(0, line, unseal=encoding.sealed_away).fact


# -- what is stored out there ------------------------------------------------------------


@pytest.mark.parametrize("count", FIRST_LINES)
def test_no_stored_line_was_ever_changed(count: int) -> None:
    kept = b"".join(line + b"\n" for line in lines()[:count])
    assert hashlib.sha256(kept).hexdigest() == FIRST_LINES[count]


def test_every_kind_has_a_stored_line() -> None:
    assert {(one.kind, one.kv) for one in map(decode, lines())} == set(encoding.KINDS)
    assert max(FIRST_LINES) == len(lines())


@pytest.mark.parametrize("line", lines())
def test_a_stored_line_is_in_the_one_valid_form(line: bytes) -> None:
    assert decode(line) == decode_trusted(line)


@pytest.mark.parametrize("index", range(len(lines())))
def test_a_stored_line_is_read_and_written_again_as_it_was(index: int) -> None:
    line = lines()[index]
    entry = encoding.recorded(index, line, unseal=encoding.sealed_away)
    before = decode(line)
    again = encoding.envelope(
        entry.fact,
        actor=entry.actor,
        at=entry.at,
        entry_id=entry.id,
        decision=before.decision,
        seal=before.seal,
    )
    assert encode(again) == line


def test_stored_lines_fold_as_they_always_did() -> None:
    record = fold(read())

    assert record.size == len(lines())
    assert (record.opened, record.administrator) == ("test", "root")
    adopted = record.rulebook.newest("dept", "2026-11-20T10:02:00.000000Z")
    assert adopted is not None
    assert adopted.policies == hashlib.sha256(b"policies").hexdigest()
    assert record.above("routes") == ("routes", "harbor", "dept")
    assert record.persons["analyst"].roles == {
        "routes": frozenset({"analyst", "supervisor"})
    }
    assert record.persons["analyst"].recertified == "2026-11-20T10:00:30.000000Z"
    assert record.carried(("feed",)) == ("feed", "inner")
    assert not record.datasets["feed"].stopped
    assert record.contracts["c-1"].ends == "2028-11-19"
    assert record.contracts["c-2"].ended == "2026-11-20T10:00:26.000000Z"
    assert record.requests["r-1"].approved_by == "supervisor"
    assert record.requests["r-1"].concurred_by == "lawyer"
    assert list(record.questions) == ["q-3"]
    assert record.spent["feed", "2026-Q4"].rho_micro == 150_000
    assert record.use_logs["routes", "feed"].reviewed == "2026-11-20T10:01:53.000000Z"
    assert record.counted["act.refused", "harbor", "stop.none", "2026-11"] == 1
    assert record.counted["sealed.opened", "routes", "review", "2026-11"] == 1
    assert {name: (one.added, one.retired) for name, one in record.log_keys.items()} == {
        "00000000": (None, "2026-11-20T10:01:00.000000Z"),
        "d85f6874": ("2026-11-20T10:00:59.000000Z", None),
    }
    assert record.readers["inspector_general"].by == "watcher"
    assert record.holds["hold-1"].lifted == "2026-11-20T10:01:08.000000Z"
    assert record.schedule is not None
    assert record.schedule.days == 2555
    assert record.deletions["d-1"].decided.keeping == ("r-1",)
    assert record.deletions["d-1"].proved == "2026-11-20T10:01:07.000000Z"
    assert record.reported.contracts["contract-1"].ended == "2021~"
    assert record.reported.statements["statement-1"].claim.last == "2020-02"


def test_stored_lines_of_later_kinds_fold_as_they_always_did() -> None:
    """The lines after the seventieth."""
    record = fold(read())
    people, buying, using = record.people, record.buying, record.using

    (own,) = record.rulebook.adopted["harbor"]
    assert (own.since, own.ended) == (
        "2026-12-01T00:00:00.000000Z",
        "2026-11-20T10:01:13.000000Z",
    )
    assert record.rulebook.proposals == {}
    assert {name: (one.of, one.ended) for name, one in people.authorities.items()} == {
        "deputy-1": ("manager", "2026-11-20T10:01:23.000000Z"),
        "acting-1": (None, "2026-11-20T10:01:24.000000Z"),
    }
    assert people.sites["main-hall"].north_e4 == 1_289_000
    assert people.sessions["session-1"].closed == "2026-11-20T10:01:18.000000Z"
    assert people.locks == {}
    assert record.thresholds["pta-2"].filers == {"deputy", "manager"}
    assert record.thresholds["pta-2"].filed.retention_days == 365  # type: ignore[attr-defined]
    assert record.thresholds["pta"].revoked == "2026-11-20T10:01:39.000000Z"
    third = record.assessments["pia-3"]
    assert third.digest == (
        "688d4587a6d74625a1cff4372fe54a6b356bc36353da6c7505e367c658925f9e"
    )
    assert third.drafted_by == {"deputy", "manager"}
    assert third.opinions[third.digest] == {"counsel": "dissents"}
    assert third.due("train", "2027-01-15") == "2027-03-01"
    assert third.stage == "draft"
    assert record.assessments["pia-2"].successor == "pia"
    assert record.assessments["pia-2"].approvals == {}
    remark = record.threads["remark-1"]
    assert (remark.by, remark.answers, remark.resolved) == ("lawyer", 1, None)
    assert buying.solicitations["s-1"].cancelled == "2026-11-20T10:01:41.000000Z"
    assert buying.exceptions["x-1"].ended == "2026-11-20T10:01:43.000000Z"
    assert buying.inquiries["i-1"].unanswered == ("consent-text",)
    assert record.procedures["harbor"].adopted.interim  # type: ignore[attr-defined]
    assert not using.processes["w-1"].pends
    assert using.processes["w-1"].ended == "2026-11-20T10:01:49.000000Z"
    assert record.requests["r-2"].asked.process == "w-1"  # type: ignore[attr-defined]
    assert using.declared == {"analyst": "e-111"}
    assert using.samples["routes", "feed"].drawn.flags[0].pattern == "no_case"
    assert using.incidents["incident-a"].notified == {"inspector_general"}
    assert using.incidents["incident-a"].closed is None


def test_stored_lines_of_statements_and_counts_fold_as_they_always_did() -> None:
    record = fold(read())

    said = record.stating.statements["words-1"]
    assert said.digest in said.confirmed
    assert said.drafters == {"manager"}
    assert said.issued == "2026-11-20T10:02:30.000000Z"
    assert said.verdicts == ("supported", "supported", "overdue")
    assert said.subscribers == {"watcher"}
    assert record.stating.days["routes", "feed"] == {"2026-11-20": 35}
    count = record.counting.counts["count-1"]
    assert [one.amount for one in count.committed.items] == [125_000, None, 0]
    assert list(count.opened) == [2]


def test_stored_lines_of_what_is_answered_for_fold_as_they_always_did() -> None:
    """The thirty lines after the hundred and eighteenth."""
    kept = fold(read()).answering

    assert kept.reports["report-1"].issued.issuer == "oversight"
    assert kept.findings["finding-1"].made.report == "report-1"
    forms = {type(one.made.check).__name__ for one in kept.recommendations.values()}
    assert len(forms) == 8  # each form of a live check, and none
    sixth = kept.recommendations["rec-6"]
    assert (sixth.status, sixth.due) == ("open_resolved", "2027-03-31")
    assert [one.response for one in sixth.answers] == ["non_concur", "concur"]
    assert [one.entry for one in sixth.reopened] == ["e-30", None]
    assert sixth.hands == {"manager"}
    first = kept.commitments["promise-1"]
    assert [one.due for one in first.targets] == ["2026-12-31", "2027-02-28"]
    assert first.state("2027-01-01") == "kept"
    assert kept.commitments["promise-2"].state("2027-01-01") == "superseded"
    query = kept.queries["query-1"]
    assert (query.due, query.state("2027-01-01")) == ("2026-12-17", "withheld")
    assert query.silent is not None
    assert kept.redress["redress-1"].outcome == "granted_in_part"


def test_a_stored_approval_still_binds_its_text() -> None:
    """The digest of a draft is on ledgers: worked out another way, every approval were void."""
    record = fold(read())
    assert record.assessments["pia"].digest == (
        "3c8337e758d35f1d1f23500d80fc424b226f1fd926a716171cc4a527cc1ff424"
    )
    assert record.assessments["pia"].status == "In force"
    assert record.assessments["pia"].disclosed
    assert record.assessments["pia-2"].status == "Withdrawn"


def test_a_stranger_folds_the_stored_lines_without_their_sealed_parts() -> None:
    record = fold(read())
    assert (record.requests["r-1"].area, record.requests["r-1"].has_case) == (None, None)
    assert record.questions["q-3"].form is None


def test_the_keeper_of_the_vault_folds_them_with_their_sealed_parts() -> None:
    area = {"columns": [0, 100], "rows": [16, 100]}
    record: Record = fold(read(lambda _: {"case": "case 1", "area": area}))
    assert record.requests["r-1"].area == Area(columns=(0, 100), rows=(16, 100))
    assert record.requests["r-1"].has_case
