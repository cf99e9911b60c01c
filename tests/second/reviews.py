"""What must be so of a review of the questions that an office put."""

from __future__ import annotations

from beforehand.record import facts as f
from beforehand.record import using as u
from beforehand.record.using import Sample
from tests.second.case import Case, rule


def _review(case: Case) -> f.UseReviewed:
    fact = case.act.fact
    if not isinstance(fact, f.UseReviewed):
        raise TypeError(fact)
    return fact


def _sample(case: Case) -> Sample | None:
    """The newest sample, as long as nobody has reviewed it."""
    fact = _review(case)
    log = case.record.use_logs.get((fact.office, fact.dataset))
    if log is None or log.sampled is None:
        return None
    return case.record.using.samples.get((fact.office, fact.dataset))


def _judged(case: Case) -> tuple[u.QuestionJudged, ...]:
    found: tuple[u.QuestionJudged, ...] = getattr(_review(case), "judged", ())
    return found


@rule("review.sampled")
def is_of_the_own_newest_sample(case: Case) -> bool | None:
    found = _sample(case)
    if found is None:
        return None
    named = getattr(_review(case), "sample", None)
    return found.drawn.sample == named and found.by == case.act.actor


@rule("review.every-question")
def each_was_judged_once(case: Case) -> bool | None:
    found = _sample(case)
    judged = sorted(one.question for one in _judged(case))
    return None if found is None else judged == sorted(set(found.drawn.questions))


@rule("review.flags")
def flags_are_answered(case: Case) -> bool | None:
    """No flagged question is called in order, and the finding says what its questions say."""
    found = _sample(case)
    if found is None:
        return None
    words = {one.question: one.judged for one in _judged(case)}
    answered = {one for one, word in words.items() if word in ("explained", "referred")}
    referred = "referred" in words.values()
    says_so = _review(case).finding == "referred"
    return {one.question for one in found.drawn.flags} <= answered and referred is says_so
