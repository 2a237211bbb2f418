"""Settings: `yushao.toml`, overridden by `YUSHAO_…` variables, checked once when a process starts.

A variable's name is the section and the field: `YUSHAO_SEARCH_ENGINE` is `engine` in `[search]`. Secrets (`secret_key`,
passwords in addresses) belong in the environment only.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import Language, SettingError
from core.post import AuthorKind

SOURCE_KINDS = ("feed", "weibo_hot", "sina_roll", "newsnow")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    url: str = ""
    """SQLAlchemy address of the state database; empty means SQLite at `<home>/yushao.db`."""


class SearchSettings(Section):
    engine: Literal["sqlite", "elasticsearch"] = "sqlite"
    url: str = "http://127.0.0.1:9200"
    username: str = ""
    password: str = ""
    ca_certs: str = ""
    prefix: str = "yushao"
    """First part of every index, alias and template name in Elasticsearch."""
    timeout_seconds: float = 30.0


class CrawlSettings(Section):
    contact: str = "contact-not-configured@example.invalid"
    """Mail address or page in the User-Agent, by which a site can reach the operator."""
    delay_seconds: float = Field(default=1.0, ge=0)
    timeout_seconds: float = Field(default=30.0, gt=0)
    stale_hours: float = Field(default=6.0, gt=0)
    """A source whose newest item is older than this is reported as stale."""

    @property
    def stale_after(self) -> timedelta:
        return timedelta(hours=self.stale_hours)


class SentimentSettings(Section):
    backend: Literal["yushao", "snownlp"] = "yushao"
    workers: int = Field(default=1, ge=1)
    snownlp: Path | None = None


class AlertSettings(Section):
    notify: list[str] = []
    """Apprise addresses that every alert is told to."""
    contacts: dict[Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")], str] = {}
    """Names for the Apprise addresses of single people; the duty roster knows only the names."""
    work_days: list[Annotated[int, Field(ge=0, le=6)]] = [0, 1, 2, 3, 4]
    """Working days, 0 is Monday; the deadlines of minor alerts count working time only."""
    work_start: time = time(9)
    work_end: time = time(18)
    silence_days: int = Field(default=7, ge=1, le=90)
    """The longest that a silence may last."""
    baseline_days: int = Field(default=28, ge=7)


class ConsoleSettings(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    address: str = ""
    """Where people reach the console, as `https://yushao.example`: links in messages begin with it; empty for no links."""


class PrefectSettings(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=4200, ge=0, le=65535)


class ScheduleSettings(Section):
    """Seconds between two runs of each flow."""

    collect: int = Field(default=300, ge=10)
    ingest: int = Field(default=60, ge=10)
    detect: int = Field(default=60, ge=10)
    draft: int = Field(default=60, ge=10)
    maintain: int = Field(default=86400, ge=60)
    learn: int = Field(default=604800, ge=3600)


class RetentionSettings(Section):
    posts_days: int = Field(default=0, ge=0)
    """Posts older than this are deleted; 0 keeps them."""
    quarantine_days: int = Field(default=90, ge=1)
    crawls_days: int = Field(default=90, ge=15)
    """Records of crawls older than this are deleted; coverage needs those of some days."""

    def posts_since(self, now: datetime) -> datetime | None:
        """The moment before which no post is kept at `now`; None where all are."""
        return now - timedelta(days=self.posts_days) if self.posts_days else None


class CompanySettings(Section):
    """Who speaks: facts that every statement needs and that no one has to look up in a crisis."""

    name: str = ""
    contact: str = ""


class SourceSettings(Section):
    name: str = Field(pattern=r"^[\w.-]+$", max_length=100)
    kind: Literal["feed", "weibo_hot", "sina_roll", "newsnow"]
    url: str
    platform: str = Field(default="news", pattern=r"^[a-z0-9_]+$", max_length=50)
    interval_seconds: int = Field(default=300, ge=10)
    author_kind: AuthorKind = AuthorKind.UNKNOWN

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an http(s) address")
        return value


class Settings(BaseSettings):
    """Everything an operator can set; frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix="YUSHAO_", env_nested_delimiter="_", env_nested_max_split=1, extra="forbid", frozen=True
    )

    home: Path = Path("var")
    language: Language = "zh"
    secret_key: str = ""
    """Signs sessions and keys author hashes; empty means one made at first start and kept in `<home>/secret.key`."""
    database: DatabaseSettings = DatabaseSettings()
    search: SearchSettings = SearchSettings()
    crawl: CrawlSettings = CrawlSettings()
    sentiment: SentimentSettings = SentimentSettings()
    alerts: AlertSettings = AlertSettings()
    console: ConsoleSettings = ConsoleSettings()
    prefect: PrefectSettings = PrefectSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    retention: RetentionSettings = RetentionSettings()
    company: CompanySettings = CompanySettings()
    sources: tuple[SourceSettings, ...] = ()

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, value: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        names = [source.name for source in value]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"source names must differ: {', '.join(doubled)}")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which `load_settings` passes as init values."""
        return (env_settings, init_settings)

    @property
    def database_url(self) -> str:
        return self.database.url or f"sqlite:///{self.home / 'yushao.db'}"

    @property
    def posts_path(self) -> Path:
        """The embedded search index."""
        return self.home / "posts.db"

    @property
    def models_path(self) -> Path:
        """Sentiment models trained here, beside the one that is shipped."""
        return self.home / "models"

    @property
    def stance_models_path(self) -> Path:
        """Stance models trained here, beside the one that is shipped."""
        return self.models_path / "stance"

    @property
    def is_drill(self) -> bool:
        """True where no source is configured: the product then plays its drill."""
        return not self.sources


def load_settings(path: Path | None = None) -> Settings:
    """The settings of this process: from `path`, else `$YUSHAO_CONFIG`, else `yushao.toml` in the current folder if there.

    Raises SettingError naming the file, the setting and the remedy.
    """
    chosen = path or (Path(os.environ["YUSHAO_CONFIG"]) if os.environ.get("YUSHAO_CONFIG") else None)
    file = chosen or Path("yushao.toml")
    values: dict[str, Any] = {}
    if file.exists():
        values = _read(file)
    elif chosen:
        raise SettingError(
            zh=f"找不到配置文件 {file}：请检查 YUSHAO_CONFIG 或 --config",
            en=f"there is no configuration file {file}: check YUSHAO_CONFIG or --config",
        )
    _refuse_unknown_variables()
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _explained(error, file if file.exists() else None) from error


def secret_key(settings: Settings) -> str:
    """The key that signs sessions and author hashes; made at first use and kept where only the operator can read it."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.home / "secret.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_hex(32))
    return file.read_text(encoding="ascii").strip()


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(
            zh=f"配置文件 {file} 不是合法的 TOML：{error}", en=f"configuration file {file} is not valid TOML: {error}"
        ) from error


