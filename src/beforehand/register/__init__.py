"""The public register as static files. Pure: a `Site` in, paths and bytes out."""

from beforehand.register.render import render
from beforehand.register.site import AnswerRow, Checkpointed, EntryRow, Site

__all__ = ["AnswerRow", "Checkpointed", "EntryRow", "Site", "render"]
