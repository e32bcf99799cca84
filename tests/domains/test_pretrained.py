"""What is known of pretrained models: enough to decide, and true about what is mounted."""

from __future__ import annotations

import re
from pathlib import Path

from automl_portal.processes.config import ROOT
from domains.pretrained import PRETRAINED, overview


def test_every_model_has_a_licence_a_source_and_limits() -> None:
    for model in PRETRAINED:
        assert model.licence and model.source.startswith("https://") and model.max_rows_cpu <= model.max_rows
        assert model.commercial or re.search("non-commercial", model.licence, re.IGNORECASE)


def test_installed_means_that_every_file_is_there(tmp_path: Path) -> None:
    def installed() -> dict[str, bool]:
        found: dict[str, bool] = {entry["model"]: entry for entry in overview({"AUTOML_WEIGHTS_DIR": str(tmp_path)})}["Mitra"]["installed"]
        return found

    assert overview({})[0]["installed"] == {"classes": False, "numbers": False}
    (tmp_path / "mitra" / "regressor").mkdir(parents=True)
    (tmp_path / "mitra" / "regressor" / "config.json").touch()
    assert installed() == {"classes": False, "numbers": False}
    (tmp_path / "mitra" / "regressor" / "model.safetensors").touch()
    assert installed() == {"classes": False, "numbers": True}


def test_the_manual_names_every_model_and_file() -> None:
    manual = (ROOT / "docs" / "pretrained.md").read_text()
    for model in PRETRAINED:
        folders = {pattern.split("/")[0] for patterns in model.files.values() for pattern in patterns}
        assert f"| {model.name} |" in manual and all(f"`{folder}/" in manual for folder in folders)
