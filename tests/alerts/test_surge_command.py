"""Count series from files and `yushao detector evaluate`: gaps, repeats, disorder and wrong rows have defined outcomes."""

from __future__ import annotations

import json
import lzma
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cli.count_file import read_counts
from core.errors import InputError, language
from tests.command_line import CommandLine

HEAD = "timestamp,value\n"
RISE = [f"2026-03-{1 + hour // 24:02} {hour % 24:02}:00:00" for hour in range(24 * 20)]


@pytest.fixture(autouse=True)
def english() -> None:
    language.set("en")


def written(folder: Path, rows: str, name: str = "brand.csv") -> Path:
    file = folder / name
    file.write_text(HEAD + rows, encoding="utf-8")
    return file


def test_rows_in_disorder_are_put_in_order(tmp_path: Path) -> None:
    series = read_counts(written(tmp_path, "2026-03-01 02:00:00,3\n2026-03-01 00:00:00,1\n2026-03-01 01:00:00,2\n"))
    assert series.interval == timedelta(hours=1) and list(series.counts) == [1, 2, 3]
    assert series.timestamps[0] == "2026-03-01 00:00:00"


def test_a_repeated_timestamp_counts_once_with_its_last_value(tmp_path: Path) -> None:
    series = read_counts(written(tmp_path, "2026-03-01 00:00,1\n2026-03-01 00:15,2\n2026-03-01 00:15,5\n2026-03-01 00:30,3\n"))
    assert list(series.counts) == [1, 5, 3] and len(series.timestamps) == 3


def test_a_gap_and_an_empty_value_are_missing_not_zero(tmp_path: Path) -> None:
    rows = "2026-03-01 00:00,1\n2026-03-01 00:05,\n2026-03-01 00:10,2\n2026-03-01 00:25,3\n2026-03-01 00:30,4\n"
    np.testing.assert_equal(read_counts(written(tmp_path, rows)).counts, [1, np.nan, 2, np.nan, np.nan, 3, 4])


def test_two_rows_of_one_slot_add_up(tmp_path: Path) -> None:
    rows = "2026-03-01 00:00:00,1\n2026-03-01 00:05:00,2\n2026-03-01 00:05:20,4\n2026-03-01 00:10:00,3\n2026-03-01 00:15:00,3\n"
    assert list(read_counts(written(tmp_path, rows)).counts) == [1, 6, 3, 3]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("2026-03-01 00:00,1\n2026-03-01 00:05,-2\n", "line 3: the value '-2'"),
        ("2026-03-01 00:00,1\n2026-03-01 00:05,many\n", "line 3: the value 'many'"),
        ("2026-03-01 00:00,1\n2026-03-01 00:05,inf\n", "line 3: the value 'inf'"),
        ("yesterday,1\n2026-03-01 00:05,2\n", "line 2: cannot read the time 'yesterday'"),
        ("2026-03-01 00:00,1\n", "two rows of different times"),
        ("2026-03-01 00:00,1\n2026-03-01 00:05+08:00,2\n", "line 3: some times name a zone"),
        ("2026-03-01 00:00,1\n2026-03-01 00:05,2\n2926-03-01 00:10,2\n", "line 4: .* check the year"),
        ("2026-03-01,1\n2026-03-09,2\n", "line 3: the interval of 8 days"),
        ("2026-03-01 00:00,1\n2026-03-01 00:07,2\n2026-03-01 00:20,2\n2026-03-01 00:29,2\n", "no regular interval"),
    ],
)
def test_a_wrong_row_is_named_with_its_file_and_line(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_counts(written(tmp_path, rows))
    assert "brand.csv" in str(caught.value)


def test_other_columns_are_asked_to_be_renamed(tmp_path: Path) -> None:
    file = tmp_path / "brand.csv"
    file.write_text("time,posts\n2026-03-01,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: .*timestamp and value"):
        read_counts(file)


def test_evaluate_prints_every_timestamp_and_the_alerts_of_each_series_by_name(run: CommandLine, tmp_path: Path) -> None:
    values = [400 if 24 * 15 <= hour < 24 * 15 + 5 else 20 + hour % 3 for hour in range(len(RISE))]
    text = HEAD + "".join(f"{stamp},{value}\n" for stamp, value in zip(RISE, values, strict=True))
    packed = tmp_path / "surge.csv.xz"
    packed.write_bytes(lzma.compress(text.encode()))
    calm = written(tmp_path, "".join(f"{stamp},20\n" for stamp in RISE), "calm.csv")
    found = json.loads(run("detector", "evaluate", str(packed), str(calm), "--json").output)
    assert list(found) == ["surge.csv", "calm.csv"]
    assert found["surge.csv"]["timestamps"] == RISE and found["calm.csv"]["alerts"] == []
    told = datetime.fromisoformat(found["surge.csv"]["alerts"][0])
    assert len(found["surge.csv"]["alerts"]) == 1 and told == datetime.fromisoformat("2026-03-16 00:00:00")


def test_evaluate_shows_people_a_table(run: CommandLine, tmp_path: Path) -> None:
    calm = written(tmp_path, "".join(f"{stamp},20\n" for stamp in RISE), "calm.csv")
    assert "expected" in run("detector", "evaluate", str(calm)).output


def test_two_files_of_one_name_are_refused_rather_than_one_lost(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    rows = "2026-03-01 00:00,1\n2026-03-01 01:00,2\n"
    twice = [str(written(tmp_path, rows)), str(written(tmp_path / "b", rows))]
    with pytest.raises(InputError):
        run("detector", "evaluate", *twice)
