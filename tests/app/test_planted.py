"""Nothing that is sealed is in any file the system writes, or in anything it prints.

One register, with something unmistakable in every sealed field there is; every act and every
door; then every byte of every file is looked at, logs and printed text included.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import zipfile
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from beforehand import cli
from beforehand.app.registers import App
from beforehand.gate.question import identity, parse
from beforehand.ledger.entry import canonical, decode_trusted
from beforehand.ledger.vault import NotHereError
from beforehand.record.kinds import DECIDED_KINDS
from tests.app.conftest import Built
from tests.app.sealed import move_clock
from tests.planted import Scanner, files_under, forms

# What is planted. A question's form is planted by the question itself, and a refused act by
# acts that are refused and hold the others.
NAME = 'Zenobia Quillfeather-Ødegård "ZQ" of nowhere'
CASE = "PLANTED-case-24-cr-1187/§9"
DEVICE = "PLANTED-device-5c1e"
PERSON = "PLANTED-person-whom-it-is-about"
COUNTED = "PLANTED-supplier-that-is-only-counted"
HOME = {"columns": [441_113, 441_119], "rows": [591_127, 591_131]}
AREA = {"columns": [440_017, 450_839], "rows": [590_029, 600_971]}
JUNK = "PLANTED-junk that no act can hold"
AWARDS_STOP = """
@id("stop.none") @says("A stop stands.") @remedy("Wait.") @cites("An order")
forbid (principal, action in [Action::"award"], resource) unless { context.stopped == false };
"""

# Commands that write nothing of a register with sealed parts, or only what others do.
NOT_USED = {
    "audit": "makes a register of reported facts, which seal nothing",
    "demo": "builds the sandbox that this register is a copy of",
    "init": "seals nothing",
    "list": "is `log`",
    "move": "moves the ledger, which the scan reads whole",
    "schema": "knows no register",
    "serve": "serves a folder that the scan reads whole",
    "verifier": "prints a file that ships",
}
Keys: TypeAlias = dict[str, tuple[Path, bytes]]
# Printed to the one person for whom it was decided, and to nobody else.
SHOWN_TO_WHO_OPENED, SHOWN_TO_WHO_ASKED = "unsealed", "asked"
SENT_TO_THE_SUPPLIER = "sent"


@dataclass
class Doors:
    """The register's doors, used from the terminal.

    inputs    what people wrote, with the plants in it; the scan does not look here
    printed   what each door said, by name
    """

    folder: Path
    inputs: Path
    outputs: Path
    capture: pytest.CaptureFixture[bytes]
    printed: dict[str, bytes] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def __call__(self, command: str, *words: str, status: int = 0, into: str = "") -> bytes:
        """Run a command on the register, or on what `words` name; return what it printed."""
        of_register = command not in ("keygen", "verify")
        of = [str(self.folder)] if of_register else []
        found = cli.main([*command.split(), *of, *words])
        out, err = self.capture.readouterr()
        name = into or f"{len(self.printed)} {command}"
        self.printed[name] = self.printed.get(name, b"") + out + err
        self.used.add(command.split(maxsplit=1)[0])
        assert found == status, (command, words, found, out, err)
        return out

    def submit(self, status: int, *more: str, **act: object) -> None:
        self("submit", self.file("act.json", act), *more, status=status)

    def file(self, name: str, data: object) -> str:
        text = data if isinstance(data, bytes) else json.dumps(data).encode()
        (self.inputs / name).write_bytes(text)
        return str(self.inputs / name)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Everything that anything logs, at the finest level there is."""
    handler = logging.FileHandler(tmp_path / "log.txt", encoding="utf-8")
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield tmp_path / "log.txt"
    root.setLevel(before)
    root.removeHandler(handler)
    handler.close()


@pytest.fixture
def doors(
    app: App, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], log_file: Path
) -> Doors:
    app.close()
    logging.getLogger("beforehand.tests").debug("the log is written: %s", log_file)
    for name in ("inputs", "outputs"):
        (tmp_path / name).mkdir()
    return Doors(
        app.settings.folder, tmp_path / "inputs", tmp_path / "outputs", capfdbinary
    )


