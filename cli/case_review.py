"""The steps of review under `yushao cases`: edit, submit, approve, send back, publish, withdraw, export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from cli.base import out, state
from cli.case_base import As, Reason, writing
from cli.case_drafts import DraftId, drafts_table
from core.errors import InputError, either

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from statements.export import Format
    from statements.tables import Draft


def edit(
    draft_id: DraftId,
    as_: As,
    file: Annotated[Path | None, typer.Option(help="新文稿（UTF-8），- 为标准输入；不写则打开 $EDITOR · the new text")] = None,
) -> None:
    """修改文稿 · replace the text by a file's, or edit it in $EDITOR."""
    from statements.drafting import get_draft
    from statements.review import edit_draft

    with state() as database, database.reading() as session:
        before = get_draft(session, draft_id)
    text = _read(file) if file else click.edit(before.text, extension=".md")
    if text is None:
        out.print(either("没有改动", "nothing was changed"))
        return
    with writing() as (session, moment):
        _print(session, edit_draft(session, draft_id, text, text_hash=before.text_hash, actor=as_, now=moment))


def submit(draft_id: DraftId, as_: As) -> None:
    """提交审批 · hand a draft in for approval."""
    from statements.review import submit as step

    with writing() as (session, moment):
        _print(session, step(session, draft_id, actor=as_, now=moment))


def approve(
    draft_id: DraftId,
    as_: As,
    hash_: Annotated[
        str, typer.Option("--hash", help="您所读文稿的哈希（drafts show 最后一行） · the hash of the text you read")
    ],
) -> None:
    """批准读过的那一份文稿 · approve the very text that was read; not by whoever wrote or submitted it."""
    from statements.review import approve as step

    with writing() as (session, moment):
        _print(session, step(session, draft_id, text_hash=hash_.removeprefix("sha256:"), actor=as_, now=moment))


def send_back(draft_id: DraftId, as_: As, reason: Reason) -> None:
    """退回，须写理由 · send a draft back, with the reason."""
    from statements.review import send_back as step

    with writing() as (session, moment):
        _print(session, step(session, draft_id, reason=reason, actor=as_, now=moment))


def publish(draft_id: DraftId, as_: As) -> None:
    """登记为已发布 · declare an approved draft published; a FAQ update fills the FAQ."""
    from statements.review import publish as step

    with writing() as (session, moment):
        _print(session, step(session, draft_id, actor=as_, now=moment))


def withdraw(draft_id: DraftId, as_: As, reason: Reason) -> None:
    """撤回已批准或已发布的文稿 · take an approved or published text back, with the reason."""
    from statements.review import withdraw_statement

    with writing() as (session, moment):
        _print(session, withdraw_statement(session, draft_id, reason=reason, actor=as_, now=moment))


def export(
    draft_id: DraftId,
    format_: Annotated[str, typer.Option("--format", help="md、txt、html")] = "md",
    out_: Annotated[
        Path | None, typer.Option("--out", help="文件或目录，- 为标准输出 · file or folder, - for standard output")
    ] = None,
) -> None:
    """导出已批准或已发布的文稿 · export an approved or published text; by default into the current folder."""
    from typing import cast

    from statements.export import export as step

    with state() as database, database.reading() as session:
        exported = step(session, draft_id, cast("Format", format_))
    if out_ == Path("-"):
        sys.stdout.buffer.write(exported.content)
        return
    target = (out_ or Path()) / exported.filename if out_ is None or out_.is_dir() else out_
    _write(target, exported.content)
    out.print(str(target), markup=False)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if file == Path("-") else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            zh=f"读不出文稿 {file}：{error}；请检查路径，并存为 UTF-8",
            en=f"cannot read {file}: {error}; check the path, save it as UTF-8",
        ) from error


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InputError(
            zh=f"写不进 {target}：{error}；请换 --out", en=f"cannot write {target}: {error}; choose another --out"
        ) from error


def _print(session: Session, draft: Draft) -> None:
    out.print(drafts_table(session, [draft]))


STEPS: tuple[Callable[..., None], ...] = (edit, submit, approve, send_back, publish, withdraw, export)
