from __future__ import annotations

from pathlib import Path

from workers.tail import Tail


def test_a_half_written_line_waits_and_nothing_is_given_out_twice(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    assert tail.read() == []
    path.write_bytes(b'{"type": "a"}\n{"ty')
    assert tail.read() == [{"type": "a"}]
    with open(path, "ab") as file:
        file.write(b'pe": "b"}\n')
    events = tail.read()
    assert events == [{"type": "b"}]
    tail.put_back(events)
    assert tail.read() == events
    assert tail.read() == []