def sealed_parts(folder: Path) -> dict[tuple[str, str], list[object]]:
    """Return every value that is sealed in a register, by kind and part."""
    found: dict[tuple[str, str], list[object]] = {}
    with App.open(folder) as app:
        for _, data in app.ledger.entries():
            entry = decode_trusted(data)
            for part, value in app.unseal(entry).items():
                found.setdefault((entry.kind, part), []).append(value)
    return found


def disclosures(folder: Path) -> dict[str, bytes]:
    """Return each disclosure and its salt, which open a commitment for whoever has them."""
    found: dict[str, bytes] = {}
    with App.open(folder) as app:
        for index, data in app.ledger.entries():
            entry = decode_trusted(data)
            for part, commitment in entry.seal.items():
                try:
                    text = app.vault.get(entry.id, part, commitment=commitment)
                except NotHereError:
                    continue
                salt = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))[0]
                found[f"disclosure {index} {part}"] = text.encode()
                found[f"salt {index} {part}"] = urlsafe_b64decode(salt + "=")
    return found


def planted(folder: Path) -> dict[str, bytes]:
    """Return every sealed value as canonical JSON, and the texts that were planted in them.

    But an area that is an assessment's too, which is public.
    """
    with App.open(folder) as app:
        assessed = app.view().assessments.values()
        public = [msgspec.to_builtins(one.draft.terms.area) for one in assessed]
    public_values = {canonical(one) for one in public}
    parts = sealed_parts(folder)
    found = {"name": NAME.encode(), "case": CASE.encode(), "junk": JUNK.encode()}
    found |= {"device": DEVICE.encode(), "person": PERSON.encode()}
    found |= {"counted": COUNTED.encode()}
    for texts in parts.get(("count.committed", "disclosures"), ()):
        found["counted, its disclosure"] = str(texts[-1]).encode()  # type: ignore[index]
    for token in parts.get(("inquiry.answered", "token"), ()):
        found["token"] = str(token).encode()
    areas = {"area": AREA, "home": HOME}
    for (kind, part), values in parts.items():
        for number, value in enumerate(values):
            name = f"{kind} {part} {number}"
            if value is not None and canonical(value) not in public_values:
                found[name] = canonical(value)
            if isinstance(value, dict) and "canonical" in value:
                found[f"{name}: the form"] = str(value["canonical"]).encode()
                areas[f"{name}: area"] = value["area"]
    for name, area in areas.items():
        for side, ends in area.items():
            found[f"{name} {side}"] = f"{ends[0]},{ends[1]}".encode()
    return found


def keys(folder: Path) -> Keys:
    """Return each secret key with the one file that may hold it."""
    found: Keys = {}
    for path in (folder / "private").rglob("*.key"):
        data = path.read_bytes()
        if data.startswith(b"PRIVATE+KEY+"):
            data = b64decode(data.split(b"+", 4)[-1])[1:]
        found[path.stem] = (path, data)
    assert {"office", "made-up-mobility"} < set(found)
    return found


def kinds_of(folder: Path) -> dict[str, int]:
    """Return the number of the newest entry of each kind."""
    with App.open(folder) as app:
        return {decode_trusted(data).kind: index for index, data in app.ledger.entries()}


