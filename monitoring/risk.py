"""Risk: which kind of trouble a post speaks of, by words that the operator can change."""

from __future__ import annotations

from enum import StrEnum


class RiskCategory(StrEnum):
    """The kinds of trouble a company can be in, most harmful to people first."""

    QUALITY_SAFETY = "quality_safety"
    ACCIDENT = "accident"
    SERVICE = "service"
    DATA_SECURITY = "data_security"
    MISLEADING = "misleading"
    PEOPLE = "people"
    LEGAL_REGULATORY = "legal_regulatory"
    VALUES = "values"
    FINANCE = "finance"
    OTHER = "other"

    @property
    def zh(self) -> str:
        return _ZH[self]

    @property
    def severity(self) -> int:
        """How much is at stake where nothing more is known, 1 (annoyance) to 5 (life and health)."""
        return _SEVERITY[self]


_ZH = {
    RiskCategory.QUALITY_SAFETY: "质量与食品安全",
    RiskCategory.ACCIDENT: "事故与伤亡",
    RiskCategory.SERVICE: "服务与售后",
    RiskCategory.DATA_SECURITY: "数据与隐私",
    RiskCategory.MISLEADING: "虚假宣传与价格",
    RiskCategory.PEOPLE: "员工与管理层",
    RiskCategory.LEGAL_REGULATORY: "法律与监管",
    RiskCategory.VALUES: "价值观与公共情感",
    RiskCategory.FINANCE: "财务与经营",
    RiskCategory.OTHER: "其他争议",
}
_SEVERITY = {
    RiskCategory.QUALITY_SAFETY: 4,
    RiskCategory.ACCIDENT: 5,
    RiskCategory.SERVICE: 2,
    RiskCategory.DATA_SECURITY: 4,
    RiskCategory.MISLEADING: 3,
    RiskCategory.PEOPLE: 3,
    RiskCategory.LEGAL_REGULATORY: 4,
    RiskCategory.VALUES: 4,
    RiskCategory.FINANCE: 3,
    RiskCategory.OTHER: 1,
}
