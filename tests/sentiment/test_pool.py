"""Worker processes: scores in order, as few workers as needed, and none left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.errors import UnavailableError
from sentiment.pool import CHUNK, PooledScorer
from sentiment.scorer import Scorer
from tests.sentiment.standins import Dying, Forgetful, Lengths


@contextmanager
def pool(make: Callable[[], Scorer] = Lengths, workers: int = 2) -> Iterator[PooledScorer]:
    """A pool that must leave no process behind."""
    others = set(multiprocessing.active_children())
    with closing(PooledScorer(make, workers=workers)) as opened:
        yield opened
    assert set(multiprocessing.active_children()) == others


def test_scores_come_in_the_order_of_the_texts_and_a_small_batch_starts_one_worker() -> None:
    texts = ["x" * (number % 7) for number in range(CHUNK)]
    with pool() as scorer:
        scores = scorer.score(texts)
    assert [score.negative for score in scores] == [len(text) for text in texts]
    assert len({score.neutral for score in scores}) == 1


def test_a_large_batch_is_divided_and_put_together_in_order() -> None:
    texts = [str(10**number) for number in range(3 * CHUNK)]
    with pool() as scorer:
        scores = scorer.score(texts)
        assert os.getpid() not in {score.neutral for score in scores}
    assert [score.negative for score in scores] == [len(text) for text in texts]


def test_nothing_to_score_starts_no_worker() -> None:
    before = multiprocessing.active_children()
    with pool() as scorer:
        assert scorer.score([]) == []
        assert multiprocessing.active_children() == before


def test_a_closed_pool_starts_anew() -> None:
    with pool() as scorer:
        scorer.score(["a"])
        scorer.close()
        assert len(scorer.score(["a", "a"])) == 2


def test_a_worker_that_dies_once_costs_nothing_but_time(tmp_path: Path) -> None:
    with pool(Dying(tmp_path, deaths=1)) as scorer:
        assert [score.negative for score in scorer.score(["a", "bb"])] == [1, 2]


def test_workers_that_keep_dying_are_an_error_that_names_the_remedy(tmp_path: Path) -> None:
    with pool(Dying(tmp_path, deaths=100)) as scorer, pytest.raises(UnavailableError) as error:
        scorer.score(["a"])
    assert "sentiment.workers" in error.value.en and "sentiment.workers" in error.value.zh


def test_a_model_that_returns_too_few_scores_is_never_believed() -> None:
    with pool(Forgetful) as scorer, pytest.raises(ValueError, match="shorter"):
        scorer.score(["a", "b"])


OWNER = """
import time
from sentiment.pool import PooledScorer
from tests.sentiment.standins import Lengths
if __name__ == "__main__":
    print(PooledScorer(Lengths, workers=1).score(["a"])[0].neutral, flush=True)
    time.sleep(60)
"""


def test_a_worker_ends_when_its_owner_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, script], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout
        worker = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # In a container without an init process, what has ended may stay as a zombie.
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