def act_and_ask(doors: Doors, built: Built) -> dict[str, bytes]:
    """Acts taken, refused and malformed; a question refused, answered and repeated.

    Return the secrets of the answer that is stored.
    """
    day = json.loads(built.question)["window"]["start"][:10]
    request = {
        "act": "request-use", "actor": "p-maple", "request": "r-9", "office": "harbor-routes",
        "dataset": "made-up-mobility", "assessment": "pia-1", "purpose": "evacuation-planning",
        "legal_basis": "statute", "form": "aggregate", "first_day": day, "last_day": day,
        "expires": "2099-01-01", "sealed": {"case": CASE, "area": AREA},
    }  # fmt: skip
    appoint = {
        "act": "appoint", "actor": "p-alder", "person": "p-zq", "office": "dia",
        "roles": ["data_steward"], "account": "individual", "sealed": {"name": NAME},
    }  # fmt: skip
    for taken in (appoint, request):
        doors.submit(0, **taken)
    doors.submit(3, **{**request, "request": "r-10", "actor": "p-hazel"})
    doors.submit(3, **{**appoint, "person": "p-zz", "actor": "p-zq"})
    for wrong in (
        {**appoint, "sealed": JUNK},
        {**appoint, "sealed": {"name": {"é": JUNK}}},
        {**appoint, "sealed": {"name": [JUNK, 0.5]}},
        {**appoint, "sealed": {"nickname": JUNK}},
        {**request, "request": "r-11", "sealed": {"case": [JUNK], "area": AREA}},
        {**request, "request": "r-11", "sealed": {"case": CASE, "area": {"columns": JUNK}}},
        {**request, "request": "r-11", "office": "none"},
    ):
        doors.submit(2, **wrong)
    act = doors.file("check.json", {**request, "request": "r-12"})
    doors("check", act, "--page", str(doors.outputs / "page.html"))
    doors("check", act, "--json")
    doors("submit", act, "--dry-run")

    form = {**json.loads(built.question), "request": "r-9"}
    asked = doors.file("question.json", form)
    doors("ask", asked, "--as", "p-maple", status=3)
    for fact in (
        {"act": "approve-use", "actor": "p-larch", "request": "r-9"},
        {"act": "concur-use", "actor": "p-juniper", "request": "r-9"},
        {"act": "recertify-access", "actor": "p-larch", "person": "p-maple"},
    ):
        doors.submit(0, **fact)
    for more in (["--preview"], ["--json"], []):
        doors("ask", asked, "--as", "p-maple", *more, into=SHOWN_TO_WHO_ASKED)
    name = identity(parse(json.dumps(form).encode()))
    with App.open(doors.folder) as app:
        kept = app.vault.kept(name)
    assert kept is not None
    answer = json.loads(kept)["answer"].encode()
    return {
        "stored answer": answer,
        "question's identity": bytes.fromhex(name),
        "question's identity, as text": name.encode(),
    }


def seal_the_rest(doors: Doors) -> None:
    """Acts of the other kinds that seal something; a sample, which opens what was declared."""
    paper = doors.file("note", b"a note")
    digest = hashlib.sha256(b"a note").hexdigest()
    inquiry = {
        "act": "ask-supplier", "actor": "p-fir", "inquiry": "i-9", "supplier": "made-up-telemetry",
        "dataset": "made-up-mobility", "questions": ["origin"], "expires": "2099-01-01",
        "document": digest,
    }  # fmt: skip
    words = (doors.file("inquiry.json", inquiry), "--document", paper, "--json")
    sent = json.loads(doors("ask-supplier", *words, into=SENT_TO_THE_SUPPLIER))
    for more in (
        {
            "act": "answer-as-supplier", "actor": "made-up-telemetry", "inquiry": "i-9",
            "origin": "sdk", "consent": "evidenced", "answered": ["origin"],
            "document": digest, "sealed": {"token": sent["token"]},
        },
        {
            "act": "record-process", "actor": "p-juniper", "process": "w-9",
            "process_kind": "warrant", "office": "harbor", "dataset": "made-up-mobility",
            "first_day": "2026-01-01", "last_day": "2026-12-31", "expires": "2099-01-01",
            "document": digest, "sealed": {"area": AREA, "device": DEVICE},
        },
        {
            "act": "declare-own-places", "actor": "p-larch", "person": "p-larch",
            "sealed": {"areas": [HOME]},
        },
        {
            "act": "open-incident", "actor": "p-larch", "incident": "n-9",
            "office": "harbor-routes", "datasets": [], "discovered": "2026-11-01",
            "document": digest, "sealed": {"about": PERSON},
        },
        {
            "act": "lodge-query", "actor": "p-larch", "query": "qu-9",
            "office": "harbor-routes", "asker": "press", "received": "2026-11-02",
            "due": "2026-11-20", "concerning": ["made-up-mobility"], "document": digest,
            "sealed": {"name": PERSON},
        },
        {
            "act": "receive-redress", "actor": "p-larch", "redress": "rd-9",
            "office": "harbor-routes", "redress_kind": "access", "received": "2026-11-02",
            "due": "2026-11-20", "sealed": {"name": NAME},
        },
    ):  # fmt: skip
        doors.submit(0, **more)
    named = (
        "--office",
        "harbor-routes",
        "--dataset",
        "made-up-mobility",
        "--as",
        "p-larch",
    )
    doors("sample", *named)
    doors("sample", *named, "--json")


