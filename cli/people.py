"""`yushao people`: who may sign in and act. Whoever may run commands on this machine may manage them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from cli.base import actor, out, state
from core.errors import InputError, either
from core.people import Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.people import Person

app = typer.Typer(help="人员 · people who may sign in and act", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="用户名 · user name")]
Generate = Annotated[bool, typer.Option("--generate", help="生成密码并显示一次 · make a password and show it once")]


@app.command()
def add(
    username: Username,
    role: Annotated[Role, typer.Option(help="值班 duty、负责人 lead、运维 operator、管理员 admin")],
    name: Annotated[str, typer.Option(help="姓名 · the name shown")] = "",
    generate: Generate = False,
) -> None:
    """新增人员 · add a person; asks for the password unless --generate."""
    from core import people
    from core.clock import now

    password = _password(generate)
    with state() as database, database.writing() as session:
        people.add_person(session, username=username, display_name=name, role=role, password=password, actor=actor(), now=now())
    _tell(username, password if generate else "")


@app.command("list")
def list_() -> None:
    """列出人员 · list everyone."""
    from core import people
    from core.clock import shown

    with state() as database, database.reading() as session:
        found = people.list_people(session)
    rows = Table(Column("用户名", no_wrap=True), "姓名", "角色", "状态", "加入")
    for person in found:
        active = either("在职", "active") if person.active else either("已停用", "deactivated")
        role = f"{Role(person.role).zh} {person.role}"
        rows.add_row(person.username, escape(person.display_name), role, active, shown(person.created_at))
    out.print(rows)


@app.command()
def password(username: Username, generate: Generate = False) -> None:
    """更换密码 · replace a person's password."""
    from core import people
    from core.clock import now

    new = _password(generate)
    with state() as database, database.writing() as session:
        people.set_password(session, _known(session, username), new, actor=actor(), now=now())
    _tell(username, new if generate else "")


@app.command()
def deactivate(username: Username) -> None:
    """停用人员 · take a person's access away; what they did stays under their name."""
    from core import people
    from core.clock import now

    with state() as database, database.writing() as session:
        people.deactivate_person(session, _known(session, username), actor=actor(), now=now())
    out.print(either(f"已停用 {username}", f"{username} was deactivated"), markup=False)


def _password(generate: bool) -> str:
    from core.people import generated_password

    if generate:
        return generated_password()
    return str(typer.prompt(either("密码", "Password"), hide_input=True, confirmation_prompt=True))


def _known(session: Session, username: str) -> Person:
    from core.people import find_person

    if person := find_person(session, username):
        return person
    raise InputError(
        zh=f"没有用户 {username}：请用 yushao people list 查看", en=f"there is no person {username}: see yushao people list"
    )


def _tell(username: str, password: str) -> None:
    """The password is shown once and kept nowhere."""
    out.print(either(f"用户 {username} 已保存", f"{username} was saved"), markup=False)
    if password:
        out.print(f"{either('密码（只显示这一次）', 'password (shown this once)')}: {password}", markup=False)
