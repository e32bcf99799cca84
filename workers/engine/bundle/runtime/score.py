"""Score a CSV: `score.py in.csv out.csv [--explain N]`. Rejected rows go to out.rejected.csv.

The bundle is checked byte by byte first; a bundle that was changed is refused before anything of it is loaded.
Exit code 0: scored (warnings on standard error). 1: the bundle was refused. 2: the file was refused.
"""

# ruff: noqa: I002
import sys

# Before any other import, even that of annotations: a file planted beside this script must not pose as a module it imports.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

import argparse
import importlib.util
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def _verify_module() -> Any:
    """verify.py beside this file, without making the folder importable before it is checked."""
    spec = importlib.util.spec_from_file_location("bundle_verify", HERE / "verify.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pair(text: str) -> tuple[str, str]:
    old, mark, new = text.rpartition("=")
    if not mark:
        raise argparse.ArgumentTypeError("write it as FILE=NEEDED")
    return old, new


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    sys.dont_write_bytecode = True
    parser = argparse.ArgumentParser(description="Score a CSV file with this bundle.")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument(
        "--explain",
        type=int,
        default=0,
        metavar="N",
        help="add the N strongest reasons of each row",
    )
    parser.add_argument(
        "--rename",
        action="append",
        type=_pair,
        default=[],
        metavar="FILE=NEEDED",
        help="take a column of the file for a needed one of another name",
    )
    parser.add_argument("--key", help="the public key you trust: 64 hexadecimal digits or a file")
    options = parser.parse_args(arguments)
    verify = _verify_module()
    try:
        verify.verify_directory(HERE, verify.read_public_key(options.key) if options.key else None)
    except (verify.BundleRefused, OSError) as error:
        print(f"Refused. {error}", file=sys.stderr)
        return 1
    verify.trust(HERE)
    return _score(options)


def _score(options: argparse.Namespace) -> int:
    """Score with the verified bundle; its own code is importable now."""
    try:
        from workers.engine.bundle.runtime.scoring import score_file
        from workers.engine.events import Refused
    except ImportError as error:
        print(f"A package is missing: {error}. Run: pip install -r requirements.txt", file=sys.stderr)
        return 1

    def progress(done: int, total: int) -> None:
        print(f"\r{done} of {total} rows", end="", file=sys.stderr, flush=True)

    rejected = options.output.with_name(options.output.stem + ".rejected.csv")
    try:
        result = score_file(
            HERE,
            options.input,
            options.output,
            rejected,
            progress=progress,
            explain=max(0, options.explain),
            rename=dict(options.rename),
        )
    except Refused as refusal:
        print(f"\nRefused ({refusal.code}). {refusal.message % refusal.params}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"\nFailed. {error}", file=sys.stderr)
        return 2
    rows = result["rows"]
    print(
        f"\n{rows['in']} rows in, {rows['scored']} scored, {rows['rejected']} rejected.",
        file=sys.stderr,
    )
    for warning in result["warnings"]:
        print(f"Note ({warning['code']}). {warning['message'] % warning['params']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
