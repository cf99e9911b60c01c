"""Suppliers' one-time answers, samples for review, and exceptions that permit nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.app.asking import ask_question
from beforehand.app.inquiring import ask_supplier
from beforehand.app.sampling import draw_sample
from beforehand.cli import main
from beforehand.record.acts import Act, by_hand
from beforehand.record.buying import ExceptionRecorded
from beforehand.record.facts import (
    AccessRecertified,
    ContractAwarded,
    UseApproved,
    UseConcurred,
    UseReviewed2,
)
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.gate.engines.engine import Engine
    from tests.app.conftest import Built

NOTE = b"A note (invented)."


def inquiry(document: str, **changes: object) -> bytes:
    act: dict[str, object] = {
        "act": "ask-supplier",
        "actor": "p-fir",
        "inquiry": "i-1",
        "supplier": "made-up-telemetry",
        "dataset": "made-up-mobility",
        "questions": ["origin", "consent", "resale"],
        "expires": "2999-01-01",
        "document": document,
    }
    return json.dumps({**act, **changes}).encode()


def answer(document: str, token: str) -> Act:
    act = {
        "act": "answer-as-supplier",
        "actor": "made-up-telemetry",
        "inquiry": "i-1",
        "origin": "sdk",
        "consent": "unanswered",
        "answered": ["origin"],
        "document": document,
        "sealed": {"token": token},
    }
    return by_hand(json.dumps(act).encode(), where="answer")


def test_a_suppliers_secret_opens_one_answer_and_shows_what_is_unanswered(app: App) -> None:
    document = app.keep_document(NOTE)
    sent = ask_supplier(app, inquiry(document), where="act.json")
    for wrong in (sent.token[:-1], "", sent.token + "x"):
        with pytest.raises(Refusal) as refused:
            app.submit(answer(document, wrong))
        assert {one.safeguard for one in refused.value.unmet} == {"supplier.link"}
    app.submit(answer(document, sent.token))
    assert app.view().buying.inquiries["i-1"].unanswered == ("consent", "resale")
    with pytest.raises(Refusal) as again:
        app.submit(answer(document, sent.token))
    assert {one.safeguard for one in again.value.unmet} == {"supplier.link-unused"}


def test_the_secret_is_nowhere_in_the_register_before_it_is_used(app: App) -> None:
    sent = ask_supplier(app, inquiry(app.keep_document(NOTE)), where="act.json")
    folder = app.settings.folder
    assert not any(
        sent.token.encode() in one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file()
    )


def test_another_supplier_cannot_answer(app: App) -> None:
    document = app.keep_document(NOTE)
    sent = ask_supplier(app, inquiry(document), where="act.json")
    other = msgspec.structs.replace(answer(document, sent.token).fact)
    with pytest.raises(Refusal) as refused:
        app.submit(Act(actor="p-fir", fact=other, sealed={"token": sent.token}))
    assert {one.safeguard for one in refused.value.unmet} == {"supplier.link"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            inquiry("0" * 64, link="0" * 64), "it is made here", id="a link given"
        ),
        pytest.param(inquiry("0" * 64, act="award"), "act.json", id="another act"),
        pytest.param(b"[]", "one JSON object", id="no object"),
        pytest.param(
            inquiry("0" * 64)[:-1] + b',"dataset":"another"}',
            "each key once",
            id="a key twice",
        ),
    ],
)
def test_an_inquiry_that_cannot_be_put_says_why(
    app: App, data: bytes, expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        ask_supplier(app, data, where="act.json")


def approve_use(app: App) -> None:
    for actor, fact in (
        ("p-larch", UseApproved(request="r-1")),
        ("p-juniper", UseConcurred(request="r-1")),
        ("p-larch", AccessRecertified(person="p-maple")),
    ):
        app.submit(Act(actor=actor, fact=fact))


def review(sample: str, *questions: str) -> Act:
    judged = [{"question": one, "judged": "in_order"} for one in questions]
    act = {
        "act": "review-use",
        "actor": "p-larch",
        "office": "harbor-routes",
        "dataset": "made-up-mobility",
        "finding": "in_order",
        "sample": sample,
        "judged": judged,
    }
    return by_hand(json.dumps(act).encode(), where="review")


def test_a_question_after_the_draw_stays_unreviewed(
    app: App, built: Built, engine: Engine
) -> None:
    approve_use(app)
    ask_question(app, built.question, actor="p-maple", engine=engine)
    named = {"office": "harbor-routes", "dataset": "made-up-mobility"}
    drawn = draw_sample(app, **named, actor="p-larch")
    assert drawn.asked == 1
    ask_question(app, built.question, actor="p-maple", engine=engine)
    app.submit(review(drawn.sample, *(one.question for one in drawn.questions)))
    log = app.view().use_logs["harbor-routes", "made-up-mobility"]
    assert log.reviewed is not None
    assert log.unreviewed_since is not None
    again = draw_sample(app, **named, actor="p-larch")
    assert again.asked == 1
    assert {one.question for one in again.questions}.isdisjoint(
        one.question for one in drawn.questions
    )
    with pytest.raises(Refusal) as refused:
        app.submit(review(drawn.sample, *(one.question for one in drawn.questions)))
    assert {one.safeguard for one in refused.value.unmet} == {
        "review.sampled",
        "review.every-question",
    }


def test_who_asked_draws_no_sample_of_it(app: App) -> None:
    with pytest.raises(Refusal) as refused:
        draw_sample(
            app, office="harbor-routes", dataset="made-up-mobility", actor="p-maple"
        )
    assert "person.is-supervisor" in {one.safeguard for one in refused.value.unmet}


@pytest.mark.parametrize(
    ("option", "value"), [("--office", "nowhere"), ("--dataset", "nothing")]
)
def test_a_sample_of_what_is_not_on_record_says_so(
    app: App, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"--office": "harbor-routes", "--dataset": "made-up-mobility", option: value}
    folder = app.settings.folder
    app.close()
    words = [word for pair in given.items() for word in pair]
    assert main(["sample", str(folder), "--as", "p-larch", *words]) == 2
    said = capsys.readouterr().err
    assert f"{option}: expected one of" in said
    assert f"got {value!r}" in said


def test_a_sample_is_printed_without_anything_sealed(
    app: App, built: Built, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    approve_use(app)
    ask_question(app, built.question, actor="p-maple", engine=engine)
    folder = app.settings.folder
    app.close()
    words = [
        "--as",
        "p-larch",
        "--office",
        "harbor-routes",
        "--dataset",
        "made-up-mobility",
    ]
    assert main(["sample", str(folder), *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["asked"], len(found["questions"])) == (1, 1)
    assert "INVENTED-0001" not in json.dumps(found)
    assert main(["sample", str(folder), *words]) == 0
    assert "1 of 1 questions since the last review" in capsys.readouterr().out


AWARD = ContractAwarded(
    contract="c-9",
    office="land",
    supplier="made-up-telemetry",
    datasets=("made-up-mobility",),
    purpose="evacuation-planning",
    assessment="pia-1",
    starts="2026-01-01",
    ends="2026-12-31",
    pilot=False,
)


@pytest.mark.parametrize(
    ("on", "safeguard", "is_said"),
    [
        pytest.param("land", "assessment.covers", True, id="where it bears"),
        pytest.param("harbor", "assessment.covers", False, id="on something else"),
        pytest.param("land", "stop.none", False, id="of another safeguard"),
    ],
)
def test_an_exception_is_said_where_it_bears_and_lets_nothing_through(
    app: App, *, on: str, safeguard: str, is_said: bool
) -> None:
    fact = ExceptionRecorded(
        exception="x-1",
        safeguard=safeguard,
        on=on,
        official="p-birch",
        first_day="2026-01-01",
        last_day=app.next_time()[:10],
        document=app.keep_document(NOTE),
    )
    app.submit(Act(actor="p-birch", fact=fact))
    award = Act(actor="p-hazel", fact=AWARD)
    dry = {one.safeguard: one.noted for one in app.check(award)}
    with pytest.raises(Refusal) as refused:
        app.submit(award)
    real = {one.safeguard: one.noted for one in refused.value.unmet}
    assert dry == real
    assert bool(real["assessment.covers"]) == is_said
    assert ("It is not a permit." in str(refused.value)) == is_said
    assert "c-9" not in app.view().contracts


def test_the_review_act_reads_its_judgements() -> None:
    fact = review("s-1", "q-1").fact
    assert isinstance(fact, UseReviewed2)
    assert [(one.question, one.judged) for one in fact.judged] == [("q-1", "in_order")]
