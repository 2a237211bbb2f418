"""Which column holds what: other crawlers' exports known by their columns, common column names, and what the user says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.errors import InputError
from core.post import PostKind

Mapped = Mapping[str, str | int]
"""Field to column: a name, or a number from 1 for a file without a header."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` maps a field of a post to the column that holds it: a name, or an index from 0.

    `platform` and `kind` are what the export's own shape tells; `address` makes an item's web address from its id.
    """

    name: str
    columns: Mapping[str, str | int]
    platform: str = ""
    kind: PostKind | None = None
    address: str = ""
    needs: frozenset[str] = field(default_factory=frozenset)


_MEDIA_AUTHOR = {"author": "user_id", "author_name": "nickname"}
_MEDIA_COMMENT = {
    "native_id": "comment_id",
    "text": "content",
    "published_at": "create_time",
    "comments": "sub_comment_count",
    "parent_id": "parent_comment_id",
    **_MEDIA_AUTHOR,
}

EXPORTS = (
    Layout(
        "weibo-search",
        {
            "native_id": "id",
            "text": "微博正文",
            "published_at": "发布时间",
            "author": "user_id",
            "author_name": "用户昵称",
            "reposts": "转发数",
            "comments": "评论数",
            "likes": "点赞数",
            "parent_id": "retweet_id",
            "author_kind": "user_authentication",
        },
        platform="weibo",
        kind=PostKind.POST,
        address="https://m.weibo.cn/detail/{id}",
        needs=frozenset({"id", "bid", "user_id", "微博正文", "发布时间"}),
    ),
    Layout(
        "MediaCrawler weibo comments",
        {**_MEDIA_COMMENT, "likes": "comment_like_count", "thread_id": "note_id"},
        platform="weibo",
        kind=PostKind.COMMENT,
        needs=frozenset({"comment_id", "note_id", "content", "create_time", "comment_like_count"}),
    ),
    Layout(
        "MediaCrawler xiaohongshu comments",
        {**_MEDIA_COMMENT, "likes": "like_count", "thread_id": "note_id"},
        platform="xiaohongshu",
        kind=PostKind.COMMENT,
        needs=frozenset({"comment_id", "note_id", "content", "create_time"}),
    ),
    Layout(
        "MediaCrawler douyin comments",
        {**_MEDIA_COMMENT, "likes": "like_count", "thread_id": "aweme_id"},
        platform="douyin",
        kind=PostKind.COMMENT,
        needs=frozenset({"comment_id", "aweme_id", "content", "create_time"}),
    ),
    Layout(
        "MediaCrawler weibo",
        {
            "native_id": "note_id",
            "text": "content",
            "published_at": "create_time",
            "url": "note_url",
            "likes": "liked_count",
            "comments": "comments_count",
            "reposts": "shared_count",
            **_MEDIA_AUTHOR,
        },
        platform="weibo",
        kind=PostKind.POST,
        needs=frozenset({"note_id", "content", "create_time"}),
    ),
    Layout(
        "MediaCrawler xiaohongshu",
        {
            "native_id": "note_id",
            "title": "title",
            "text": "desc",
            "published_at": "time",
            "url": "note_url",
            "likes": "liked_count",
            "comments": "comment_count",
            "reposts": "share_count",
            **_MEDIA_AUTHOR,
        },
        platform="xiaohongshu",
        kind=PostKind.POST,
        needs=frozenset({"note_id", "title", "desc", "time"}),
    ),
    Layout(
        "MediaCrawler douyin",
        {
            "native_id": "aweme_id",
            "title": "title",
            "text": "desc",
            "published_at": "create_time",
            "url": "aweme_url",
            "likes": "liked_count",
            "comments": "comment_count",
            "reposts": "share_count",
            **_MEDIA_AUTHOR,
        },
        platform="douyin",
        kind=PostKind.POST,
        needs=frozenset({"aweme_id", "desc", "create_time"}),
    ),
)
"""Read in this order: a comment's columns hold a post's, too."""

COMMON_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "content",
        "正文",
        "内容",
        "微博正文",
        "全文",
        "评论内容",
        "帖子内容",
        "body",
        "desc",
        "description",
        "word",
    ),
    "published_at": (
        *(
            "published_at",
            "publish_time",
            "published",
            "pubdate",
            "发布时间",
            "发表时间",
            "评论时间",
            "创建时间",
            "时间",
            "日期",
        ),
        *("created_at", "create_time", "datetime", "timestamp", "time", "date", "ts"),
    ),
    "title": ("title", "标题"),
    "native_id": ("native_id", "id", "mid", "post_id", "docid", "编号", "微博id", "帖子id", "文章id", "评论id"),
    "url": ("url", "link", "链接", "网址", "原文链接", "地址"),
    "author": ("author_id", "user_id", "uid", "用户id", "作者id"),
    "author_name": ("author_name", "author", "nickname", "screen_name", "昵称", "用户昵称", "用户名", "作者", "发布者"),
    "author_kind": ("author_kind", "verified_type", "user_authentication", "认证类型", "用户认证", "认证"),
    "author_verified": ("author_verified", "verified", "is_verified", "是否认证"),
    "author_followers": ("author_followers", "followers_count", "followers", "fans_count", "fans", "粉丝数", "粉丝量", "粉丝"),
    "likes": ("likes", "like_count", "liked_count", "点赞数", "点赞量", "点赞"),
    "reposts": ("reposts", "share_count", "shared_count", "转发数", "转发量", "转发"),
    "comments": ("comments", "comment_count", "comments_count", "评论数", "评论量"),
    "heat": ("heat", "hot", "raw_hot", "热度", "热度值"),
    "parent_id": ("parent_id", "retweet_id", "父id"),
    "platform": ("platform", "平台", "来源平台"),
    "seen_at": ("seen_at", "first_seen"),
}
"""Each field's usual names in files of unknown origin, the likeliest first; compared without case."""

