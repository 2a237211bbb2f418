"""Every error that a person may meet, in Chinese and English, each naming the thing and the remedy.

YushaoError
├── SettingError        a setting is missing, malformed or unknown
├── InputError          a file, row, field or form that a person gave is wrong
├── UnavailableError    a service (database, Elasticsearch, Prefect, a source) cannot be reached
├── StateError          the thing is in a state that does not allow the step asked for
└── ForbiddenError      this person may not take this step
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

Language = Literal["zh", "en"]

language: ContextVar[Language] = ContextVar("language", default="zh")
"""The language that messages are rendered in: set from the settings at start-up, and per request in the console."""


def either(zh: str, en: str) -> str:
    """Whichever of two texts is in the language that the user chose."""
    return zh if language.get() == "zh" else en


class YushaoError(Exception):
    """An error with one message a language; `str(error)` is in the language that the user chose."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return either(self.zh, self.en)

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders (scoring workers, flow runs), so they pickle with both messages."""
        return (_rebuild, (type(self), self.zh, self.en))


def _rebuild(kind: type[YushaoError], zh: str, en: str) -> YushaoError:
    return kind(zh=zh, en=en)


class SettingError(YushaoError):
    """A setting is missing, malformed or unknown; the message names the setting and where it was read."""


class InputError(YushaoError):
    """What a person gave (file, row, field, form) is wrong; the message names the place."""


class UnavailableError(YushaoError):
    """A service cannot be reached; the message names it, its address and what to check."""


class StateError(YushaoError):
    """The thing is in a state that does not allow this step; the message names both."""


class ForbiddenError(YushaoError):
    """This person may not take this step; the message says who may."""
