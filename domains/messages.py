"""Depends on nothing, so that hooks which travel in a bundle can mark their sentences."""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Mark an English sentence for the message catalogues without translating it here."""
    return message
