"""Beforehand: runs the privacy review, refuses what it does not cover, and proves it."""
