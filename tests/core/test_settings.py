"""Settings come from `yushao.toml` and `YUSHAO_…` variables; what is wrong is named with its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import SettingError
from core.settings import Section, Settings, load_settings, secret_key

DOCUMENTED = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(message: str) -> pytest.RaisesExc[SettingError]:
    return pytest.RaisesExc(SettingError, check=lambda error: message in error.en and bool(error.zh))


def test_with_nothing_configured_the_product_plays_its_drill_under_var(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.is_drill
    assert settings.home == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'yushao.db'}"


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("yushao.toml").write_text('[search]\nengine = "elasticsearch"\nprefix = "from-file"\n')
    monkeypatch.setenv("YUSHAO_SEARCH_PREFIX", "from-environment")
    search = load_settings().search
    assert (search.engine, search.prefix) == ("elasticsearch", "from-environment")


def test_a_configured_source_ends_the_drill() -> None:
    Path("yushao.toml").write_text('[[sources]]\nname = "a"\nkind = "feed"\nurl = "https://news.example/rss.xml"\n')
    assert not load_settings().is_drill


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[search]\nengine = 'solr'\n", "search.engine (from yushao.toml)"),
        ("[serch]\nengine = 'sqlite'\n", "serch (from yushao.toml)"),
        ("[crawl]\ndelay_seconds = -1\n", "crawl.delay_seconds"),
        ("[[sources]]\nname = 'a'\nkind = 'feed'\nurl = 'ftp://x'\n", "sources.0.url"),
        ("[[sources]]\nname = 'a'\nkind = 'pigeon'\nurl = 'https://x.example'\n", "sources.0.kind"),
        ("[search\n", "not valid TOML"),
    ],
)
def test_a_malformed_or_unknown_setting_is_named_with_where_it_stands(content: str, named: str) -> None:
    Path("yushao.toml").write_text(content)
    with refused(named):
        load_settings()


def test_two_sources_of_one_name_are_refused() -> None:
    Path("yushao.toml").write_text('[[sources]]\nname = "a"\nkind = "feed"\nurl = "https://x.example"\n' * 2)
    with refused("source names must differ: a"):
        load_settings()


def test_a_misspelt_variable_is_refused_instead_of_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHAO_SEARCH_ENGIN", "sqlite")
    with refused("YUSHAO_SEARCH_ENGIN"):
        load_settings()


def test_a_wrong_variable_is_named_as_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHAO_CONSOLE_PORT", "eighty")
    with refused("$YUSHAO_CONSOLE_PORT"):
        load_settings()


def test_a_missing_file_that_was_asked_for_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHAO_CONFIG", "nowhere.toml")
    with refused("nowhere.toml"):
        load_settings()


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert secret_key(settings) == secret_key(settings)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_every_setting_is_documented() -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    names = set()
    for name, field in Settings.model_fields.items():
        section = field.annotation
        inner = section.model_fields if isinstance(section, type) and issubclass(section, Section) else {}
        names |= {f"{name}.{one}" for one in inner} or {name}
    missing = sorted(name for name in names if not re.search(rf"`{re.escape(name)}`", text))
    assert not missing
