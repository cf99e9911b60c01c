"""The certificate of a check, as a page to print."""

from __future__ import annotations

from html import escape

import msgspec

from beforehand.refusal import Unmet


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What the safeguards would have said of an act at one moment.

    act            digest of the act's public part
    assessment     id of the assessment relied on; text: digest of its text and terms
    size, root     of the ledger that it was asked of: the answer holds for these entries
    """

    what: str
    act: str
    allowed: bool
    unmet: tuple[Unmet, ...]
    assessment: str | None
    text: str | None
    policies: str
    register: str
    origin: str
    size: int
    root: str
    at: str
    words: str


def certificate_page(certificate: Certificate) -> bytes:
    """Return the page; it stands alone, needs no script, and prints on one sheet."""
    rows = (
        ("Act", certificate.what),
        ("Digest of the act", certificate.act),
        ("Assessment relied on", certificate.assessment or "none needed"),
        ("Digest of its text and terms", certificate.text or "none"),
        ("Safeguard set", certificate.policies),
        ("Register", f"{certificate.register} ({certificate.origin})"),
        ("Ledger", f"{certificate.size:,} entries, root {certificate.root}"),
        ("Asked at", certificate.at),
    )
    cells = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in rows
    )
    answer = "would be allowed" if certificate.allowed else "would be refused"
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Certificate: {escape(certificate.what)}</title></head>
<body>
<main>
<h1>Certificate before an act</h1>
<p>Put to the safeguards of this register, the act <strong>{answer}</strong>.</p>
<table>
<caption>What was asked, and of which ledger</caption>
{cells}
</table>
<p>It holds for the ledger named above. What is recorded later may change the answer, and the
act itself is decided again when it is submitted.</p>
<p>Signed: ______________________ &nbsp; Date: ______________</p>
</main>
</body>
</html>
""".encode()