FIELDS = tuple(COMMON_NAMES)


def parse_map(text: str) -> dict[str, str | int]:
    """What `--map` says: `text=2,published_at=1`, or names instead of numbers. Raises InputError naming the wrong part."""
    mapped: dict[str, str | int] = {}
    for part in text.split(","):
        name, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column or name not in FIELDS or column == "0":
            raise InputError(
                zh=f"--map 中的 {part.strip()!r} 有误：应为 字段=列名 或 字段=列号（从 1 起），字段有 {'、'.join(FIELDS)}",
                en=f"{part.strip()!r} in --map is wrong: it must be FIELD=NAME or FIELD=NUMBER (from 1); "
                f"the fields are {', '.join(FIELDS)}",
            )
        mapped[name] = int(column) if column.isdecimal() else column
    if len({type(column) for column in mapped.values()}) > 1:
        raise InputError(
            zh="--map 中列名与列号不能混用：有表头的文件用列名，没有表头的用列号",
            en="--map mixes names and numbers: use names for a file with a header, numbers for one without",
        )
    return mapped


def has_header(mapped: Mapped | None) -> bool:
    """Whether the file's first row names its columns: not where the user counts them."""
    return not mapped or not all(isinstance(column, int) for column in mapped.values())


def layout_of(names: Sequence[str] | None, mapped: Mapped | None, place: str) -> Layout:
    """The layout of a file with these columns (None: no header). `place` is the file and line that messages name.

    What the user maps wins over what the names tell. Raises InputError for an unknown column, or where no column is known
    to hold the text or the time.
    """
    if names is None:
        return _needed(_counted(mapped or {}), (), place)
    if mapped and not has_header(mapped):
        raise InputError(
            zh=f"{place}：JSON 的列有名字，--map 请写列名：{'、'.join(names)}",
            en=f"{place}: JSON columns have names, use them in --map: {', '.join(names)}",
        )
    recognised = _export(names) or _common(names)
    for column in (mapped or {}).values():
        if column not in names:
            raise InputError(
                zh=f"{place}：--map 要的列 {column!r} 不存在，有的列是：{'、'.join(names)}",
                en=f"{place}: --map asks for the column {column!r}, but there are: {', '.join(names)}",
            )
    return _needed(replace(recognised, columns={**recognised.columns, **(mapped or {})}), names, place)


def _export(names: Sequence[str]) -> Layout | None:
    present = set(names)
    export = next((export for export in EXPORTS if export.needs <= present), None)
    return export and replace(export, columns={name: column for name, column in export.columns.items() if column in present})


def _common(names: Sequence[str]) -> Layout:
    by_folded = {name.strip().lower(): name for name in reversed(names)}
    columns: dict[str, str | int] = {}
    for field_name, candidates in COMMON_NAMES.items():
        if found := next((by_folded[name] for name in candidates if name in by_folded), None):
            columns[field_name] = found
    return Layout("", columns)


def _counted(mapped: Mapped) -> Layout:
    return Layout("", {name: int(column) - 1 for name, column in mapped.items()})


def _needed(layout: Layout, names: Sequence[str], place: str) -> Layout:
    """The layout, if it tells both what was said and when. A file of titles alone is a file of texts."""
    columns = dict(layout.columns)
    if "text" not in columns and "title" in columns:
        columns["text"] = columns.pop("title")
    for name, zh, en in (("text", "正文", "text"), ("published_at", "发布时间", "time of publication")):
        if name not in columns:
            raise InputError(
                zh=f"{place}：认不出哪一列是{zh}（列：{'、'.join(names)}）；"
                f"请用 --map {name}=列名 指明，没有表头则 --map {name}=列号",
                en=f"{place}: no column is known to hold the {en} (columns: {', '.join(names)}); "
                f"say which by --map {name}=NAME, or --map {name}=NUMBER for a file without a header",
            )
    return replace(layout, columns=columns)
