"""What a person wants to see of a scored file at once: the first rows and the spread of the predictions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

PREVIEW_ROWS = 20
BINS = 20


class Summary:
    """Collected chunk by chunk; regression keeps one float32 per row (4 MB per million rows)."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.problem_type = schema["problem_type"]
        self.positive = f"probability_{schema.get('positive_class')}"
        self.preview: list[dict[str, Any]] = []
        self.classes: Counter[str] = Counter()
        self.counts = [0] * BINS
        self.numbers: list[Any] = []

    def rows(self, header: list[str], rows: list[list[Any]]) -> None:
        """Keep the first output rows, as dicts."""
        for row in rows[: PREVIEW_ROWS - len(self.preview)]:
            self.preview.append(dict(zip(header, row, strict=True)))

    def predictions(self, predictions: pd.DataFrame) -> None:
        """Note one chunk of predictions."""
        import numpy as np

        if self.problem_type == "binary" and self.positive in predictions:
            counts = np.histogram(predictions[self.positive], bins=BINS, range=(0.0, 1.0))[0]
            self.counts = [int(a + b) for a, b in zip(self.counts, counts, strict=True)]
        elif self.problem_type in ("binary", "multiclass"):
            self.classes.update(predictions["prediction"])
        else:
            self.numbers.append(predictions["prediction"].to_numpy("float32"))

    def distribution(self) -> dict[str, Any]:
        """{"edges", "counts"} of the positive class's probability or of the numbers; {"values"} for classes."""
        import numpy as np

        if self.classes:
            return {"values": [{"value": value, "count": count} for value, count in self.classes.most_common()]}
        if not self.numbers:
            return {"edges": [i / BINS for i in range(BINS + 1)], "counts": self.counts}
        counts, edges = np.histogram(np.concatenate(self.numbers), bins=BINS)
        return {"edges": edges.astype(float).tolist(), "counts": counts.tolist()}
