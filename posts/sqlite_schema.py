"""The tables of the embedded index, and their version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core.errors import StateError
from posts import sqlite_hours

VERSION = 4

# Every printing ASCII character but the letters and digits, which are token characters anyway; all beyond ASCII are too.
_PUNCTUATION = "".join(map(chr, (*range(0x21, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F))))
_TOKENIZER = "ascii tokenchars '" + _PUNCTUATION.replace("'", "''") + "'"

# Holds all that a histogram needs: counting a brand's fortnight then reads one piece of the index and nothing else.
_MENTION_BY_BRAND = """
    CREATE INDEX mention_by_brand ON mention (brand, published_at, sentiment, platform, risks, reach, seen_at)
"""

_TABLES = (
    """
    CREATE TABLE post (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        platform TEXT NOT NULL,
        native_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        published_at INTEGER NOT NULL, -- microseconds since 1970, as is seen_at
        seen_at INTEGER NOT NULL,
        source TEXT NOT NULL,
        title TEXT NOT NULL,
        url TEXT NOT NULL,
        author_hash TEXT NOT NULL,
        author_name TEXT NOT NULL,
        likes INTEGER,
        reposts INTEGER,
        comments INTEGER,
        heat INTEGER,
        parent_id TEXT NOT NULL,
        author_kind TEXT NOT NULL DEFAULT '',
        author_followers INTEGER,
        reach INTEGER NOT NULL,
        words TEXT NOT NULL
    )
    """,
    "CREATE INDEX post_by_time ON post (published_at)",
    "CREATE INDEX post_by_author ON post (author_hash) WHERE author_hash != ''",
    """
    CREATE TABLE mention (
        post INTEGER NOT NULL, -- its number
        position INTEGER NOT NULL,
        brand TEXT NOT NULL,
        sentiment TEXT NOT NULL,
        negative REAL NOT NULL,
        risks TEXT NOT NULL, -- a JSON list, as are keywords
        keywords TEXT NOT NULL,
        -- The post's own, so that mentions can be counted by them without a look at the post.
        published_at INTEGER NOT NULL,
        platform TEXT NOT NULL DEFAULT '',
        reach INTEGER NOT NULL DEFAULT 0,
        seen_at INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (post, position)
    ) WITHOUT ROWID
    """,
    _MENTION_BY_BRAND,
    # Our own tokens, divided by spaces, taken as they are. Without column sizes: nothing is ranked by text.
    f"""CREATE VIRTUAL TABLE post_text USING fts5(characters, columnsize=0, tokenize="{_TOKENIZER.replace('"', '""')}")""",
    *sqlite_hours.TABLES,
)


_UPGRADES: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE mention ADD COLUMN platform TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE mention ADD COLUMN reach INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE mention ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE mention SET (platform, reach, seen_at) =
            (SELECT post.platform, post.reach, post.seen_at FROM post WHERE post.number = mention.post)
        """,
        "DROP INDEX mention_by_brand",
        _MENTION_BY_BRAND,
    ),
    2: (
        "ALTER TABLE post ADD COLUMN author_kind TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE post ADD COLUMN author_followers INTEGER",
    ),
    3: (*sqlite_hours.TABLES, sqlite_hours.FILL),
}
"""What brings a file of each version to the next."""


def create(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables, or bring older ones up to date, in the caller's transaction; StateError for a newer version's file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StateError(
            zh=f"检索库 {path} 由更新的版本建立（结构 {version}，本程序只认识到 {VERSION}）：请升级程序",
            en=f"the search index {path} was made by a newer version (schema {version}, this one knows {VERSION}): upgrade",
        )
    missing = _TABLES if version == 0 else [statement for step in range(version, VERSION) for statement in _UPGRADES[step]]
    for statement in missing:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
