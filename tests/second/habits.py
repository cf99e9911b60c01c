"""What people do as a rule: how often, in what order, and when the department was set up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

# Whose subject is a thing that must be new.
FRESH = frozenset(
    {"name-office", "name-supplier", "name-dataset", "file-threshold-analysis", "award"}
    | {"take-in", "request-use", "ask", "place-hold", "delete-sealed", "delegate"}
    | {"name-acting", "name-site", "open-session", "open-thread", "solicit"}
    | {"record-exception", "ask-supplier", "record-process", "draw-sample", "open-incident"}
    | {"issue-report", "make-finding", "make-recommendation", "make-commitment"}
    | {"lodge-query", "receive-redress", "commit-count"}
)
# The department was set up on one of these days: by the ends of years, quarters, months.
SET_UP = (
    *(date(2026, 11, 20),) * 8,
    *(date(2026, 12, 31), date(2027, 3, 30), date(2027, 12, 30)),
    *(date(2028, 2, 28), date(2028, 2, 29), date(2031, 9, 29)),
)
# How far the department got: all the way, or not yet through its review.
LEFT_OUT: tuple[tuple[str, ...], ...] = (
    *((),) * 6,
    *(("approved", "published"),) * 2,
    *(("reviewed", "approved", "published"),) * 2,
    ("endorsed", "reviewed", "approved", "published"),
    ("submitted", "endorsed", "reviewed", "approved", "published"),
    *(("pta-approved",),) * 3,
    ("published",),
    ("use-approved", "use-concurred"),
    *(("use-approved",),) * 2,
    *(("use-concurred",),) * 2,
)
TWINNED = ("draft", "submitted", "endorsed", "reviewed", "approved", "published")
# Steps that say more than others of what the safeguards ask about are made more often.
OFTEN = (
    *("name-dataset", "draft-assessment", "delegate", "open-session", "lock-account"),
    *("ask", "ask", "open-incident", "give-notice", "record-process", "draw-sample"),
    *("stop-dataset", "resume-dataset", "appoint", "request-use", "file-supplier-evidence"),
    *("place-hold", "open-thread", "adopt-procedures", "award", "take-in", "set-schedule"),
    *("ask-supplier", "approve-use", "concur-use", "submit-assessment", "unlock-account"),
    *(
        "open-incident",
        "give-notice",
        "give-notice",
        "close-incident",
        "propose-safeguards",
    ),
    *("approve-safeguards", "adopt-safeguards", "delegate", "open-thread", "draw-sample"),
    *("resolve-thread", "withdraw-assessment", "endorse-assessment", "review-assessment"),
    *("solicit", "record-exception", "name-site", "add-log-key", "propose-safeguards"),
    *("ask-supplier", "lock-account", "propose-safeguards", "record-process"),
    *("draft-statement", "draft-statement", "draft-statement", "import-file"),
    *("commit-count", "commit-count", "award", "name-site"),
    *("propose-safeguards", "propose-safeguards", "record-process", "record-process"),
    *("issue-report", "issue-report", "make-commitment", "lodge-query", "receive-redress"),
    *("issue-report", "make-recommendation", "lodge-query", "answer-recommendation"),
)


KNOWN = ("site", "process", "successor", "thread", "report", "finding", "file")
# What people do next, once something has happened.
NEXT: Mapping[str, tuple[str, ...]] = {
    "propose-safeguards": ("approve-safeguards",),
    "approve-safeguards": ("adopt-safeguards", "withdraw-safeguards"),
    "open-incident": ("give-notice",),
    "give-notice": ("give-notice", "give-notice", "close-incident"),
    "close-incident": ("reopen-incident",),
    "open-thread": ("answer-thread", "resolve-thread"),
    "resolve-thread": ("reopen-thread",),
    "ask-supplier": ("answer-as-supplier",),
    "name-site": ("name-site", "open-session", "open-session"),
    "open-session": ("open-session", "close-session", "unlock-account"),
    "request-use": ("approve-use", "concur-use"),
    "draw-sample": ("review-use",),
    "delegate": ("delegate", "end-delegation"),
    "draft-assessment": ("submit-assessment",),
    "submit-assessment": ("endorse-assessment", "return-assessment"),
    "endorse-assessment": ("review-assessment",),
    "review-assessment": ("approve-assessment",),
    "record-process": ("request-use", "end-process", "resolve-exigency", "record-process"),
    "ask": ("ask", "draw-sample"),
    "lock-account": ("unlock-account", "ask"),
    "commit-count": ("open-count", "open-session"),
    "draft-statement": ("confirm-statement", "subscribe-statement"),
    "subscribe-statement": ("unsubscribe-statement",),
    "import-file": ("confirm-lead", "dismiss-lead"),
    "issue-report": ("make-finding", "make-recommendation", "make-recommendation"),
    "make-finding": ("make-recommendation",),
    "make-recommendation": ("answer-recommendation", "plan-recommendation"),
    "answer-recommendation": ("plan-recommendation", "close-recommendation"),
    "plan-recommendation": ("rate-recommendation", "evidence-recommendation"),
    "evidence-recommendation": ("close-recommendation",),
    "close-recommendation": ("reopen-recommendation", "issue-report"),
    "make-commitment": ("move-commitment", "make-commitment", "supersede-commitment"),
    "lodge-query": ("answer-query", "lodge-query"),
    "receive-redress": ("answer-redress", "receive-redress"),
}
