"""A fine-tuned encoder goes into the bundle whole: elsewhere, without the folder it came from, its numbers are the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.engine.bundle.test_bundle_fit import python
from tests.engine.bundle.trees import private_key
from tests.engine.fitting import make_job
from tests.engine.texts import chinese, tiny_bert
from workers.engine.bundle.build import bundle_build
from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.bundle.seal import public_key_of, seal, unseal
from workers.engine.events import write_json
from workers.engine.problems.tabular import TabularSearch
from workers.engine.search.candidate import BASELINE, Candidate
from workers.engine.search.candidates.text_encoder_files import WEIGHTS
from workers.engine.spec import fit_spec_load
from workers.engine.table import table_load

pytestmark = pytest.mark.fit


def test_an_encoder_travels_with_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_bert(tmp_path / "weights" / "text" / "tiny-zh")
    monkeypatch.setenv(WEIGHTS, str(tmp_path / "weights"))
    settings = {"text_encoder": "tiny-zh"}
    job = make_job(tmp_path / "job", chinese(150), "binary", 60, label="label", positive_class="good", roles={}, settings=settings)
    report = json.loads((job / "report.json").read_text())
    report["columns"][0] |= {"type": "text", "cast": {"type": "text"}}
    (job / "report.json").write_text(json.dumps(report))
    spec = fit_spec_load(job)
    table = table_load(job, spec)
    write_json(job / "schema.json", table.schema | {"eval_metric": "log_loss"})
    frame = to_model_frame(table.frame, table.schema).assign(label=table.frame["label"])
    search = TabularSearch(job / "predictor", spec, folds=2, positive_class="good")
    search.start(BASELINE, frame[:120], None)
    wanted = Candidate("TEXT_ENCODER", "TextEncoder", 1, {"tuned_layers": 2, "max_epochs": 2, "lr": 3e-3}, needs_text=True, single=True)
    (name,) = search.add(wanted, 300)
    assert (search.validation_score(name) or 9) < 0.7
    model = search.predictor._trainer.load_model(name)
    assert model.models == [f"{wanted.name}S1F1"] or len(model.models) == 1  # one copy, whatever the folds

    bundle_build(
        job_dir=job,
        predictor_dir=job / "predictor",
        model=name,
        facts={},
        holdout=table.frame[120:].reset_index(drop=True),
        document_html="",
    )
    here = search.predictor.predict_proba(frame[120:].drop(columns="label"), model=name)
    seal(job / "bundle", tmp_path / "bundle.zip", private_key())
    unseal(tmp_path / "bundle.zip", tmp_path / "there", public_key_of(private_key()))
    assert "transformers==" in (tmp_path / "there" / "requirements.txt").read_text()
    shutil.rmtree(tmp_path / "weights")
    shutil.rmtree(job)
    monkeypatch.delenv(WEIGHTS)
    table.frame[120:].drop(columns="label").to_csv(tmp_path / "in.csv", index=False)
    done = python(tmp_path / "there" / "score.py", tmp_path / "in.csv", tmp_path / "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    there = pd.read_csv(tmp_path / "out.csv")
    assert np.abs(there["probability_good"].to_numpy() - here["good"].to_numpy()).max() < 1e-6
