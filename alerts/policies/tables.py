"""What is kept of how brands are judged: versions of policies and indicator tables, daily counts, the company's figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

LONGEST_FIGURE = 40
"""Characters of the name of a figure that the company brings."""


class ConfigurationVersion(Base):
    """One version of what a brand is judged by. Versions are only added: the newest counts, a revert adds the old one again.

    `kind` is `policy` or `indicators`; `brand` "" is the default of all brands that have none of their own. A `content` of
    None says that from here on the brand follows the default again (and the default itself what the product ships with).
    """

    __tablename__ = "configuration_version"
    __table_args__ = (Index("uq_configuration_version_kind_brand_version", "kind", "brand", "version", unique=True),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    brand: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)


class IndicatorDay(Base):
    """What was counted of a brand on one day of China's calendar. No row means that nobody was watching: missing, not zero.

    `counts` are `indicators.measure.Counted`'s; `coverage` is the share of the day that the sources delivered, None untold.
    """

    __tablename__ = "indicator_day"

    brand: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    coverage: Mapped[float | None]
    counted_at: Mapped[datetime]


class CompanyFigure(Base):
    """A figure that the company brought for a day: returns, service calls, sales, or any other series it names."""

    __tablename__ = "company_figure"

    brand: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_FIGURE), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[float]
    actor: Mapped[str] = mapped_column(String(100))
    brought_at: Mapped[datetime]
