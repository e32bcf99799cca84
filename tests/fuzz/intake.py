"""The whole import over generated files: each ends in a report that adds up or in a known refusal, in time, and in nothing else.

    python -m tests.fuzz.intake --files 200000 --seed 1

Files that fail are kept in tests/fuzz/seeds, which the tests replay.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from domains.codes import CODES
from tests.fuzz.grammar import Sample, sample
from workers.engine.events import Refused
from workers.engine.intake import report
from workers.engine.intake.importing import import_run

SEEDS = Path(__file__).parent / "seeds"
TOO_LONG = 20  # seconds for one small file, which takes a tenth of one
MEMORY = Path("/dev/shm")


class Hang(BaseException):
    """A file took too long. Not an Exception, so that nothing on the way takes it for one of its own."""


def check(one: Sample, folder: Path) -> str:
    """Import one file in an empty folder. Returns what came of it: "ok" or the code of the refusal. AssertionError, or whatever escaped."""
    try:
        made = imported(one, folder)
    except Refused as refused:
        return refusal(refused)
    reconcile(one, folder, made)
    return "ok"


def imported(one: Sample, folder: Path) -> dict[str, Any]:
    """report.json. Refused."""
    (folder / "upload.bin").write_bytes(one.data)
    sources = [{"input": "upload.bin", "filename": one.filename}]
    spec = {"verb": "import", "sources": sources, "answers": one.answers, "types": {}, "salt": "00ff", "limits": {"min_rows": 1}}
    (folder / "spec.json").write_text(json.dumps(spec))
    import_run(folder)
    made: dict[str, Any] = json.loads((folder / "report.json").read_text(), parse_constant=_no_constant)
    return made


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def refusal(refused: Refused) -> str:
    """The code of a refusal that can be shown."""
    error = refused.as_error()
    assert error["code"] in CODES, error["code"]
    assert error["code"] == "answer_unknown" or "REJECT" in CODES[error["code"]].levels, error["code"]
    assert error["message"] % {"column": error["column"], **error["params"]}
    assert all(choice["value"] and choice["label"] for choice in error["choices"])
    json.dumps(error, allow_nan=False)
    return str(error["code"])


def reconcile(one: Sample, folder: Path, made: dict[str, Any]) -> None:
    """Rows in = rows used + rows set aside, in the report, in the files and as the csv module counts; every finding can be shown."""
    from pyarrow import parquet

    data = parquet.ParquetFile(folder / "data.parquet")
    assert data.metadata.num_rows == made["rows"] > 0
    assert data.schema_arrow.names == [column["name"] for column in made["columns"]]
    assert made["rows_in"] == made["rows"] + made["rows_set_aside"]
    assert sum(made["set_aside_reasons"].values()) == made["rows_set_aside"]
    listed = folder / "set_aside.csv"
    if listed.exists():
        with listed.open(newline="", encoding="utf-8") as handle:
            assert sum(1 for _ in csv.reader(handle)) == made["rows_set_aside"] + 1
    for finding in made["findings"]:
        assert finding["code"] in CODES and finding["level"] in CODES[finding["code"]].levels, (finding["code"], finding["level"])
        assert finding["message"] % finding["params"]
    for column in made["columns"]:
        assert 0 <= column["missing"] <= made["rows"], column["name"]
    expected = counted(one, made)
    assert expected is None or expected == made["rows_in"], f"the csv module counts {expected} rows, the report {made['rows_in']}"


def counted(one: Sample, made: dict[str, Any]) -> int | None:
    """Data rows as the csv module counts them, where it has a say: plain files it reads strictly in the dialect that was found."""
    form = made["format"]
    codes = {finding["code"] for finding in made["findings"]}
    if (
        form["compression"]
        or form["kind"] != "csv"
        or codes & {"preamble", "delimiter_line", "escaped_quotes", "spaced_quotes", "replaced_bytes"}
    ):
        return None
    text = one.data.decode({"shift_jis": "cp932", "big5": "cp950", "euc_kr": "cp949"}.get(form["encoding"], form["encoding"])).lstrip(
        "\ufeff"
    )
    try:
        rows = sum(map(bool, csv.reader(io.StringIO(text, newline=""), delimiter=form["delimiter"], quotechar=form["quote"], strict=True)))
    except csv.Error:
        return None
    return rows - int(form["header"])


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Hang after so many seconds."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def tried(one: Sample) -> str:
    """What came of a file; what should not have come is a line that starts with FAILED."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="fuzz-") as folder:
        try:
            with time_limit(TOO_LONG):
                return check(one, Path(folder))
        except Hang:
            return "FAILED hang"
        except BaseException as error:  # noqa: BLE001 - whatever escapes is what is looked for; a panic is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            return f"FAILED {type(error).__name__}: {error}\n{traceback.format_exc()}"


def keep(one: Sample) -> Path:
    """A failing file, kept where the tests find it."""
    SEEDS.mkdir(exist_ok=True)
    path = SEEDS / f"{hashlib.sha256(one.data + json.dumps(one.answers).encode()).hexdigest()[:16]}.json"
    path.write_text(json.dumps({"filename": one.filename, "answers": one.answers, "data": base64.b64encode(one.data).decode()}) + "\n")
    return path


def kept(path: Path) -> Sample:
    """The file that was kept."""
    entry = json.loads(path.read_text())
    return Sample(base64.b64decode(entry["data"]), entry["filename"], entry["answers"])


def share_database() -> None:
    """One database engine for all files of a process: starting one takes longer than the rest of a small import."""
    base = report.connect(Path(tempfile.gettempdir()))
    report.connect = lambda scratch: base.cursor()


def _many(task: tuple[int, int, int]) -> tuple[Counter[str], list[tuple[int, str]]]:
    seed, begin, end = task
    came: Counter[str] = Counter()
    failed = []
    for number in range(begin, end):
        result = tried(sample(seed, number))
        came[result.split(":")[0].split("\n")[0]] += 1
        if result.startswith("FAILED"):
            keep(sample(seed, number))
            failed.append((number, result))
    return came, failed


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 when a file failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="begin", help="number of the first file")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    end, step = options.begin + options.files, 100
    tasks = [(options.seed, begin, min(end, begin + step)) for begin in range(options.begin, end, step)]
    came: Counter[str] = Counter()
    began = time.monotonic()
    # Fresh processes now and then: what libraries keep must not add up over hundreds of thousands of files.
    with multiprocessing.get_context("spawn").Pool(options.processes, share_database, maxtasksperchild=20) as pool:
        for done, failed in pool.imap_unordered(_many, tasks):
            came += done
            for number, result in failed:
                print(f"\n--seed {options.seed} --from {number} --files 1\n{result}", flush=True)
            print(
                f"\r{came.total()} files, {came.total() / (time.monotonic() - began):.0f} per second", end="", file=sys.stderr, flush=True
            )
    bad = sum(count for result, count in came.items() if result.startswith("FAILED"))
    print(
        json.dumps(
            {"files": came.total(), "failed": bad, "seconds": round(time.monotonic() - began), "results": dict(came.most_common())},
            indent=1,
        )
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
