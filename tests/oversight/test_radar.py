"""The gap radar: each lead says why, and what speaks against it; doubt lowers it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.outside.assessed import Assessed
from beforehand.oversight.outside.leads import Lead, Radar
from beforehand.oversight.outside.radar import Judged, lead_id, sweep
from beforehand.oversight.outside.shelf import Award, Files, Kept
from beforehand.oversight.outside.watching import Watchlist, entry
from tests.oversight.test_outside import SAMPLES, take

SHIPPED = (
    Path(__file__).parents[2] / "src" / "beforehand" / "cases" / "watch-list.csv"
).read_text(encoding="utf-8")
WATCHLIST = Watchlist([entry(row) for row in csv.DictReader(SHIPPED.splitlines())])
NUMBER = "70CTD024F00000001"


def kept(kind: str = "award", /, **body: str) -> Kept:
    return Kept(
        kind=kind,
        key=f"{NUMBER}|7012||0|0",
        body=body,
        as_of="",
        file="0" * 64,
        member="download.csv",
        row=1,
    )


def bought(*rows: Kept, number: str = NUMBER, agency: str = "7012") -> Award:
    return Award(number=number, agency=agency, parent="", rows=rows)


def swept(
    *awards: Award,
    listed: tuple[Kept, ...] = (),
    used: tuple[Kept, ...] = (),
    contracts: tuple[str, ...] = (),
    judged: dict[str, Judged] | None = None,
) -> Radar:
    assessed = Assessed(WATCHLIST, listed=listed, used=used, contracts=contracts)
    return sweep(awards, WATCHLIST, assessed, judged or {}, unchecked=True)


def lead(**body: str) -> Lead:
    (found,) = swept(bought(kept(**body))).leads
    return found


def doubts(found: Lead) -> set[str]:
    return {one.doubt for one in found.doubts} - {"list-unchecked"}


def test_a_vendor_of_the_list_is_a_lead_with_where_it_stands() -> None:
    found = lead(vendor="BABEL STREET, LLC", description="LOCATE X LICENSES", obligated="5")
    assert (found.lead, found.award, found.amount) == (
        f"lead-{NUMBER.lower()}",
        NUMBER,
        "5",
    )
    assert {(one.phrase, one.where) for one in found.matches} == {
        ("BABEL STREET", "vendor"),
        ("LOCATE X", "description"),
    }
    assert (found.evidence[0].member, found.evidence[0].row) == ("download.csv", 1)
    assert doubts(found) == set()


@pytest.mark.parametrize(
    ("body", "doubt"),
    [
        ({"vendor": "RELX INC.", "description": "LAW HANDBOOKS"}, "printed-matter"),
        (
            {"vendor": "WEST PUBLISHING", "description": "CLEAR ACCESS"},
            "sells-other-things",
        ),
        ({"vendor": "PALANTIR", "description": "IGF::OT::IGF"}, "says-nothing"),
        ({"vendor": "PALANTIR", "description": "ACCESS TO DATABASE"}, "says-nothing"),
        ({"vendor": "PAT V. MACK", "description": "FALCON TRAINING"}, "common-word"),
        ({"vendor": "PANAMERICA COMPUTERS", "description": "LOCATE X"}, "sold-by-another"),
        ({"vendor": "A SELLER", "description": "PHONE LOCATION DATA"}, "sold-by-another"),
        ({"vendor": "A SELLER", "description": "LICENSE PLATE READER"}, "words-alone"),
        ({"vendor": "PALANTIR", "action": "CLOSE OUT"}, "only-closing"),
        ({"vendor": "PALANTIR", "ends": "2201-01-01"}, "values-implausible"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.values()),
)
def test_what_speaks_against_a_lead_is_said_and_lowers_it(
    body: dict[str, str], doubt: str
) -> None:
    found = lead(**body)
    assert doubt in doubts(found)
    assert all(one.says for one in found.doubts)
    assert found.score < lead(vendor="VENNTEL", description="PHONE LOCATION").score


def test_the_award_without_an_agency_is_a_lead_and_says_so() -> None:
    (found,) = swept(bought(kept(vendor="PALANTIR"), agency="")).leads
    assert "agency-unknown" in doubts(found)


def test_a_phrase_inside_another_word_is_no_lead_and_is_counted() -> None:
    found = swept(
        bought(kept(description="RELOCATION DATA ENTRY")),
        bought(kept(description="PBX FOR OPLA RELOCATION"), number="70CTD024F00000002"),
        bought(kept(vendor="EVIGILANT SOLUTIONS INC"), number="70CTD024F00000003"),
    )
    assert (found.awards, found.leads, found.set_aside) == (3, (), 2)


def test_one_vendor_under_many_names_is_one_entry_of_the_list() -> None:
    names = ("PALANTIR USG, INC.", "PALANTIR TECHNOLOGIES INC.", "Palantir USG  INC.")
    assert {lead(vendor=name).matches[0].watched for name in names} == {"palantir"}
    assert lead(vendor="X", parent_vendor="PEN-LINK  LTD.").matches[0].watched == "pen-link"
    assert lead(vendor="X", description="PENLINK SOFTWARE").matches[0].watched == "pen-link"


def test_an_amount_that_is_the_awards_own_number_is_not_its_amount() -> None:
    number = "70CTD024F12345678"
    (odd,) = swept(bought(kept(vendor="PALANTIR", total="12345678"), number=number)).leads
    assert (odd.amount, "values-implausible" in doubts(odd)) == ("", True)


LISTED = kept("assessment", title="DHS/ICE/PIA-055 Palantir RAVEn")
LINKED = kept(
    "use-case",
    agency="Department Of Homeland Security",
    component="ICE",
    name="Case tool",
    vendor="Palantir",
    said="links",
    links="https://www.dhs.gov/publication/a",
    numbers="70CTD024F00000009",
)


def test_a_lead_whose_vendor_an_assessment_names_is_kept_apart() -> None:
    for found in (
        swept(bought(kept(vendor="PALANTIR")), listed=(LISTED,)),
        swept(bought(kept(vendor="PALANTIR")), used=(LINKED,)),
        swept(bought(kept(vendor="PEN-LINK"), number="70CTD024F00000009"), used=(LINKED,)),
    ):
        assert found.leads == ()
        assert "assessment-perhaps" in doubts(found.perhaps[0])
    other = bought(kept(vendor="PALANTIR"), agency="7014")
    assert len(swept(other, listed=(LISTED,), used=(LINKED,)).leads) == 1


def test_what_an_agency_only_promised_to_post_is_no_assessment() -> None:
    promised = kept("use-case", **{**LINKED.body, "said": "promised"})
    assert len(swept(bought(kept(vendor="PALANTIR")), used=(promised,)).leads) == 1


def test_a_contract_of_the_register_under_an_assessment_is_no_lead() -> None:
    found = swept(bought(kept(vendor="PALANTIR")), contracts=(NUMBER.lower(),))
    assert (found.leads, found.assessed) == ((), (NUMBER,))


def test_dismissed_leads_come_last_and_confirmed_ones_keep_their_place() -> None:
    awards = [
        bought(kept(vendor="VENNTEL"), number=f"70CTD024F0000000{at}") for at in (1, 2, 3)
    ]
    judged = {
        lead_id(awards[0]): Judged(state="dismissed", by="ana", at="2026-11-25"),
        lead_id(awards[2]): Judged(state="confirmed", by="ben", at="2026-11-25"),
    }
    found = swept(*awards, judged=judged).leads
    assert [one.state for one in found] == ["open", "confirmed", "dismissed"]
    assert found[-1].by == "ana"


def test_the_samples_give_the_leads_that_researchers_wrote_of() -> None:
    with Files(None) as shelf:
        for path in SAMPLES:
            take(shelf, path)
        found = sweep(
            shelf.awards(),
            WATCHLIST,
            Assessed(
                WATCHLIST,
                listed=shelf.things("assessment"),
                used=shelf.things("use-case"),
                contracts=(),
            ),
            {},
            unchecked=True,
        )
    scores = {one.award: one.score for one in found.leads}
    assert len(scores) == 19
    assert {"70CMSD23FR0000145", "70B03C23F00001003", "70CDCR18P00000017"} <= set(
        [one.award for one in found.leads][:4]
    )
    books = [one for one in found.leads if "printed-matter" in doubts(one)]
    assert {one.award for one in books} == {
        "HSCEMD17F00241",
        "HSCEMD17F00242",
        "HSCEDM17P00098",
    }
    assert max(one.score for one in books) == min(scores.values())


words = st.sampled_from(
    (
        *(
            "BABEL STREET",
            "babel street",
            "LOCATION DATA",
            "RELOCATION DATA",
            "NUCLEAR",
            "x",
        ),
        *(
            "Clear",
            "\n",
            "é",
            "ß",
            " - ",
            "LOCATION\nDATA",
            "Babel,Street",
            "LEX",
            "RELX",
            "",
        ),
    )
)


@given(st.lists(st.lists(words, max_size=4).map("".join), unique=True, max_size=8))
def test_texts_are_looked_through_at_once_as_one_by_one(texts: list[str]) -> None:
    assert WATCHLIST.holding(texts) == {one for one in texts if any(WATCHLIST.find(one))}
