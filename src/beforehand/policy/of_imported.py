"""What importing a file and judging a lead put to the safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker
    from beforehand.record.imported import AnyImportedFact


def of_imported(asker: Asker, _fact: AnyImportedFact) -> None:
    """What came from outside is no office's own: a post in any office will do."""
    asker.roles()