def say_in_public(doors: Doors) -> None:
    """A statement from draft to issue, and watched."""
    act = {
        "act": "draft-statement", "actor": "p-fir", "statement": "st-9", "office": "harbor",
        "claims": [{"claim": "policy_issued_by", "office": "harbor", "due": "2099-01-01"}],
        "document": hashlib.sha256(b"a note").hexdigest(),
    }  # fmt: skip
    draft = doors.file("draft.json", act)
    checked = json.loads(doors("statement check", draft, "--json"))
    doors("statement check", draft)
    doors("submit", draft)
    confirm = {"act": "confirm-statement", "statement": "st-9", "digest": checked["digest"]}
    doors.submit(0, **confirm, actor="p-juniper")
    doors.submit(
        0, act="subscribe-statement", actor="p-pine", statement="st-9", person="p-pine"
    )
    doors("statement issue", "st-9", "--as", "p-fir", status=3)
    doors("statement issue", "st-9", "--as", "p-birch", "--json")
    doors("statement watch", "--dry-run")
    doors("statement watch", "--json")


def count_sealed(doors: Doors) -> None:
    """A sealed count of two: the second stays sealed, the first is opened and so public."""
    # By another inspector general than who opens all later: nobody opens what they sealed.
    doors.submit(
        0, act="appoint", actor="p-alder", person="p-rowan", office="dia-oig",
        roles=["inspector_general"], account="individual", sealed={"name": NAME},
    )  # fmt: skip
    items = [
        {
            "fiscal_year": 2019,
            "item_kind": "contract",
            "covered": False,
            "amount": None,
            "item": {"supplier": name, "office": "harbor", "awarded": "2019-08-01"},
        }
        for name in ("Shown Supplier", COUNTED)
    ]
    count = {"count": "n-9", "office": "harbor", "items": items}
    digest = hashlib.sha256(b"a note").hexdigest()
    path = doors.file("count.json", {**count, "document": digest})
    doors("counts commit", path, "--as", "p-birch", status=3)
    doors("counts commit", path, "--as", "p-rowan")
    wrong = doors.file("wrong.json", {**count, "document": digest, "more": COUNTED})
    doors("counts commit", wrong, "--as", "p-rowan", status=2)
    doors("counts open", "n-9", "2", "--as", "p-birch", status=3)
    doors("counts open", "n-9", "3", "--as", "p-rowan", status=3)
    doors("counts open", "n-9", "1", "--as", "p-rowan", "--json")
    for words in ("counts show", "counts match"):
        doors(words, "n-9")
        doors(words, "n-9", "--json")


def open_and_audit(doors: Doors) -> None:
    doors("keygen", str(doors.inputs / "ig.key"))
    key, pub = str(doors.inputs / "ig.key"), str(doors.inputs / "ig.key.pub")
    name = ("name-reader", pub, "--reader", "inspector_general", "--as")
    doors(*name, "p-alder", status=3)
    doors(*name, "p-pine")
    newest = kinds_of(doors.folder)
    look(doors)
    for kind, part in sorted(sealed_parts(doors.folder)):
        words = ("unseal", str(newest[kind]), part, "--reason", "review", "--as")
        doors(*words, "p-hazel", status=3)
        doors(*words, "p-pine", into=SHOWN_TO_WHO_OPENED)
        doors(*words, "p-pine", "--json", into=SHOWN_TO_WHO_OPENED)
        more = ("--part", part, "--reason", "review", "--as", "p-pine")
        out = str(doors.inputs / f"{kind}.{part}.zip")  # for who opened it, so not scanned
        doors("bundle", str(newest[kind]), "--out", out, *more)
        assert Scanner(disclosures(doors.folder)).find(Path(out).read_bytes())
    doors("unseal", "0", "name", "--as", "p-pine", "--reason", "oversight", status=2)
    doors("audit-sealed", "--key", key, "--as", "p-birch", status=3)
    doors("audit-sealed", "--key", key, "--as", "p-pine")
    doors("audit-sealed", "--key", key, "--as", "p-pine", "--json")


