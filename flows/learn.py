"""Learn: what staff corrected teaches both models, and a better one is put in use."""

from __future__ import annotations

from prefect import flow, task

from core import people
from core.clock import now
from core.errors import either
from flows.artifacts import show
from flows.stores import IO_TASK, configured, opened
from monitoring.learning import KINDS, Desk, learn_if_due, reasons
from monitoring.tables import LearningRun


@flow(name="learn")
def learn() -> None:
    """学习：人工纠正 → 候选模型 → 更好才启用。Learn from corrections; where there are no new ones, nothing is done."""
    configured()
    show_learning({kind: learn_from_corrections(kind) for kind in KINDS})


@task(name="learn-from-corrections", timeout_seconds=3600, **IO_TASK)
def learn_from_corrections(kind: str) -> LearningRun | None:
    """Teach and compare a candidate of one kind; None where there is nothing new, or too little, to learn from."""
    with opened() as stores:
        return learn_if_due(Desk(stores.database, stores.index, stores.settings), kind, actor=people.SYSTEM, now=now())


def show_learning(runs: dict[str, LearningRun | None]) -> None:
    """The run's artifact: what each model learned from, how it compared, whether it was put in use, and why."""
    names = {"stance": either("立场模型", "stance model"), "mood": either("情感模型", "mood model")}
    learned = sum(run is not None for run in runs.values())
    title = either(f"学习：{learned} 个模型学了新的纠正", f"Learning: {learned} models learned from new corrections")
    show("learning", title, *(_told(names[kind], run) for kind, run in runs.items()))


def _told(name: str, run: LearningRun | None) -> str:
    if run is None:
        return f"### {name}\n\n" + either("没有新的纠正可学", "nothing new to learn from")
    number = run.figures["corrections"]
    outcome = either("更好，已启用", "better, in use now") if run.promoted else either("不更好，未启用", "no better, not used")
    head = either(
        f"{run.version}：学自 {number} 条纠正，与 {run.against} 比较：**{outcome}**",
        f"{run.version}, from {number} corrections, compared with {run.against}: **{outcome}**",
    )
    lines = [f"- {'✓' if held else '✗'} {text}" for held, text in reasons(run.figures)]
    return "\n".join([f"### {name}", "", head, "", *lines])
