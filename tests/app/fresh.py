"""A register of its own for each test: quick to make, with two administrators and no data."""

from __future__ import annotations

from pathlib import Path

from beforehand.app.overseeing import found
from beforehand.app.registers import App
from beforehand.record.acts import Act
from beforehand.record.facts import OfficeNamed, PersonAppointed
from beforehand.settings import Settings

ROOT = "p-root"
NAMES = b"dept: A department (invented)\n"


def make(
    folder: Path, *, anchor: Path | None = None, origin: str = "log.example/new"
) -> App:
    settings = Settings(
        folder=folder,
        register="new",
        title="A new register",
        origin=origin,
        about="live",
        anchor=None if anchor is None else str(anchor),
    )
    app = App.create(settings)
    document = app.keep_document(NAMES)
    found(app, register="new", department="dept", document=document, administrator=ROOT)
    return app


def name_office(app: App, office: str) -> int:
    fact = OfficeNamed(office=office, office_kind="unit", parent="dept")
    return app.submit(Act(actor=ROOT, fact=fact)).entry


def appoint(app: App, person: str, *roles: str, office: str = "dept") -> int:
    fact = PersonAppointed(
        person=person,
        office=office,
        roles=roles,  # type: ignore[arg-type]  # the tests name roles that exist
        account="individual",
    )
    return app.submit(
        Act(actor=ROOT, fact=fact, sealed={"name": f"{person} (invented)"})
    ).entry
