"""`yushao search`: the posts, by text, brand, time, sentiment and platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.markup import escape

from cli.base import index, moment, out

if TYPE_CHECKING:
    from posts.index import IndexedPost, Sort

app = typer.Typer()


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="检索词，空格分开的都须出现 · words that must all be found")] = "",
    brand: Annotated[list[str] | None, typer.Option(help="品牌，可多次 · brand, may be repeated")] = None,
    platform: Annotated[list[str] | None, typer.Option(help="平台，可多次 · platform, may be repeated")] = None,
    sentiment: Annotated[list[str] | None, typer.Option(help="negative / neutral / positive")] = None,
    start: Annotated[str, typer.Option("--from", help="起（含），北京时间 · from, China's time")] = "",
    end: Annotated[str, typer.Option("--to", help="止（不含） · up to, not included")] = "",
    sort: Annotated[str, typer.Option(help="newest / oldest / reach")] = "newest",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON · one JSON object a line")] = False,
) -> None:
    """检索帖子 · search the posts."""
    from posts.index import PostFilter, Sentiment

    chosen = PostFilter(
        text=text,
        brands=tuple(brand or ()),
        platforms=tuple(platform or ()),
        sentiments=tuple(Sentiment(_known(value, "--sentiment", tuple(Sentiment))) for value in sentiment or ()),
        start=moment(start) if start else None,
        end=moment(end) if end else None,
    )
    with index() as posts:
        page = posts.search(chosen, sort=_sort(sort), limit=limit)
    for found in page.posts:
        if as_json:
            typer.echo(orjson.dumps(_record(found)))
        else:
            out.print(_line(found))
    if not as_json:
        out.print(f"共 {page.total} 条，显示 {len(page.posts)} 条 · {len(page.posts)} of {page.total}")


def _known(value: str, option: str, choices: tuple[str, ...]) -> str:
    from core.errors import InputError

    if value in choices:
        return value
    raise InputError(
        zh=f"{option} 没有 {value!r}：可用 {'、'.join(choices)}",
        en=f"{option} cannot be {value!r}: choose {', '.join(choices)}",
    )


def _sort(value: str) -> Sort:
    choices: dict[str, Sort] = {"newest": "newest", "oldest": "oldest", "reach": "reach"}
    return choices[_known(value, "--sort", tuple(choices))]


def _record(found: IndexedPost) -> dict[str, Any]:
    return {"id": found.post.id, **found.post.to_record(), "mentions": found.mentions}


def _line(found: IndexedPost) -> str:
    from core.clock import shown

    mentions = " ".join(f"{mention.brand}/{mention.sentiment}/{mention.negative:.2f}" for mention in found.mentions)
    text = " ".join(found.post.full_text.split())
    parts = (shown(found.post.published_at), found.post.platform, mentions, text[:200], found.post.url)
    return escape("  ".join(filter(None, parts)))
