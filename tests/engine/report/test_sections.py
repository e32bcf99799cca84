from __future__ import annotations

from domains import registry
from workers.engine.report.document import hook_sections
from workers.engine.report.html import _extra


def test_a_use_case_says_its_own_in_the_document() -> None:
    decision = registry.use_case("finance/credit_default").decision_defaults()
    facts = {
        "label": "credit_risk",
        "positive_class": "<0>",
        "decision": decision,
        "roles": {"sensitive": ["age"]},
        "split": {"kind": "random"},
    }
    html = "".join(_extra(section) for section in hook_sections("finance/credit_default", facts))
    assert "the bad event is &lt;0&gt;" in html and "below 0.1667" in html and "Independent validation" in html
    assert hook_sections("general/table", facts) == []
