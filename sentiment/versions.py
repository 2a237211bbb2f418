"""Trained models in a folder: each version is kept with its metrics, and one of them, or the shipped model, is in use."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from core.errors import InputError
from sentiment import model, stance
from sentiment.choosing import Choice, choice

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True)
class Version:
    name: str
    in_use: bool
    metadata: dict[str, Any]


class Savable(Protocol):
    """A trained model of either kind."""

    @property
    def name(self) -> str: ...

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class Kind:
    """A kind of model: the one that is shipped, how one is read, and what it is called."""

    shipped: Path
    load: Callable[[Path], Any]
    format: int
    command: str
    zh: str


MOOD = Kind(model.SHIPPED, model.Model.load, model.FORMAT, "sentiment", "情感模型")
STANCE = Kind(stance.SHIPPED, stance.StanceModel.load, stance.FORMAT, "stance", "立场模型")


class Versions:
    """The versions in `folder`; `current` there names the one in use, the shipped one where it is missing or unreadable."""

    def __init__(self, folder: Path, kind: Kind = MOOD) -> None:
        self.folder = folder
        self.kind = kind

    def in_use(self) -> Path:
        """The folder of the model in use."""
        return self.choice().folder

    def choice(self) -> Choice:
        """The model in use, and the one that was chosen where that cannot be read."""
        return choice(self.folder, self.kind.shipped, format=self.kind.format, command=self.kind.command)

    def free_name(self, wanted: str, now: datetime) -> str:
        """`wanted`, or the moment where no name is wanted. Raises InputError for a name that is taken or malformed."""
        name = wanted or now.strftime("%Y%m%dt%H%M%S%fz")
        if _NAME.fullmatch(name) and name != self.kind.shipped.name and not (self.folder / name).exists():
            return name
        raise InputError(
            zh=f"版本名 {name} 已有或不合规：请用小写字母、数字、点、横线另取一个",
            en=f"the version's name {name} is taken or malformed: choose another of lower-case letters, digits, dots, dashes",
        )

    def keep(self, model: Savable) -> Path:
        """Store a model; a half-written one never stands under its name."""
        place = self.folder / model.name
        draft = self.folder / f".{model.name}.part"
        model.save(draft)
        draft.rename(place)
        return place

    def use(self, name: str) -> None:
        """Put a version in use from the next start of a process. Raises InputError for one that is not there or unreadable."""
        self.kind.load(self.place(name))
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".current.{os.getpid()}"
        draft.write_text(f"{name}\n", encoding="utf-8")
        draft.replace(self.folder / "current")

    def list(self) -> list[Version]:
        """The shipped model and all kept ones, oldest first."""
        folders = sorted(path.parent for path in self.folder.glob("[!.]*/metadata.json"))
        used = self.in_use()
        return [Version(place.name, place == used, _metadata(place)) for place in (self.kind.shipped, *folders)]

    def place(self, name: str) -> Path:
        """The folder of a version. Raises InputError where there is none of that name."""
        place = self.kind.shipped if name == self.kind.shipped.name else self.folder / name
        if _NAME.fullmatch(name) and (place / "metadata.json").is_file():
            return place
        raise InputError(
            zh=f"{self.folder} 里没有{self.kind.zh} {name}：请用 yushao {self.kind.command} versions 查看",
            en=f"there is no {self.kind.command} model {name} in {self.folder}: see yushao {self.kind.command} versions",
        )


def _metadata(place: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads((place / "metadata.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found
