"""What a search leaves on disk, and how another process goes on from it.

search.json is written after a model is complete on disk and names a snapshot of the files that AutoGluon rewrites in place. Whatever
moment a process is killed at, search.json and its snapshot describe the same models, and every other file of theirs is written once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from workers.engine.events import plain, read_json, write_json
from workers.engine.search.candidate import NOT_BASE, Candidate, SearchFacts, family_of
from workers.engine.search.skips import AGAIN_WITH_TIME, Skip

# What an attempt takes over from the one before it.
SEARCH_STATE = ("schema.json", "holdout.parquet", "prepared.json", "plan.json", "search.json", "predictor", "snapshots")
IF_THERE = ("folds.npy", "train_sites.parquet", "learning_curves.json")  # part of it, but not every search has them
REWRITTEN = ("predictor.pkl", "learner.pkl", "models/trainer.pkl")
FITTED, WAITS = "fitted", "cheaper"
MOST_DEATHS = 2  # a candidate in whose training the whole process died this often is not tried again


@dataclass
class SearchState:
    """search.json. `tried`: candidate id -> "fitted", the code of its skip, or "cheaper" when its cheaper form waits for its turn.

    `current`: the candidate in training. `deaths`: candidate id -> how often the process died while it was trained.
    """

    job: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    n_features: int = 0
    snapshot: str = ""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)  # model -> the configuration it came from
    skipped: list[dict[str, Any]] = field(default_factory=list)
    tried: dict[str, str] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)
    current: dict[str, Any] | None = None
    finished: bool = False

    @classmethod
    def load(cls, job_dir: Path) -> SearchState | None:
        """The state in `job_dir`; None when no model was finished there, or by another version of this program."""
        path = job_dir / "search.json"
        try:
            state = cls(**read_json(path)) if path.exists() else cls()
        except TypeError:
            return None
        return state if state.models and all((job_dir / name).exists() for name in SEARCH_STATE) else None

    def save(self, job_dir: Path) -> None:
        write_json(job_dir / "search.json", asdict(self))

    def begin(self, job_dir: Path, candidate: Candidate) -> None:
        """A candidate's training begins."""
        self.current = {"id": candidate_id(candidate), "model": candidate.name, "family": candidate.family}
        self.save(job_dir)

    def end(self, job_dir: Path, candidate: Candidate) -> None:
        """Its models are complete on disk and in `models`."""
        self.tried[candidate_id(candidate)], self.current = FITTED, None
        self.snapshot = f"s{len(self.models)}"
        snapshot_take(job_dir, self.snapshot)
        self.save(job_dir)
        snapshots_tidy(job_dir, self.snapshot)

    @property
    def search_facts(self) -> SearchFacts:
        return SearchFacts(**{**self.facts, "text": tuple(self.facts["text"])})

    @property
    def base_models(self) -> list[str]:
        """Models that are worth something: neither the baseline nor an ensemble."""
        return [name for name in self.models if family_of(name) not in NOT_BASE]

    def rest(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Those that still wait for their turn, in order; a candidate whose first form was given up in its cheaper form."""
        waiting = []
        for candidate in candidates:
            outcome = self.tried.get(candidate_id(candidate))
            if outcome == WAITS:
                candidate = cheaper(candidate)
                outcome = self.tried.get(candidate_id(candidate))
            if outcome is None:
                waiting.append(candidate)
        return waiting

    def skip(self, candidate: Candidate, skip: Skip) -> bool:
        """Note why a candidate is missing. False for one that was never promised, which nobody has to hear about."""
        self.tried[candidate_id(candidate)], self.current = skip.code, None
        if not candidate.extra:
            self.skipped.append({"model": candidate.name, "family": candidate.family, **skip.as_dict()})
        return not candidate.extra

    def again_with_time(self) -> None:
        """Give those that only lacked time another turn."""
        self.tried = {name: outcome for name, outcome in self.tried.items() if outcome not in (*AGAIN_WITH_TIME, WAITS)}
        self.skipped = [entry for entry in self.skipped if entry["code"] not in AGAIN_WITH_TIME]
        self.deaths, self.current, self.finished = {}, None, False


def candidate_id(candidate: Candidate) -> str:
    """Tells one configuration from every other, in this process and the next."""
    params = json.dumps(plain(candidate.params), sort_keys=True)
    return f"{candidate.name}:{candidate.key}:{hashlib.sha256(params.encode()).hexdigest()[:10]}"


def cheaper(candidate: Candidate) -> Candidate:
    """The form that is tried when the first one ran out of time or memory."""
    return replace(candidate, params=candidate.cheaper or {}, cheaper=None)


def snapshot_take(job_dir: Path, name: str) -> None:
    """Copy what AutoGluon will rewrite; the one before stays until search.json names this one."""
    for file in REWRITTEN:
        target = job_dir / "snapshots" / name / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(job_dir / "predictor" / file, target)


def snapshot_restore(job_dir: Path, snapshot: str, models: Collection[str]) -> None:
    """Make the predictor hold exactly the `models` of that snapshot: what a killed process began is forgotten."""
    for file in REWRITTEN:
        shutil.copyfile(job_dir / "snapshots" / snapshot / file, job_dir / "predictor" / file)
    for folder in (job_dir / "predictor" / "models").iterdir():
        if folder.is_dir() and folder.name not in models:
            shutil.rmtree(folder)


def snapshots_tidy(job_dir: Path, keep: str) -> None:
    for folder in (job_dir / "snapshots").iterdir():
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)


def search_link(job_dir: Path, folder: Path, also: Iterable[str] = ()) -> None:
    """A second folder of the same files, for when this one is taken apart; nobody may write in either any more."""
    folder.mkdir()
    for name in (*SEARCH_STATE, *IF_THERE, *also):
        source = job_dir / name
        if source.is_dir():
            shutil.copytree(source, folder / name, copy_function=os.link)
        elif source.exists():
            os.link(source, folder / name)


def state_clear(job_dir: Path) -> None:
    """Forget all of it: the search begins anew."""
    for name in (*SEARCH_STATE, *IF_THERE):
        path = job_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
