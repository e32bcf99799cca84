"""What holds the training rows together, for every split that is made inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.splits.units import Codes, Mask, balanced

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.int_]
Fold = tuple[Rows, Rows]
FEWEST_FOLDS = 2
NUMBERS = ("regression", "quantile")


@dataclass(frozen=True)
class Structure:
    """`units`: (rows,) rows of one number stay on one side; None when every row stands for itself.
    `when`: (rows,) order in time, equal within a unit; None when time plays no part.
    """

    units: Codes | None = None
    when: Codes | None = None

    def take(self, rows: Any) -> Structure:
        """The same for some of the rows (a mask or their numbers)."""
        units = None if self.units is None else np.unique(self.units[rows], return_inverse=True)[1]
        return Structure(units, None if self.when is None else self.when[rows])

    @property
    def is_plain(self) -> bool:
        """Nothing holds any two rows together."""
        return self.when is None and (self.units is None or int(self.units.max()) + 1 == len(self.units))

    def holdout(self, strata: Codes, fraction: float, seed: int) -> Mask:
        """(rows,) True for the part to validate on: the latest rows, or a balanced draw of units."""
        if self.when is not None:
            return latest(self.when, fraction)
        return balanced(strata, self.units, fraction, np.random.default_rng(seed))

    def sample(self, strata: Codes, fraction: float, seed: int) -> Mask:
        """(rows,) True for the part to learn from when there are too many rows; whole units, from all times."""
        return balanced(strata, self.units, fraction, np.random.default_rng(seed))

    def smallest_class(self, label: pd.Series[Any]) -> int:
        """Units (rows, without units) in which the rarest class occurs: no more folds can all see it."""
        if self.units is None:
            return int(label.value_counts().min())
        return int(label.reset_index(drop=True).to_frame().assign(unit=self.units).groupby(str(label.name))["unit"].nunique().min())

    def folds(self, label: pd.Series[Any], count: int, seed: int, problem_type: str) -> list[Fold]:
        """At most `count` folds that keep to the structure; fewer when it does not allow as many, [] when not even two."""
        for wanted in range(count, FEWEST_FOLDS - 1, -1):
            found = self._folds(label, wanted, seed, problem_type)
            if len(found) >= FEWEST_FOLDS and (problem_type in NUMBERS or _all_learn(found, label)):
                return found
        return []

    def _folds(self, label: pd.Series[Any], count: int, seed: int, problem_type: str) -> list[Fold]:
        import pandas as pd
        from autogluon.common.utils.validation_structure import ValidationStructure

        by_time = self.when is not None
        places = self.when if by_time else self.units
        if places is None or len(np.unique(places)) < FEWEST_FOLDS:
            return []
        structure = ValidationStructure(time_on="place") if by_time else ValidationStructure(group_on="place")
        splits, _, _ = structure.custom_splits(
            pd.DataFrame({"place": places}), label.reset_index(drop=True), num_folds=count, random_state=seed, problem_type=problem_type
        )
        return [(np.asarray(train), np.asarray(validation)) for train, validation in splits]


def _all_learn(folds: list[Fold], label: pd.Series[Any]) -> bool:
    """Every fold learns every class, and is tested on two of them at least."""
    values = label.to_numpy()
    every = len(np.unique(values))
    return all(len(np.unique(values[train])) == every and len(np.unique(values[test])) > 1 for train, test in folds)


def latest(when: Codes, fraction: float) -> Mask:
    """(rows,) True for the last share of the rows; equal times stay together, and the first never goes."""
    places, counts = np.unique(when, return_counts=True)
    late = counts[::-1].cumsum()[::-1]  # rows at or after each time
    best = 1 + int(np.abs(late[1:] - fraction * len(when)).argmin()) if len(places) > 1 else 0
    mask: Mask = when >= places[best]
    return mask
