"""The audit log: whatever is done to its rows behind its back, `verify` sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from core import audit
from core.audit import AuditEntry
from core.database import Database
from tests.conftest import NOON
from tests.forging import drop_guards


def fill(database: Database, entries: int = 4) -> audit.Verification:
    """Write `entries` entries and return the verified, whole chain."""
    with database.writing() as session:
        for number in range(entries):
            audit.record(
                session, at=NOON, actor="甲", action="draft.edit", subject=f"draft:{number}", note=f"第{number}次", count=number
            )
    return verified(database)


def verified(database: Database, noted: str = "") -> audit.Verification:
    with database.reading() as session:
        return audit.verify(session, noted=noted)


def tamper(database: Database, statement: str, **values: object) -> audit.Verification:
    """Do what only somebody with the database's own password can, then verify."""
    with database.engine.begin() as connection:
        drop_guards(connection)
        connection.execute(text(statement), values)
    return verified(database)


def test_an_untouched_chain_is_whole(database: Database) -> None:
    """Every entry hashes to what was written, on both engines, read back in another session."""
    outcome = fill(database)
    assert (outcome.entries, outcome.broken_at, len(outcome.head)) == (4, None, 64)


def test_an_empty_log_is_whole(database: Database) -> None:
    """No entry yet: the head is the genesis hash, also where that was noted."""
    assert verified(database, noted=audit.GENESIS) == audit.Verification(0, audit.GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor = '乙' WHERE sequence = 2",
        'UPDATE audit_entry SET details = \'{"note": "x"}\' WHERE sequence = 2',
        "UPDATE audit_entry SET subject = 'draft:9' WHERE sequence = 2",
        "UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE sequence = 2",
    ],
)
def test_a_changed_row_shows(database: Database, change: str) -> None:
    """Any field changed breaks the chain at that very entry."""
    fill(database)
    outcome = tamper(database, change)
    assert (outcome.broken_at, outcome.reason) == (2, "content was changed")


def test_a_changed_row_with_its_hash_made_anew_shows(database: Database) -> None:
    """A forger who knows the recipe and recomputes the entry's own hash breaks the link to the next."""
    fill(database)
    with database.reading() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.sequence == 2)).one()
        forged = audit._hash(row.sequence, row.at, "乙", row.action, row.subject, row.details, row.previous_hash)
    outcome = tamper(database, "UPDATE audit_entry SET actor = '乙', hash = :hash WHERE sequence = 2", hash=forged)
    assert (outcome.broken_at, outcome.reason) == (3, "previous hash differs")


def test_a_deleted_row_shows(database: Database) -> None:
    """A gap is reported as the number that is missing."""
    fill(database)
    outcome = tamper(database, "DELETE FROM audit_entry WHERE sequence = 3")
    assert (outcome.broken_at, outcome.reason, outcome.entries) == (3, "missing entry", 2)


def test_reordered_rows_show(database: Database) -> None:
    """Two entries that changed places no longer follow each other's hashes."""
    fill(database)
    for swap in ("sequence = 99 WHERE sequence = 2", "sequence = 2 WHERE sequence = 3", "sequence = 3 WHERE sequence = 99"):
        outcome = tamper(database, f"UPDATE audit_entry SET {swap}")
    assert (outcome.broken_at, outcome.reason) == (2, "previous hash differs")


def test_a_cut_tail_shows_only_against_a_noted_head(database: Database) -> None:
    """A chain without its end is whole in itself; the head noted elsewhere is then no entry's hash."""
    head = fill(database).head
    assert tamper(database, "DELETE FROM audit_entry WHERE sequence = 4").broken_at is None
    outcome = verified(database, noted=head)
    assert (outcome.broken_at, outcome.reason) == (4, "noted head is not in the chain")


def test_a_noted_head_stays_good_while_the_log_grows(database: Database) -> None:
    """The head of last week is an entry of today's chain."""
    head = fill(database).head
    fill(database)
    assert verified(database, noted=head) == verified(database)


def test_a_moment_counts_as_such_whatever_its_zone(database: Database) -> None:
    """An entry written with Shanghai's time verifies, though both engines give it back in UTC, to the microsecond."""
    at = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        audit.record(session, at=at, actor="甲", action="case.open", subject="case:1")
    assert verified(database).broken_at is None
    with database.reading() as session:
        assert audit.recent(session)[0].at == at.astimezone(UTC)


def test_details_are_hashed_as_they_are_stored(database: Database) -> None:
    """Tuples, numbers, nested and traditional text come back from the JSON column as what was hashed."""
    with database.writing() as session:
        audit.record(
            session,
            at=NOON,
            actor="甲",
            action="x.y",
            subject="x:1",
            pair=(1, 2.50, None),
            text="說明 “引号”\n\U0001f600",
            deep={"b": 1, "a": [True]},
        )
    assert verified(database).broken_at is None


def test_an_entry_falls_with_the_change_it_records(database: Database) -> None:
    """A transaction that fails leaves neither."""
    with pytest.raises(RuntimeError), database.writing() as session:
        audit.record(session, at=NOON, actor="甲", action="case.open", subject="case:1")
        raise RuntimeError
    assert verified(database).entries == 0


def test_the_door_of_a_change_is_kept(database: Database) -> None:
    """What a process edge sets as `via` stands in each entry's details."""
    token = audit.via.set("cli")
    try:
        with database.writing() as session:
            entry = audit.record(session, at=NOON, actor="甲", action="case.open", subject="case:1")
    finally:
        audit.via.reset(token)
    assert entry.details == {"via": "cli"}
    assert verified(database).broken_at is None


def test_writers_at_once_make_one_chain(database: Database) -> None:
    """Many threads record at the same time: no number is doubled or left out, and the chain holds."""
    start = Barrier(4)

    def write(name: str) -> None:
        start.wait()
        for _ in range(5):
            with database.writing() as session:
                audit.record(session, at=NOON, actor=name, action="x.y", subject="x:1")

    threads = [Thread(target=write, args=(f"writer{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome = verified(database)
    assert (outcome.entries, outcome.broken_at) == (20, None)


def test_entries_about_subjects_come_newest_first(database: Database) -> None:
    """`entries_for` finds what is about the things asked for and nothing else."""
    fill(database)
    with database.reading() as session:
        found = audit.entries_for(session, ["draft:1", "draft:3"])
    assert [entry.subject for entry in found] == ["draft:3", "draft:1"]
