"""Slots: the 【待核实：…】 markers that stand in a text where a fact is not confirmed."""

from __future__ import annotations

import re

from statements.fact_names import FactName
from statements.tables import Script

# A marker that an editor cut short still counts, so that no half-deleted one slips through.
_MARKER = re.compile(r"【\s*待核[实實]\s*[：:]?\s*([^】\n]*)】?")


def marker(fact: FactName, script: Script) -> str:
    """What stands in a text for a fact that is not confirmed."""
    return f"【{'待核實' if script is Script.HANT else '待核实'}：{fact.label(script)}】"


def open_slots(text: str) -> list[str]:
    """The labels of the markers in `text`, each once, in reading order.

    >>> open_slots("截至【待核实：信息截止时间】，【待核實：原因】、【待核实：原因】")
    ['信息截止时间', '原因']
    """
    return list(dict.fromkeys(found.group(1).strip() or "待核实" for found in _MARKER.finditer(text)))
