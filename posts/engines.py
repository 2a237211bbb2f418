"""Which engine keeps the posts: the operator's choice, `search.engine`."""

from __future__ import annotations

from core.settings import Settings
from posts.index import PostIndex


def open_index(settings: Settings) -> PostIndex:
    """The index that the settings name; nothing is connected before it is used. Call `setup` once before the first write."""
    if settings.search.engine == "elasticsearch":
        from posts.elastic import ElasticIndex

        return ElasticIndex(settings.search)
    from posts.sqlite import SqliteIndex

    return SqliteIndex(settings.posts_path)
