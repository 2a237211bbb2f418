"""The catalogue of facts: every name that a fact sheet and a template may use, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import InputError
from statements.tables import DraftKind, Script

HOLDING, FAQ, BULLETIN = DraftKind.HOLDING_STATEMENT, DraftKind.FAQ_UPDATE, DraftKind.INTERNAL_BULLETIN


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that can be known of a case.

    `zh`, `hant` and `en` are its label, the hints say what to write. A `moment` is kept as an ISO time and printed in words.
    `required` are the kinds of draft that are not complete without it. What is not `publishable` stays in the house.
    """

    name: str
    zh: str
    hant: str
    en: str
    hint_zh: str
    hint_en: str
    kind: Literal["text", "moment"] = "text"
    required: frozenset[DraftKind] = frozenset()
    publishable: bool = True

    def label(self, script: Script) -> str:
        return self.hant if script is Script.HANT else self.zh


def _fact(
    name: str, labels: str, hint_zh: str, hint_en: str, *required: DraftKind, **more: bool | Literal["moment"]
) -> FactName:
    zh, hant, en = labels.split("|")
    return FactName(name, zh, hant, en, hint_zh, hint_en, required=frozenset(required), **more)  # type: ignore[arg-type]


CATALOGUE: dict[str, FactName] = {
    fact.name: fact
    for fact in (
        _fact("company_name", "公司名称|公司名稱|Company name", "对外署名的公司全称", "the full name that signs the statement", HOLDING, FAQ, BULLETIN),
        _fact("contact", "联系方式|聯絡方式|Contact", "公众与媒体都能用的电话、邮箱或页面", "telephone, mail or page for the public and the press", HOLDING, FAQ, BULLETIN),
        _fact("brand", "涉及品牌|涉及品牌|Brand", "公众所说的品牌", "the brand that the public speaks of", HOLDING, FAQ, BULLETIN),
        _fact("headline", "事件名称|事件名稱|Headline", "中性、不含判断的名词短语，如“门店饮品发现异物”", "a neutral noun phrase without judgement", HOLDING, FAQ, BULLETIN),
        _fact("incident", "事件经过|事件經過|What happened", "只写已核实的经过，不写原因与责任", "only what is verified; no cause, no blame", HOLDING, FAQ, BULLETIN),
        _fact("as_of", "信息截止时间|資訊截止時間|Information as of", "以上事实核实到何时，如 2026-11-02 14:00", "until when these facts were checked, e.g. 2026-11-02 14:00", HOLDING, BULLETIN, kind="moment"),
        _fact("occurred_at", "发生时间|發生時間|When it happened", "如“11月2日下午”", "in words, e.g. the afternoon of 2 November", HOLDING, BULLETIN),
        _fact("place", "发生地点|發生地點|Place", "城市与门店；只在网上发生的写“网络平台”", "city and shop; 网络平台 for what happened online only", HOLDING, BULLETIN),
        _fact("products", "涉及产品|涉及產品|Products", "产品名称与批次", "names and batches"),
        _fact("people_affected", "人员情况|人員情況|People affected", "人数与状况，不写姓名", "how many and how they are, never a name"),
        _fact("first_reported_at", "最早公开反映时间|最早公開反映時間|First reported", "第一条公开帖子的时间", "the time of the first public post", kind="moment", publishable=False),
        _fact("public_claims", "公众反映|公眾反映|What the public says", "网上的说法，未核实的不对外复述", "what is said online; never repeated outside unverified", publishable=False),
        _fact("actions_taken", "已采取的措施|已採取的措施|Actions taken", "已经做了什么，可以对外说的", "what was done and may be told", HOLDING, FAQ, BULLETIN),
        _fact("actions_next", "后续措施|後續措施|Next actions", "接下来做什么", "what will be done next"),
        _fact("customer_help", "顾客求助方式|顧客求助方式|Help for customers", "顾客如何得到帮助", "how customers get help", FAQ),
        _fact("refund", "退换与补偿办法|退換與補償辦法|Refund", "退款、换货或补偿的办法与期限", "how and until when money or goods are returned"),
        _fact("cause", "原因|原因|Cause", "调查有结论并可公开时才填写", "only when the investigation has concluded and may be told"),
        _fact("regulator", "监管部门情况|主管機關情況|Regulator", "已向哪个部门报告、配合到哪一步", "which authority was told, and how far it is"),
        _fact("next_update_at", "下次通报时间|下次說明時間|Next update", "必须晚于发布时间，如 2026-11-02 18:00", "must lie after the publication, e.g. 2026-11-02 18:00", HOLDING, BULLETIN, kind="moment"),
        _fact("spokesperson", "新闻发言人|新聞發言人|Spokesperson", "唯一对外发言的人或部门", "the one person or office that speaks outside", BULLETIN, publishable=False),
        _fact("internal_owner", "内部负责人|內部負責人|Person in charge", "牵头处理的部门或负责人", "who leads the handling", BULLETIN, publishable=False),
    )
}  # fmt: skip


def fact_name(name: str) -> FactName:
    """The catalogue's entry; raises InputError listing the known names for another."""
    if name not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise InputError(
            zh=f"事实名称 {name!r} 不在目录中，可用的有：{known}", en=f"{name!r} is no known fact; known are: {known}"
        )
    return CATALOGUE[name]


def required_for(kind: DraftKind) -> tuple[FactName, ...]:
    """The facts without which a draft of that kind is not complete."""
    return tuple(fact for fact in CATALOGUE.values() if kind in fact.required)
