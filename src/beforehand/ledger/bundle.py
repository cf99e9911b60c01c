"""The evidence bundle: one zip that a stranger checks offline, with Python and `cryptography`.

It holds an entry, its receipt, the key, disclosures of sealed parts, the documents that the
entry names, the stand-alone verifier, and a page for a person. Pure, but for reading the two
files that ship beside this one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from beforehand.ledger import standalone
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.entry import Envelope, decode
from beforehand.ledger.errors import VerificationError
from beforehand.ledger.note import read_vkeys
from beforehand.ledger.proof import open_tlog_proof
from beforehand.ledger.seal import open_disclosure

# A part's name becomes the name of a file: it must not lead out of the folder.
_PART: Final = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
# A zip needs a time of each file; ours says nothing, so that equal content is equal bytes.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o100644 << 16
_UNIX: Final = 3


def verifier() -> bytes:
    """Return the stand-alone verifier: the text of `verify.py`."""
    return Path(standalone.__file__).read_bytes()


def bundle(
    *,
    entry: bytes,
    index: int,
    receipt: str,
    vkey: str,
    disclosures: Mapping[str, str],
    documents: Mapping[str, bytes],
    title: str,
    origin: str,
) -> bytes:
    """Return the evidence bundle of `entry`: a zip, the same bytes for the same arguments.

    receipt       its tlog-proof, with the signed checkpoint
    vkey          the verifier keys of the log, one a line
    disclosures   sealed part -> the text that opens it
    documents     SHA-256 in hex -> the document
    title         what a person reads at the top of the page

    Raises LedgerError if any of it would not verify: no bundle is made that fails.
    """
    envelope = decode(entry)
    found, checkpoint = open_tlog_proof(receipt, entry, *read_vkeys(vkey))
    if (found, checkpoint.origin) != (index, origin):
        raise VerificationError(
            f"expected a receipt for entry {index:,} of {origin},"
            f" got one for {found:,} of {checkpoint.origin}"
        )
    opened = {
        part: _opened(envelope, part, text) for part, text in sorted(disclosures.items())
    }
    files = {
        "entry.json": entry,
        "receipt.tlog-proof": receipt.encode(),
        "log.vkey": (vkey.removesuffix("\n") + "\n").encode(),
        "verify.py": verifier(),
    }
    files |= {
        f"disclosures/{part}.txt": text.encode() for part, text in disclosures.items()
    }
    files |= {f"documents/{digest}": data for digest, data in documents.items()}
    page = _page(
        title=title,
        index=index,
        checkpoint=checkpoint,
        vkey=vkey,
        entry=entry,
        opened=opened,
        documents=sorted(documents),
    )
    files["index.html"] = page.encode()
    try:
        standalone.verify_bundle(files, vkey)
    except standalone.VerificationError as error:
        raise VerificationError(f"this bundle would not verify: {error}") from error
    return zipped(files)


def _opened(envelope: Envelope, part: str, text: str) -> object:
    if _PART.fullmatch(part) is None:
        raise VerificationError(f"the part {part!a} cannot be the name of a file")
    if part not in envelope.seal:
        raise VerificationError(f"entry {envelope.id} has no sealed part {part}")
    commitment = envelope.seal[part]
    return open_disclosure(text, part=part, entry_id=envelope.id, commitment=commitment)


def _page(
    *,
    title: str,
    index: int,
    checkpoint: Checkpoint,
    vkey: str,
    entry: bytes,
    opened: Mapping[str, object],
    documents: Sequence[str],
) -> str:
    envelope = decode(entry)
    texts = {
        "title": title,
        "origin": checkpoint.origin,
        "kind": f"{envelope.kind}, version {envelope.kv}",
        "subject": envelope.subject,
        "at": envelope.at,
        "index": f"{index:,}",
        "size": f"{checkpoint.size:,}",
        "root": checkpoint.root.hex(),
        "entry": entry.decode(),
    }
    lists = {
        "vkeys": "<br>".join(f"<code>{escape(one)}</code>" for one in vkey.split()),
        "disclosures": _disclosures(opened),
        "documents": _documents(documents),
        "by_hand": "".join(_by_hand(part, envelope.seal[part]) for part in opened),
    }
    return evidence_page("bundle.html", texts, lists)


def evidence_page(
    template: str, texts: Mapping[str, str], parts: Mapping[str, str] | None = None
) -> str:
    """Return the page that explains a folder of evidence, in the look that they share.

    texts   plain text; `parts` is HTML already
    """
    here = Path(__file__)
    page = Template(here.with_name(template).read_text(encoding="utf-8"))
    style = here.with_name("evidence.css").read_text(encoding="utf-8")
    escaped = {name: escape(text) for name, text in texts.items()}
    return page.substitute({**escaped, **(parts or {}), "style": style})


def _disclosures(opened: Mapping[str, object]) -> str:
    if not opened:
        return "<p>None. What this entry seals stays sealed here.</p>"
    rows = [
        f"<dt>{escape(part)}</dt>\n<dd>{escape(_shown(value))}</dd>\n"
        for part, value in opened.items()
    ]
    return f"<dl>\n{''.join(rows)}</dl>"


def _documents(digests: Sequence[str]) -> str:
    if not digests:
        return "<p>None.</p>"
    rows = [f"<li><code>documents/{escape(one)}</code></li>\n" for one in digests]
    return f"<p>Each is named by its own SHA-256.</p>\n<ul>\n{''.join(rows)}</ul>"


def _by_hand(part: str, commitment: str) -> str:
    """Say how a disclosure is checked with nothing of ours."""
    return (
        f"<p>The sealed part {escape(part)} can be checked without our program too. This prints"
        f" <code>{commitment}</code>, which the entry holds under <code>seal</code>:</p>\n"
        f"<pre>openssl dgst -sha256 -binary disclosures/{escape(part)}.txt"
        " | basenc --base64url | tr -d =</pre>\n"
    )


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files as one zip: equal content is equal bytes."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_STORED) as archive:  # stored: no two compressors agree
        for path in sorted(files):
            member = ZipInfo(path, date_time=_NO_TIME)
            member.create_system, member.external_attr = _UNIX, _READABLE
            archive.writestr(member, files[path])
    return whole.getvalue()
