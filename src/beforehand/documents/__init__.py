"""Papers of the privacy review as structured answers: templates, checks, screening, differences."""