def look(doors: Doors) -> None:
    """Everything that shows or publishes a register."""
    site = doors.outputs / "site"
    doors("publish", str(site))
    doors("publish", str(site), "--json")
    doors("verify", str(site / "log"), "--vkey", str(doors.folder / "log.vkey"))
    for command in ("replay", "rebuild", "show"):
        doors(command)
        doors(command, "--json")
    doors("log", "--limit", "1000")
    doors("log", "--limit", "1000", "--json")
    for index in kinds_of(doors.folder).values():
        doors("show", str(index))
        doors("show", str(index), "--json")
    for name in ("r-9", "p-zq"):
        doors("show", name)
    for command in ("assessment show", "assessment diff"):
        doors(command, "pia-1")
        doors(command, "pia-1", "--json")
    copy = str(doors.outputs / f"assessment {len(doors.printed)}.yaml")
    doors("assessment duplicate", "pia-1", "--out", copy)
    doors("safeguards")
    doors("safeguards", "--json")
    doors("due")
    doors("due", "--json")
    for command in ("recommendations", "queries", "oversee --dry-run", "oversee"):
        doors(command)
        doors(command, "--json")
    doors("promised")
    doors("promised", "--json")
    awards = doors.file(
        "awards.csv", b"award_id,recipient_name\n70CTD026F00000001,Palantir\n"
    )
    doors("import", awards, "--as", "p-pine")
    doors("import", awards, "--as", "p-pine", "--json")
    doors("radar")
    doors("radar", "--json")
    doors("export", "all", "--out", str(doors.outputs / f"lists {len(doors.printed)}"))
    # Nothing is guarded but awards: every other act is listed, with all that is said of it.
    alone = doors.file("alone.cedar", AWARDS_STOP.encode())
    doors("what-if", alone)
    doors("what-if", alone, "--json")
    doors("receipt", "2")
    doors("receipt", "2", "--out", str(doors.outputs / f"receipt {len(doors.printed)}"))
    refused = str(kinds_of(doors.folder)["act.refused"])
    doors("bundle", refused, "--out", str(doors.outputs / f"{len(doors.printed)}.zip"))
    none = str(doors.outputs / f"{len(doors.printed)}.zip")
    doors(
        "absence",
        "--kind",
        "office.named",
        "--since",
        "2999-01-01",
        "--out",
        none,
        status=2,
    )
    doors("absence", "--kind", "dataset.stopped", "--since", "2020-01-01", "--out", none)
    doors("doctor", status=6)
    doors("doctor", "--json", status=6)


