"""A test message by one channel: whether it would reach anyone, found out before it must."""

from __future__ import annotations

from datetime import datetime

from alerts.duty.channels import deliver
from alerts.duty.desk import addresses
from core import audit
from core.clock import shown
from core.database import Database
from core.errors import InputError, UnavailableError
from core.settings import Settings


def trial(database: Database, channel: str, *, settings: Settings, actor: str, now: datetime) -> UnavailableError | None:
    """Send a message that says it is a test; what went wrong, or None where the service took it.

    It is written to the audit log either way. Raises InputError for a channel that the settings do not have.
    """
    known = addresses(settings)
    if channel not in known:
        raise InputError(
            zh=f"没有通道 {channel}：可用 {'、'.join(known) or '（未配置）'}",
            en=f"there is no channel {channel}: known are {', '.join(known) or '(none configured)'}",
        )
    problem = None
    body = f"这是一条测试消息，无需处理。\n发出：{shown(now)}，{actor}"
    try:
        deliver(known[channel], title="【舆哨 · 测试】通知通道测试", body=body)
    except UnavailableError as error:
        problem = error
    with database.writing() as session:
        result = str(problem) if problem else "sent"
        audit.record(session, at=now, actor=actor, action="notification.test", subject=f"channel:{channel}", result=result)
    return problem
