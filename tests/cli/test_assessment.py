"""`assessment` at the terminal, and the door through which every draft and analysis passes."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from beforehand.app.registers import App
from beforehand.app.sandbox import Sandbox, today
from beforehand.cli import main
from beforehand.documents.answers import canonical, read_answers
from beforehand.documents.template import named, shipped
from tests.documents.filled import SHIPPED, filled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox after its acts and before its data."""
    folder = tmp_path_factory.mktemp("governed") / "sandbox"
    sandbox = Sandbox(folder, today=today(), devices=20)
    with sandbox.app:
        sandbox.govern()
    return folder


@pytest.fixture
def register(governed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(governed, tmp_path / "sandbox")


class Terminal:
    """Runs commands and returns what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.capsys, self.folder = capsys, folder

    def __call__(self, *words: object, status: int = 0) -> str:
        self.capsys.readouterr()
        assert main(["assessment", *map(str, words)]) == status, words
        printed = self.capsys.readouterr()
        return printed.err if status else printed.out

    def json(self, *words: object, status: int = 0) -> Any:  # noqa: ANN401  # JSON of any command
        self.capsys.readouterr()
        assert main(["assessment", *map(str, words), "--json"]) == status, words
        return json.loads(self.capsys.readouterr().out)

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def submit(self, register: Path, document: bytes, act: dict[str, object]) -> int:
        kept = self.file("document", document)
        digest = sha256(document).hexdigest()
        path = self.file("act.json", json.dumps({**act, "document": digest}))
        return main(["submit", str(register), str(path), "--document", str(kept)])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    return Terminal(capsys, tmp_path)


def size(register: Path) -> int:
    with App.open(register) as app:
        return app.ledger.size


def draft_act(register: Path, **instead: object) -> dict[str, object]:
    """Return the act that made the draft as it stands, with other fields."""
    with App.open(register) as app:
        fields = msgspec.to_builtins(app.view().assessments["pia-1"].draft)
    return {"act": "draft-assessment", "actor": "p-fir", **fields, **instead}


def edited(register: Path, old: str, new: str) -> bytes:
    with App.open(register) as app:
        data = app.document(app.view().assessments["pia-1"].draft.document)
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


# -- template and check ------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_an_empty_form_is_printed_and_every_question_in_it_is_a_fault(
    run: Terminal, name: str
) -> None:
    form = run.file("form.yaml", run("template", name))
    found = run.json("check", form, status=2)
    numbers = [one["number"] for one in found["faults"]]
    assert found["template"] == name
    assert list(dict.fromkeys(numbers)) == ["title", *shipped()[name].questions]
    assert "gdpr-35@1" in run("template", "none", status=2)


def test_a_check_names_each_fault_by_number_and_line(run: Terminal) -> None:
    file = run.file("a.yaml", filled(named("dhs-pia"), without="1.1", **{"8_2": "n/a"}))
    said = run("check", file, status=2)
    assert "got 2 faults" in said
    assert f"{file}:5, 1.1: expected an answer" not in said
    assert ", 1.1: expected an answer, got none. Answer: Which legal" in said
    assert ", 8.2: expected a sentence" in said


def test_a_check_writes_the_canonical_form_to_a_new_file_only(
    run: Terminal, tmp_path: Path
) -> None:
    file, out = run.file("a.yaml", SHIPPED["pia"]), tmp_path / "out.yaml"
    found = run.json("check", file, "--out", out)
    assert out.read_bytes() == canonical(read_answers(SHIPPED["pia"], "pia"))
    assert found["document"] == sha256(out.read_bytes()).hexdigest()
    assert found["document"] in run("check", out)
    assert "a new file" in run("check", file, "--out", out, status=2)


def test_a_check_of_a_threshold_analysis_says_what_follows(run: Terminal) -> None:
    file = run.file("a.yaml", SHIPPED["pta"])
    assert run.json("check", file)["screening"] == {
        "identifiable": True,
        "needs_pia": True,
        "needs_sorn": False,
        "because": ["1.2", "2.1", "2.2", "2.3", "3.1"],
    }
    assert "An impact assessment is needed: yes" in run("check", file)


# -- filing ------------------------------------------------------------------------------


def test_a_faulty_draft_is_refused_by_number_and_nothing_is_written(
    run: Terminal, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = size(register)
    bare = edited(register, "Nothing is shared outside", "Nothing").decode()
    bare = bare[: bare.index("  6.1:")] + bare[bare.index("  6.2:") :]
    assert run.submit(register, bare.encode(), draft_act(register)) == 2
    assert ", 6.1: expected an answer, got none" in capsys.readouterr().err
    assert run.submit(register, SHIPPED["pia"], draft_act(register)) == 2
    assert "canonical form" in capsys.readouterr().err
    threshold = canonical(read_answers(SHIPPED["pta"], "pta"))
    assert run.submit(register, threshold, draft_act(register)) == 2
    assert "of the kind `assessment`" in capsys.readouterr().err
    assert size(register) == before


def test_a_dry_run_says_the_same(
    run: Terminal, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = run.file("document", SHIPPED["pia"])
    digest = sha256(SHIPPED["pia"]).hexdigest()
    act = run.file("act.json", json.dumps(draft_act(register, document=digest)))
    words = ["submit", str(register), str(act), "--document", str(kept), "--dry-run"]
    assert main(words) == 2
    assert "canonical form" in capsys.readouterr().err


def test_prose_is_still_a_document(run: Terminal, register: Path) -> None:
    assert run.submit(register, b"Prose, not a template.", draft_act(register)) == 0
    found = run.json("show", register, "pia-1")
    assert (found["template"], found["text"][0]["number"]) == (None, "text")
    said = run("duplicate", register, "pia-1", "--out", "nowhere.yaml", status=2)
    assert "answers a template" in said


def threshold_act(**instead: object) -> dict[str, object]:
    fixed = {"act": "file-threshold-analysis", "actor": "p-fir", "threshold": "pta-2"}
    more = {"office": "harbor", "datasets": ["made-up-mobility"], "needs_assessment": True}
    return {**fixed, **more, **instead}


def without_yes(pta: str) -> bytes:
    return canonical(read_answers(pta.replace("choice: yes", "choice: no").encode(), "pta"))


def test_what_a_threshold_analysis_claims_must_follow_from_its_answers(
    run: Terminal, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = size(register)
    data = canonical(read_answers(SHIPPED["pta"], "pta"))
    false = threshold_act(needs_assessment=False)
    assert run.submit(register, data, false) == 2
    said = capsys.readouterr().err
    assert "needs_assessment: expected true" in said
    assert "1.2, 2.1, 2.2, 2.3, 3.1" in said
    assert size(register) == before
    assert run.submit(register, data, threshold_act()) == 0


def test_advertising_id_location_cannot_be_answered_away(
    run: Terminal, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = without_yes(SHIPPED["pta"].decode())
    for needed in (True, False):
        assert run.submit(register, data, threshold_act(needs_assessment=needed)) == 2
        said = capsys.readouterr().err
        assert ", 2.2: expected a choice out of yes, unknown" in said
        assert "identifiable by default" in said


def test_nor_by_a_product_that_carries_it(
    run: Terminal, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product = {"act": "name-dataset", "actor": "p-fir", "dataset": "product"}
    more = {
        "supplier": "made-up-telemetry",
        "contains": [],
        "carries": ["made-up-mobility"],
    }
    path = run.file("act.json", json.dumps({**product, **more}))
    assert main(["submit", str(register), str(path)]) == 0
    data = without_yes(SHIPPED["pta"].decode())
    act = threshold_act(datasets=["product"], needs_assessment=False)
    assert run.submit(register, data, act) == 2
    assert ", 2.2: " in capsys.readouterr().err


def test_where_nothing_follows_no_assessment_is_needed(
    run: Terminal, register: Path
) -> None:
    act = threshold_act(datasets=[], needs_assessment=False)
    assert run.submit(register, without_yes(SHIPPED["pta"].decode()), act) == 0


# -- show --------------------------------------------------------------------------------


def test_show_has_text_terms_state_digest_and_who_signed_what(
    run: Terminal, register: Path
) -> None:
    found = run.json("show", register, "pia-1")
    assert [one["number"] for one in found["text"]][:34] == list(named("dhs-pia").questions)
    assert found["status"] == "In force"
    assert found["terms"]["retention_days"] == 365
    assert found["screening"]["needs_pia"]
    signed = [(one["did"], one["by"], one["this_text"]) for one in found["signed"]]
    assert signed == [
        ("drafted", "p-fir", True),
        ("submitted", "p-elm", True),
        ("endorsed", "p-elm", True),
        ("opinion of privacy office: agrees, recorded", "p-cedar", True),
        ("opinion of counsel: agrees, recorded", "p-juniper", True),
        ("opinion of civil liberties: dissents, recorded", "p-rowan", True),
        ("opinion of affected groups: not sought, recorded", "p-elm", True),
        ("reviewed", "p-cedar", True),
        ("approved", "p-birch", True),
        ("published", "p-birch", True),
        ("mitigation done", "p-fir", False),
    ]
    assert found["stage"] == "published"
    assert found["opinions"]["civil_liberties"] == "dissents"
    assert [(one["thread"], one["resolved"]) for one in found["remarks"]] == [("t-1", True)]
    promised = {one["mitigation"]: one["done"] for one in found["mitigations"]}
    assert promised == {"check-places": True, "write-policy": False}
    assert {one["risk"] for one in found["risks"]} >= {"homes-found"}
    words = run("show", register, "pia-1")
    for one in (found["digest"], "1.1  Which legal authorities", "approved by p-birch"):
        assert one in words
    assert "pia-1" in run("show", register, "pia-9", status=2)


def test_a_signature_stays_with_the_text_it_was_given_to(
    run: Terminal, register: Path
) -> None:
    signed = run.json("show", register, "pia-1")
    new = edited(register, "for 365 days", "for 300 days")
    assert run.submit(register, new, draft_act(register)) == 0
    found = run.json("show", register, "pia-1")
    assert (found["status"], found["expires"]) == ("Draft", None)
    assert [one["did"] for one in found["signed"] if one["this_text"]] == ["drafted"]
    old = edited(register, "for 300 days", "for 365 days")
    assert run.submit(register, old, draft_act(register)) == 0
    again = run.json("show", register, "pia-1")
    assert (again["digest"], again["status"]) == (signed["digest"], "In force")


# -- diff --------------------------------------------------------------------------------


def test_diff_is_what_an_approval_of_the_draft_would_bind(
    run: Terminal, register: Path
) -> None:
    approved = run.json("show", register, "pia-1")["digest"]
    assert "the same text and terms" in run("diff", register, "pia-1")
    act = draft_act(register)
    terms = {**dict(act["terms"]), "retention_days": 300}  # type: ignore[call-overload]  # JSON
    new = edited(register, "for 365 days", "for 300 days")
    assert run.submit(register, new, {**act, "terms": terms}) == 0
    found = run.json("diff", register, "pia-1")
    draft = run.json("show", register, "pia-1")["digest"]
    assert (found["from"], found["to"], found["file"]) == (approved, draft, None)
    (text,), (term,) = found["changes"]["text"], found["changes"]["terms"]
    assert (text["part"], text["how"], len(text["gone"])) == ("5.1", "changed", 1)
    assert term == {"term": "retention_days", "before": 365, "after": 300}
    words = run("diff", register, "pia-1")
    assert "5.1  changed" in words
    assert "terms: retention_days\n  - 365\n  + 300" in words
    back = run.json("diff", register, "pia-1", "--from", draft, "--to", approved[:8])
    assert back["changes"]["terms"][0]["after"] == 365


def test_diff_takes_a_file_in_place_of_the_text(run: Terminal, register: Path) -> None:
    new = SHIPPED["pia"].decode().replace("for 365 days", "for 30 days")
    file = run.file("new.yaml", new)
    found = run.json("diff", register, "pia-1", "--file", file)
    assert found["file"] == run.json("check", file)["document"]
    assert [one["part"] for one in found["changes"]["text"]] == ["5.1"]
    assert run(
        "diff", register, "pia-1", "--file", run.file("same", SHIPPED["pia"])
    ).endswith("They bind the same text and terms.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ["--from", "0" * 64], "--from: expected the digest of one", id="other"
        ),
        pytest.param(["--to", "0"], "--to: expected the digest of one", id="too short"),
        pytest.param(["--to", "0" * 64, "--file", "f"], "no --to beside it", id="both"),
        pytest.param(["--file", "nowhere"], "a file that can be read", id="no file"),
    ],
)
def test_a_diff_of_what_is_not_there_is_refused(
    run: Terminal, register: Path, words: list[str], says: str
) -> None:
    assert says in run("diff", register, "pia-1", *words, status=2)
    assert "pia-1" in run("diff", register, "pia-9", status=2)


def test_before_any_approval_all_is_new(run: Terminal, register: Path) -> None:
    data = canonical(read_answers(SHIPPED["pia"], "pia"))
    assert run.submit(register, data, draft_act(register, assessment="pia-2")) == 0
    found = run.json("diff", register, "pia-2")
    assert found["from"] is None
    assert {one["how"] for one in found["changes"]["text"]} == {"added"}
    assert "since nothing was approved yet" in run("diff", register, "pia-2")


# -- duplicate ---------------------------------------------------------------------------


def test_a_duplicate_has_the_answers_and_no_official_date_or_signature(
    run: Terminal, register: Path, tmp_path: Path
) -> None:
    signed = SHIPPED["pia"] + b"  date: 2026-11-25\n  signature: B. Birch\n"
    data = canonical(read_answers(signed, "pia"))
    assert run.submit(register, data, draft_act(register)) == 0
    out = tmp_path / "copy.yaml"
    run("duplicate", register, "pia-1", "--out", out)
    copy = read_answers(out.read_bytes(), "copy")
    assert copy.closing == {}
    assert not any(name in out.read_text() for name in ("Birch", "Fay Fir", "2026-11-25"))
    assert {key: one.text for key, one in copy.given.items()} == {
        key: one.text for key, one in read_answers(data, "data").given.items()
    }
    assert "is answered" in run("check", out)


def test_a_duplicate_is_never_written_over_a_file(run: Terminal, register: Path) -> None:
    out = run.file("mine.yaml", "mine")
    assert "a new file" in run("duplicate", register, "pia-1", "--out", out, status=2)
    assert out.read_text() == "mine"
