"""`yushao erase`: a person asked to be removed."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base import actor, index, out, settings, state

app = typer.Typer()


@app.command()
def erase(
    reason: Annotated[str, typer.Option(help="事由，如申请的编号 · why, such as the request's number")],
    author: Annotated[str, typer.Option(help="作者散列，见帖子 · the author's hash, as `yushao search --json` shows it")] = "",
    platform: Annotated[str, typer.Option(help="平台，与 --account 同用 · the platform, together with --account")] = "",
    account: Annotated[str, typer.Option(help="平台上的用户编号 · the account's id there")] = "",
) -> None:
    """删除一位作者的全部帖子，以后也不再收 · delete an author's posts, and take none of theirs in again."""
    from core.clock import now
    from core.errors import either
    from monitoring.corrections import forget_authors
    from posts.erasure import erase as erase_posts
    from posts.erasure import request_erasure

    hashed = _author(author, platform, account)
    with state() as database, index() as posts:
        with database.writing() as session:
            request_erasure(session, hashed, reason=reason, actor=actor(), now=now())
            forget_authors(session, {hashed})
        deleted = erase_posts(posts, frozenset({hashed}))
    out.print(either(f"已删除 {deleted} 条，今后不再收入", f"{deleted} posts deleted; none will be taken in again"))


def _author(author: str, platform: str, account: str) -> str:
    from core.errors import InputError
    from core.privacy import author_hash
    from core.settings import secret_key

    if bool(author) == bool(platform and account):
        raise InputError(
            zh="请给出 --author 散列，或 --platform 与 --account，二者取一",
            en="give either --author HASH, or --platform and --account",
        )
    return author or author_hash(platform, account, secret_key(settings()).encode())
