"""A type the analyst chose: it beats every guess, and what does not fit becomes missing and is listed."""

from __future__ import annotations

from workers.engine.bundle.runtime import casting
from workers.engine.events import Refused, gettext_noop
from workers.engine.intake.decide_dates import best_format
from workers.engine.intake.decide_words import FALSE, TRUE
from workers.engine.intake.decision import Decision, with_missing
from workers.engine.intake.findings import Finding
from workers.engine.intake.kinds import Cast, ColumnKind, number_casts
from workers.engine.intake.signs import is_scaled, sign_of

TYPES = ("integer", "number", "boolean", "category", "text", "datetime")


def chosen_type(name: str, kind: ColumnKind, wanted: str, decimal_comma: bool = False) -> Decision:
    """Column ``name`` as ``wanted``, read the way that fits the most cells. Refused (type_unknown)."""
    if wanted not in TYPES:
        raise Refused("type_unknown", gettext_noop("There is no type %(type)s."), {"type": wanted}, column=name)
    message = gettext_noop("%(column)s is read as %(type)s, as chosen. Cells that do not fit and became missing: %(count)d.")
    finding = Finding("type_chosen", "FIX", message, {"type": wanted, "count": 0}, column=name)
    cells = kind.sample
    if not cells or wanted in ("category", "text"):
        cast: Cast = {"type": wanted, "date_format": "iso"} if wanted == "datetime" else {"type": wanted}
    elif wanted == "datetime":
        cast = {"type": wanted, "date_format": best_format(cells)}
    elif wanted == "boolean":
        cast = {"type": wanted, "true": list(TRUE), "false": list(FALSE)}
    else:
        cast = {**_best_number(cells, decimal_comma), "type": wanted}
        cast |= {"whole": True} if wanted == "integer" else {}
    return Decision(with_missing(cast, kind), [finding], chosen=True, misfits=finding)


def _best_number(cells: list[str], decimal_comma: bool) -> Cast:
    """The way to write numbers that reads the most of these cells; of equals the plainest, or the comma where the file has it so."""
    import pyarrow as pa

    words = pa.array(cells, pa.string())
    casts = [cast for cast in number_casts(sign_of(cells), is_scaled(cells)) if cast["type"] == "number"]

    def fits(cast: Cast) -> tuple[int, bool]:
        _, wrong = casting.cast_array(words, {**cast, "missing": []})
        return len(cells) - wrong.true_count, decimal_comma and cast["decimal"] == ","

    counted = [(fits(cast), cast) for cast in casts]
    return max(counted, key=lambda pair: pair[0])[1]
