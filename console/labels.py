"""What the codes of all rooms are called on the pages, in Chinese; the catalogue has the English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.backtesting.dry_run import Difference
from alerts.detection.triggers import RuleName
from alerts.duty.clocks import ClockName, ClockState
from alerts.duty.roster import StepName
from alerts.duty.silences import SilenceKind
from alerts.indicators.table import Direction, Measure, Status
from alerts.indicators.trend import Trend
from alerts.levels import Level
from alerts.life.tables import AlertState, EventKind, NotificationState
from console.i18n import english, translate
from core import people
from core.errors import language
from core.people import Role
from core.platforms import PLATFORMS
from monitoring import corrections
from monitoring.in_force import Verdict
from monitoring.risk import RiskCategory
from statements.tables import CaseState, DraftKind, DraftState, FactStatus, Script

NAMES: dict[str, dict[str, str]] = {
    "role": {role.value: role.zh for role in Role},
    "level": {level.value: level.zh for level in Level},
    "alert_state": {state.value: state.zh for state in AlertState},
    "alert_event": {kind.value: kind.zh for kind in EventKind},
    "notification": {state.value: state.zh for state in NotificationState},
    "rule": {rule.value: rule.zh for rule in RuleName},
    "duty_step": {name.value: name.zh for name in StepName},
    "clock": {name.value: name.zh for name in ClockName},
    "clock_state": {state.value: state.zh for state in ClockState},
    "silence": {kind.value: kind.zh for kind in SilenceKind},
    "band": {"low": "低", "middle": "中", "high": "高"},
    "risk": {category.value: category.zh for category in RiskCategory},
    "case_state": {state.value: state.zh for state in CaseState},
    "fact_status": {**{status.value: status.zh for status in FactStatus}, "missing": "未填写"},
    "draft_kind": {kind.value: kind.zh for kind in DraftKind},
    "draft_state": {state.value: state.zh for state in DraftState},
    "script": {script.value: script.zh for script in Script},
    "sentiment": {"negative": "负面", "neutral": "中性", "positive": "正面"},
    "verdict": {verdict.value: verdict.zh for verdict in Verdict},
    "correction_end": {corrections.SUPERSEDED: "已被取代", corrections.UNDONE: "已撤销"},
    "model": {"stance": "立场模型", "mood": "情感模型"},
    "source_status": {
        "never": "尚未抓取",
        "partial": "部分时段未抓取",
        "ok": "正常",
        "empty": "无内容",
        "blocked": "被拦截",
        "stale": "久未更新",
        "changed": "页面变了",
        "failed": "抓取失败",
        "paused": "已暂停",
    },
    "source_kind": {"feed": "订阅源", "weibo_hot": "微博热搜", "sina_roll": "滚动新闻", "newsnow": "热榜聚合"},
    "indicator_status": {status.value: status.zh for status in Status},
    "measure": {measure.value: measure.zh for measure in Measure},
    "direction": {direction.value: direction.zh for direction in Direction},
    "trend": {trend.value: trend.zh for trend in Trend},
    "difference": {difference.value: difference.zh for difference in Difference},
    "quarantine_kind": {"page": "整页", "item": "条目", "row": "文件行", "rejected": "索引拒收"},
    "platform": dict(PLATFORMS),
    "author_kind": {"authority": "官方", "media": "媒体", "company": "企业", "verified": "认证"},
    "post_kind": {
        "post": "帖子",
        "comment": "评论",
        "article": "文章",
        "complaint": "投诉",
        "question": "问题",
        "hot_search": "热搜",
    },
}


def label(group: str, code: object) -> str:
    """What `code` of `group` is called; a code without a name is shown as it is.

    Where one Chinese word stands for two English ones, the catalogue has it under `group|name` too.
    """
    name = NAMES[group].get(str(code))
    if name is None:
        return str(code)
    own = f"{group}|{name}"
    return translate(own) if language.get() == "en" and own in english() else translate(name)


def actor_name(actor: str, people_names: Mapping[str, str]) -> str:
    """Who did something, or where a fact comes from, by `people_names`; names that stand for no person are put in words."""
    nobody = {people.SYSTEM: translate("系统"), people.SETTINGS: translate("系统设置"), people.TERMINAL: translate("命令行")}
    if actor.startswith("alert:"):
        return translate("预警")
    return nobody.get(actor) or people_names.get(actor, actor)


def risk_names(codes: str) -> str:
    """What the risk categories are called that stand in `codes` with commas between them, `*` for any."""
    named = (translate("任一类别") if code == "*" else label("risk", code) for code in codes.split(",") if code)
    return translate("、").join(named)


def role_names(codes: Iterable[object]) -> str:
    return translate("、").join(label("role", code) for code in codes)