def _refuse_unknown_variables() -> None:
    """A misspelt variable would be ignored silently; so every `YUSHAO_…` name must be a setting."""
    known = {"YUSHAO_CONFIG"}
    for name, field in Settings.model_fields.items():
        section = field.annotation
        known.add(f"YUSHAO_{name.upper()}")
        if isinstance(section, type) and issubclass(section, Section):
            known.update(f"YUSHAO_{name}_{inner}".upper() for inner in section.model_fields)
    for variable in os.environ:
        if variable.startswith("YUSHAO_") and not variable.startswith("YUSHAO_TEST_") and variable.upper() not in known:
            raise SettingError(
                zh=f"环境变量 {variable} 不是已知的设置：请改正拼写，可用的设置见 docs/settings.md",
                en=f"environment variable {variable} is no known setting: correct it; docs/settings.md lists them all",
            )


def _explained(error: ValidationError, file: Path | None) -> SettingError:
    zh: list[str] = []
    en: list[str] = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        variable = f"YUSHAO_{'_'.join(str(part) for part in problem['loc'])}".upper()
        where = f"${variable}" if variable in os.environ else str(file or "yushao.toml")
        zh.append(f"{name}（来自 {where}）：{problem['msg']}，得到 {problem.get('input')!r}")
        en.append(f"{name} (from {where}): {problem['msg']}, got {problem.get('input')!r}")
    return SettingError(zh="设置有误：" + "；".join(zh), en="wrong setting: " + "; ".join(en))
