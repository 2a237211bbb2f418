"""Statement templates: Jinja2 in a sandbox, one file a kind and script, that may name facts of the catalogue and nothing else.

A file in `<home>/templates/statements/<script>/<kind>.md.j2` takes the place of the one that is shipped.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.clock import SHANGHAI
from core.errors import InputError
from statements.fact_names import CATALOGUE, FactName
from statements.slots import marker
from statements.tables import DraftKind, Script

SHIPPED = Path(__file__).parent.parent / "templates" / "statements"
MOST_KEPT = 64
"""Sources that stay compiled and checked: every kind in every script, and a few that were edited since."""


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact as a template sees it: printed, it is its confirmed value or its 【待核实：…】 marker."""

    printed: str
    confirmed: bool

    def __str__(self) -> str:
        return self.printed


@dataclass(frozen=True, slots=True)
class StatementTemplate:
    """One checked template; `facts` are the catalogue's names that it uses, `hash` is the SHA-256 of its source."""

    kind: DraftKind
    script: Script
    path: Path
    source: str
    facts: tuple[str, ...]

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()

    def render(self, confirmed: Mapping[str, str]) -> str:
        """The text for these confirmed values; every other fact prints its marker. Raises InputError naming file and line."""
        sheet = {name: _view(fact, confirmed.get(name), self.script) for name, fact in CATALOGUE.items()}
        try:
            text = _compiled(self.source, self.path).render(fact=sheet)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise _wrong(self.path, _line_of(error, self.path), str(error), str(error)) from error
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class TemplateLibrary:
    """The templates of this installation: the shipped ones, with the operator's own in their place."""

    def __init__(self, home: Path | None = None) -> None:
        self._folders = [*([home / "templates" / "statements"] if home else []), SHIPPED]

    def load(self, kind: DraftKind, script: Script) -> StatementTemplate:
        """Read and check one template; raises InputError naming file, line and what is wrong."""
        path = self._path(kind, script)
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _wrong(path, 1, f"读不出来：{error}", f"cannot be read: {error}") from error
        return StatementTemplate(kind, script, path, source, _checked(source, path, kind))

    def all(self) -> Iterator[StatementTemplate]:
        """Every kind in every script."""
        return (self.load(kind, script) for kind in DraftKind for script in Script)

    def _path(self, kind: DraftKind, script: Script) -> Path:
        places = [folder / script / f"{kind}.md.j2" for folder in self._folders]
        return next((place for place in places if place.exists()), places[-1])


def moment_in_words(value: str, script: Script) -> str:
    """An ISO moment as a statement prints it.

    >>> moment_in_words("2026-11-02T18:00+08:00", Script.HANS)
    '2026年11月2日18:00（北京时间）'
    """
    moment = datetime.fromisoformat(value).astimezone(SHANGHAI)
    zone = "GMT+8" if script is Script.HANT else "北京时间"
    return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}（{zone}）"


def _view(fact: FactName, value: str | None, script: Script) -> FactView:
    if value is None:
        return FactView(marker(fact, script), confirmed=False)
    return FactView(moment_in_words(value, script) if fact.kind == "moment" else _in_script(value, script), confirmed=True)


def _in_script(value: str, script: Script) -> str:
    """A value is typed once, in simplified characters as a rule; a 繁體 text gets it in Taiwan's standard characters."""
    return _to_traditional().convert(value) if script is Script.HANT else value


@cache
def _to_traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2tw")


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.tests["confirmed"] = lambda view: view.confirmed
    return environment


@lru_cache(MOST_KEPT)
def _compiled(source: str, path: Path) -> Template:
    code = _environment().compile(source, str(path), str(path))
    return _environment().template_class.from_code(_environment(), code, {})


@lru_cache(MOST_KEPT)
def _checked(source: str, path: Path, kind: DraftKind) -> tuple[str, ...]:
    """The facts that the source names. Raises InputError for bad syntax, an unknown or unpublishable fact, another variable."""
    try:
        tree = _environment().parse(source, filename=str(path))
        strangers = sorted(find_undeclared_variables(tree) - {"fact"})
    except TemplateSyntaxError as error:
        raise _wrong(path, error.lineno, error.message or "", error.message or "") from error
    if strangers:
        line = next(node.lineno for node in tree.find_all(nodes.Name) if node.name == strangers[0])
        raise _wrong(
            path, line, f"未知变量 {strangers[0]}，模板只能用 fact.名称", f"unknown variable {strangers[0]}; use fact.NAME only"
        )
    named = dict(_named_facts(tree, path))
    for name, line in named.items():
        _require_usable(name, path, line, kind)
    return tuple(name for name in CATALOGUE if name in named)


def _named_facts(tree: nodes.Template, path: Path) -> Iterator[tuple[str, int]]:
    """Every `fact.name` with its line; `fact` in any other use raises InputError, for then its names cannot be checked."""
    attributes = [
        node for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name) and node.node.name == "fact"
    ]
    bases = {id(node.node) for node in attributes}
    for node in tree.find_all(nodes.Name):
        if node.name == "fact" and id(node) not in bases:
            raise _wrong(path, node.lineno, "事实要写成 fact.名称", "write a fact as fact.NAME")
    return ((node.attr, node.lineno) for node in attributes)


def _require_usable(name: str, path: Path, line: int, kind: DraftKind) -> None:
    if name not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise _wrong(path, line, f"未知事实 {name}，可用的有：{known}", f"unknown fact {name}; known are: {known}")
    if kind.is_public and not CATALOGUE[name].publishable:
        raise _wrong(
            path,
            line,
            f"事实 {name} 只供内部使用，不能写进对外文稿",
            f"the fact {name} is internal and cannot stand in a public text",
        )


def _line_of(error: Exception, path: Path) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] if lines else None) or getattr(error, "lineno", None) or 1


def _wrong(path: Path, line: int, zh: str, en: str) -> InputError:
    return InputError(zh=f"模板 {path} 第 {line} 行：{zh}", en=f"template {path}, line {line}: {en}")
