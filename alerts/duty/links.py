"""The link in a message: signed, so that it cannot be made up or altered, and good for a week.

It only leads to the console's page for taking the alert, which asks for a sign-in like every page; whoever comes by a
message has gained nothing else by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from core.errors import InputError
from core.settings import Settings, secret_key

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes and reads the links of one installation; with no `address` of the console there are none."""

    address: str
    key: str

    def link(self, notification_id: str, *, at: datetime) -> str:
        """The address that a message about an alert leads to; empty where the console's own is not known."""
        return f"{self.address.rstrip('/')}/told/{_Signer(self.key, at).dumps(notification_id)}" if self.address else ""

    def read(self, token: str, *, now: datetime) -> str:
        """The id of the notification that `token` was made for; raises InputError for one that is expired or not ours."""
        try:
            found = _Signer(self.key, now).loads(token, max_age=int(GOOD_FOR.total_seconds()))
        except SignatureExpired as error:
            raise InputError(
                zh=f"链接已过期（有效 {GOOD_FOR.days} 天）：请在控制台的预警列表中打开",
                en=f"the link has expired after {GOOD_FOR.days} days: open the alert from the console's list",
            ) from error
        except BadData as error:
            raise InputError(
                zh="链接不完整或被改动：请从原消息重新打开，或在控制台的预警列表中查找",
                en="the link is incomplete or was altered: open it from the message again, or find the alert in the list",
            ) from error
        return str(found)


def link_maker(settings: Settings) -> LinkMaker:
    return LinkMaker(settings.console.address, secret_key(settings))


class _Signer(URLSafeTimedSerializer):
    """HMAC over the notification's id and the moment that the caller names."""

    def __init__(self, key: str, at: datetime) -> None:
        super().__init__(key, salt="alert-link", signer=_signer_at(at))


def _signer_at(at: datetime) -> Any:
    from itsdangerous import TimestampSigner

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(at.timestamp())

    return Signer
