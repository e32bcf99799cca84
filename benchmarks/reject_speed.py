"""How soon a faulty file is refused: four faults near the end of a large CSV, against polars' scan of the same file.

    python -m benchmarks.reject_speed [--gb 1] [--file CSV]

polars counts every column with its streaming engine. Bar: at most 3 times that, plus a second.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks.measuring import measured, peers
from benchmarks.mixed_csv import generate

OURS = """
import sys, time
from pathlib import Path
import tempfile
import workers.engine.intake.importing
from workers.engine.bundle.runtime.reading import open_raw
from workers.engine.bundle.runtime.refusal import ReadError
began = time.perf_counter()
with tempfile.TemporaryDirectory() as scratch:
    try:
        open_raw(Path(sys.argv[1]), scratch=Path(scratch), filename="x.csv")
        print("accepted")
    except ReadError as error:
        print(error.code, error.rows)
print(time.perf_counter() - began)
"""
POLARS = """
import sys, time
import polars
began = time.perf_counter()
polars.scan_csv(sys.argv[1]).select(polars.all().count()).collect(engine="streaming")
print(time.perf_counter() - began)
"""
FAULTS = {
    "ragged": b"1,2,3,4,5,6,7,8,9,10,11,12,13\n",
    "quote": b'1,2,3,4,5,6,"a"b,7,8,9,10,11\n',
    "nul": b"1,2,3,4,5,6,a\x00b,7,8,9,10,11\n",
    "not text": bytes(range(256)) * 400 + b"\n",
}
FROM_END = 1000  # lines


def plant(path: Path, fault: bytes) -> None:
    """Put the fault between two lines near the end of the file."""
    with path.open("r+b") as handle:
        handle.seek(-FROM_END * 160, 2)
        handle.readline()
        at = handle.tell()
        rest = handle.read()
        handle.seek(at)
        handle.write(fault + rest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=1)
    parser.add_argument("--file", type=Path, help="an existing CSV instead of a generated one")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reject-speed-") as name:
        source, faulty = wanted.file or Path(name) / "mixed.csv", Path(name) / "faulty.csv"
        if not wanted.file:
            generate(source, int(wanted.gb * 10**9))
        for what, fault in FAULTS.items():
            shutil.copyfile(source, faulty)
            plant(faulty, fault)
            scan = measured(POLARS, str(source), python=peers())
            found = measured(OURS, str(faulty))
            bar = 3 * scan.seconds + 1
            print(f"{what:<10}{found.seconds:>6.1f} s, polars scans in {scan.seconds:.1f} s, bar {bar:.1f} s: {found.said.splitlines()[0]}")


if __name__ == "__main__":
    main()