def delete(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = doors.file("paper", b"a notice and a schedule")
    digest = hashlib.sha256(b"a notice and a schedule").hexdigest()
    with App.open(doors.folder) as app:
        register = app.settings.register
    hold = {"act": "place-hold", "actor": "p-juniper", "hold": "h-1", "on": "r-9"}
    schedule = {"act": "set-schedule", "actor": "p-birch", "register": register, "days": 30}
    for fact in (hold, schedule):
        doors.submit(0, "--document", paper, **fact, document=digest)
    today = move_clock(monkeypatch, days=100)
    words = ("delete-sealed", "--as", "p-zq", "--before", str(today - timedelta(days=30)))
    doors(*words, status=3)
    doors(*words, "--dry-run", status=3)
    doors(*words, "--keeping", "r-9")
    doors("submit", doors.file("act.json", {"act": "lift-hold", "actor": "p-juniper", "hold": "h-1"}))  # fmt: skip
    doors(*words, "--dry-run", "--json")
    doors(*words, "--json")


@pytest.fixture
def walked(
    doors: Doors, built: Built, monkeypatch: pytest.MonkeyPatch
) -> tuple[Scanner, Keys, Doors]:
    """The register after every act and door, with a scanner for its secrets, and its keys."""
    answer = act_and_ask(doors, built)
    seal_the_rest(doors)
    say_in_public(doors)
    count_sealed(doors)
    open_and_audit(doors)
    founding = (doors.folder / "log.vkey").read_text().split("+")[1]
    doors("rotate-key", "--as", "p-alder")
    secret_keys = keys(doors.folder)
    doors("retire-key", founding, "--as", "p-alder")
    parts = sealed_parts(doors.folder)
    declared = {(one.kind, part) for one in DECIDED_KINDS.values() for part in one.sealed}
    used = {at for at, values in parts.items() if any(one is not None for one in values)}
    assert used == declared, "a sealed part is not planted: add an act that fills it"
    secrets = {**planted(doors.folder), **disclosures(doors.folder), **answer}
    while_kept = files_under(doors.folder, doors.outputs)
    assert Scanner(secrets).scan(while_kept) == {}
    delete(doors, monkeypatch)
    look(doors)
    assert set(cli.COMMANDS) - doors.used <= set(NOT_USED), "use the new command here too"
    return Scanner(secrets), secret_keys, doors


def test_nothing_that_is_sealed_is_in_any_file_or_in_anything_printed(
    walked: tuple[Scanner, Keys, Doors], log_file: Path
) -> None:
    secrets, secret_keys, doors = walked
    key_scanner = Scanner({name: key for name, (_, key) in secret_keys.items()})
    files = [*files_under(doors.folder, doors.outputs), log_file]
    assert {"vault.sqlite", "wraps.sqlite", "ledger.sqlite", "checkpoint", "log.txt"} < {
        one.name for one in files
    }
    assert secrets.scan(files) == {}
    for path, found in key_scanner.scan(files).items():
        assert {secret_keys[name][0] for name, _ in found} == {path}

    shown = doors.printed.pop(SHOWN_TO_WHO_OPENED)
    asked = doors.printed.pop(SHOWN_TO_WHO_ASKED)
    assert ("token", "raw") in secrets.find(doors.printed.pop(SENT_TO_THE_SUPPLIER))
    for name, printed in doors.printed.items():
        assert secrets.find(printed) == set(), name
        assert key_scanner.find(printed) == set(), name
    assert {("name", "JSON"), ("case", "JSON"), ("area columns", "raw")} <= secrets.find(
        shown
    )
    assert {name for name, _ in secrets.find(asked)} <= {
        "question's identity",
        "question's identity, as text",
    }


def test_the_scan_finds_what_was_written_in_any_form(
    doors: Doors, built: Built, log_file: Path
) -> None:
    """A positive control: a scan that cannot find anything would pass too."""
    act_and_ask(doors, built)
    scanner = Scanner(planted(doors.folder))
    assert scanner.scan(files_under(doors.folder)) == {}
    for number, (form, spelled) in enumerate(forms(NAME.encode()).items()):
        path = doors.folder / "documents" / f"{number}"
        path.write_bytes(b"\x00before " + spelled + b" after")
        assert ("name", form) in scanner.scan([path])[path]
        path.unlink()
    for shift in range(3):
        inside = doors.folder / "inside"
        inside.write_bytes(b64encode(bytes(shift) + b"," + NAME.encode() + b", and more"))
        assert inside in scanner.scan([inside])
    inside.write_bytes(gzip.compress(CASE.encode()))
    assert inside in scanner.scan([inside])
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", CASE)
    assert inside in scanner.scan([inside])
    named = doors.folder / f"{JUNK}.txt"
    named.touch()
    assert named in scanner.scan([named])
    logging.getLogger("any.library").debug("a value: %r", CASE)
    assert scanner.scan([log_file])
    with App.open(doors.folder) as app:
        opened = disclosures(doors.folder)
        app.keep_document(next(iter(opened.values())))
    assert Scanner(opened).scan(files_under(doors.folder / "documents"))
