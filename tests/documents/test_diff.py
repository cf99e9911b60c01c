"""Differences: question by question, sentence by sentence, and term by term."""

from __future__ import annotations

from msgspec.structs import replace

from beforehand.documents.answers import canonical
from beforehand.documents.diff import TermChange, TextChange, difference, parts
from beforehand.record.facts import AssessmentDrafted
from beforehand.record.terms import Area, Mitigation, Terms
from tests.documents.filled import answer, filled, pia, read

DRAFT = AssessmentDrafted(
    assessment="pia-1",
    office="harbor",
    threshold="pta-1",
    document="0" * 64,
    terms=Terms(
        datasets=("feed",),
        purposes=("planning",),
        offices=("harbor",),
        forms=("aggregate",),
        finest_grid=5,
        finest_step=4,
        area=Area(columns=(0, 10), rows=(0, 10)),
        profiles=(),
        budget_rho_micro=1,
        budget_delta_e15=1,
        retention_days=365,
        review_days=30,
        places="list-1",
        sharing=(),
        mitigations=(Mitigation(mitigation="check", owner="harbor", due="2026-12-01"),),
    ),
)
TEXT = canonical(read(filled(pia())))


def text_changes(new: str) -> tuple[TextChange, ...]:
    found = difference((DRAFT, TEXT), (DRAFT, new.encode()))
    assert found.terms == ()
    return found.text


def test_the_same_draft_has_no_difference() -> None:
    assert difference((DRAFT, TEXT), (DRAFT, TEXT)).is_nothing


def test_a_changed_answer_is_named_with_the_sentences_that_went_and_came() -> None:
    more = f"{answer('5.1')} A second sentence came."
    assert text_changes(filled(pia(), **{"5_1": more})) == (
        TextChange(part="5.1", how="changed", gone=(), came=("A second sentence came.",)),
    )
    (change,) = text_changes(filled(pia(), **{"5_1": "Something else is so."}))
    assert (change.gone, change.came) == ((answer("5.1"),), ("Something else is so.",))


def test_answers_that_came_and_went_are_said_in_the_order_of_the_template() -> None:
    new = filled(pia(), without="2.1", **{"1_1": "Something else is so."}) + "  9.9: New.\n"
    assert [(one.part, one.how) for one in text_changes(new)] == [
        ("1.1", "changed"),
        ("9.9", "added"),
        ("2.1", "removed"),
    ]


def test_breaks_alone_are_shown_whole() -> None:
    old = filled(pia(), **{"5_1": '"One thing is so. Another is so."'})
    new = filled(pia(), **{"5_1": '"One thing is so.\\n\\nAnother is so."'})
    found = difference((DRAFT, old.encode()), (DRAFT, new.encode()))
    (change,) = found.text
    assert change.gone == ("One thing is so. Another is so.",)


def test_title_and_officials_are_text_too() -> None:
    new = filled(pia()).replace("A thing", "Another thing")
    new += "closing:\n  responsible_official: F. Fir\n"
    assert [one.part for one in text_changes(new)] == ["title", "responsible_official"]


def test_each_term_that_changed_is_named_lists_by_what_went_and_came() -> None:
    later = Mitigation(mitigation="check", owner="harbor", due="2027-01-01")
    terms = replace(
        DRAFT.terms,
        retention_days=400,
        purposes=("planning", "tracking"),
        mitigations=(later,),
    )
    draft = replace(DRAFT, terms=terms, threshold="pta-2", document="1" * 64)
    found = difference((DRAFT, TEXT), (draft, TEXT))
    assert found.text == ()
    assert {one.term: (one.before, one.after) for one in found.terms} == {
        "threshold": ("pta-1", "pta-2"),
        "purposes": ([], ["tracking"]),
        "retention_days": (365, 400),
        "mitigations": (
            [{"mitigation": "check", "owner": "harbor", "due": "2026-12-01"}],
            [{"mitigation": "check", "owner": "harbor", "due": "2027-01-01"}],
        ),
    }


def test_an_order_that_changed_is_shown_whole() -> None:
    draft = replace(DRAFT, terms=replace(DRAFT.terms, purposes=("b", "a")))
    other = replace(DRAFT, terms=replace(DRAFT.terms, purposes=("a", "b")))
    assert difference((draft, TEXT), (other, TEXT)).terms == (
        TermChange(term="purposes", before=["b", "a"], after=["a", "b"]),
    )


def test_against_nothing_everything_is_new() -> None:
    found = difference(None, (DRAFT, TEXT))
    assert {one.how for one in found.text} == {"added"}
    assert {one.before for one in found.terms} == {None}
    assert {"office", "threshold", *DRAFT.terms.__struct_fields__} <= {
        one.term for one in found.terms
    }


def test_prose_is_one_part_and_bytes_are_shown_by_their_digest() -> None:
    assert parts(b"Words  of\nprose.", "x") == {"text": "Words of prose."}
    assert parts(b"template: one that is not\n", "x") == {
        "text": "template: one that is not"
    }
    assert "2 bytes with the SHA-256" in parts(b"\xff\xfe", "x")["text"]
