"""The name of a file as people see it. It never becomes a path: files are kept under ids."""

from __future__ import annotations

LONGEST = 255
# Windows opens a device under these names, whatever their ending.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


def clean_filename(name: str) -> str:
    """The name without folders, without control and direction characters, at most 255 characters; its ending stays."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in base if character.isprintable()).strip(". ")[-LONGEST:]
    if shown.split(".", 1)[0].strip().lower() in DEVICES:
        shown = f"_{shown}"[:LONGEST]
    return shown or "file"
