"""A draft as it is read: every open slot stands out, nothing in it runs or leads away."""

from __future__ import annotations

import pytest

from console.manuscript import shown


@pytest.mark.parametrize("slot", ["【待核实：发生地点】", "【待核實：發生地點】", "【待核实：被删去一半"])
def test_a_slot_is_marked_in_either_script_and_cut_short(slot: str) -> None:
    assert f'<mark class="slot">{slot}</mark>' in shown(f"截至{slot}")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[点我](javascript:alert(1))", "![x](https://evil.example/x.png)", '<img src=x onerror="x">'],
)
def test_nothing_runs_or_leads_away(text: str) -> None:
    page = shown(text)
    assert all(f"<{tag}" not in page for tag in ("script", "a ", "img"))


def test_headings_and_lists_are_read_as_such() -> None:
    assert shown("# 说明\n\n- 一\n- 二") == "<h1>说明</h1>\n<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"
