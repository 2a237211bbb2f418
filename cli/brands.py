"""`yushao brands`: what is watched for. A change is followed by a pass over past posts, unless `--later`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from cli.base import actor, err, index, out, settings, state

if TYPE_CHECKING:
    from core.database import Database
    from monitoring.tables import Brand

app = typer.Typer(help="监测品牌 · brands, keywords, risk words", no_args_is_help=True)
risk_terms = typer.Typer(help="风险词 · risk words", no_args_is_help=True)
app.add_typer(risk_terms, name="risk-terms")

Name = Annotated[str, typer.Argument(help="品牌名 · the brand's name")]
Words = Annotated[str | None, typer.Option(help="多个以 | 分隔；不给则不变 · joined by |; left as it is where not given")]
Later = Annotated[bool, typer.Option("--later", help="历史帖子留待下一次 ingest 匹配 · leave past posts to the next ingest")]


@app.command("list")
def list_(all_: Annotated[bool, typer.Option("--all", help="包括已停用的 · inactive ones too")] = False) -> None:
    """列出品牌 · list the brands."""
    from monitoring.brands import list_brands

    with state() as database, database.reading() as session:
        brands = list_brands(session, active_only=not all_)
    for brand in brands:
        typer.echo(f"{brand.name}\t{'|'.join([*brand.keywords, *brand.aliases])}{_state(brand)}")
    out.print(f"共 {len(brands)} 个品牌 · {len(brands)} brands")


@app.command()
def show(name: Name) -> None:
    """查看一个品牌 · show one brand."""
    from core.clock import shown
    from monitoring.brands import require_brand

    with state() as database, database.reading() as session:
        brand = require_brand(session, name)
    lines = {
        "品牌 name": brand.name + _state(brand),
        "关键词 keywords": "|".join(brand.keywords),
        "别名 aliases": "|".join(brand.aliases) or "—",
        "排除词 exclusions": "|".join(brand.exclusions) or "—",
        "历史帖子匹配于 past posts matched": shown(brand.matched_at) if brand.matched_at else "—",
    }
    for label, value in lines.items():
        out.print(escape(f"{label}: {value}"))


@app.command()
def add(name: Name, keywords: Words = None, aliases: Words = None, exclusions: Words = None, later: Later = False) -> None:
    """新增或修改品牌 · add a brand, or change the words of a known one; without keywords, a new one is found by its name."""
    from core.clock import now
    from monitoring.brands import BrandRule, get_brand, save_brand

    with state() as database:
        with database.writing() as session:
            known = get_brand(session, name.strip())
            given = {"keywords": keywords, "aliases": aliases, "exclusions": exclusions}
            words = {field: _split(text) if text is not None else _known_words(known, field) for field, text in given.items()}
            brand = save_brand(session, BrandRule(name, **words), actor=actor(), now=now())
        out.print(escape(f"已保存 · saved: {brand.name}（{'|'.join(brand.keywords)}）"))
        _match_past_posts(database, later=later)


@app.command("try")
def try_(
    name: Name,
    keywords: Words = None,
    aliases: Words = None,
    exclusions: Words = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="回放最近几天 · days replayed")] = 14,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """试运行：不保存，看会多出、少掉哪些提及和预警 · dry run: which mentions and alerts would come and go; nothing is saved."""
    from casework.trying import try_rule
    from cli.policy_base import print_json, print_rule_trial
    from core.clock import now
    from monitoring.brands import BrandRule, get_brand
    from sentiment.scorer import open_scorer

    with state() as database, database.reading() as session, index() as posts, closing(open_scorer(settings())) as scorer:
        known = get_brand(session, name.strip())
        given = {"keywords": keywords, "aliases": aliases, "exclusions": exclusions}
        words = {field: _split(text) if text is not None else _known_words(known, field) for field, text in given.items()}
        rule = BrandRule(name, **words)
        trial = try_rule(session, posts, scorer, rule, at=now(), days=days, settings=settings())
    if json:
        print_json(trial.to_json())
    else:
        print_rule_trial(trial)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV，表头 name,keywords[,aliases][,exclusions] · with that header")],
    later: Later = False,
) -> None:
    """从 CSV 导入品牌 · import brands from a CSV file; exit code 1 where a line was passed over."""
    from core.clock import now
    from monitoring.brand_files import import_brands

    with state() as database:
        with database.writing() as session:
            report = import_brands(session, file, actor=actor(), now=now())
        for problem in report.problems:
            err.print(escape(f"{file}:{problem.line}: {problem.zh if settings().language == 'zh' else problem.en}"))
        out.print(f"新增 added {report.added}，修改 changed {report.changed}，未变 unchanged {report.unchanged}")
        _match_past_posts(database, later=later)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def remove(name: Name, later: Later = False) -> None:
    """停用品牌，并去掉其命中 · stop watching a brand and take its mentions away."""
    from core.clock import now
    from monitoring.brands import deactivate_brand

    with state() as database:
        with database.writing() as session:
            deactivate_brand(session, name, actor=actor(), now=now())
        out.print(escape(f"已停用 · no longer watched: {name}"))
        _match_past_posts(database, later=later)


@risk_terms.command("list")
def list_terms(
    category: Annotated[str, typer.Argument(help="风险类别，如 quality_safety · one category only")] = "",
) -> None:
    """列出风险词 · list the risk words in force."""
    from monitoring.risk import RiskCategory, terms_in_force

    with state() as database, database.reading() as session:
        terms = terms_in_force(session)
    for term, of in sorted(terms.items(), key=lambda item: (item[1], item[0])):
        if category in ("", of):
            typer.echo(f"{term}\t{of}\t{RiskCategory(of).zh}")


@risk_terms.command("add")
def add_risk_term(term: str, category: str, later: Later = False) -> None:
    """新增风险词，或改其类别 · add a risk word, or move it to another category."""
    from core.clock import now
    from monitoring.risk import add_term

    with state() as database:
        with database.writing() as session:
            add_term(session, term, category, actor=actor(), now=now())
        _match_past_posts(database, later=later)


@risk_terms.command("remove")
def remove_risk_term(term: str, later: Later = False) -> None:
    """去掉风险词 · take a risk word out."""
    from core.clock import now
    from monitoring.risk import remove_term

    with state() as database:
        with database.writing() as session:
            remove_term(session, term, actor=actor(), now=now())
        _match_past_posts(database, later=later)


def _match_past_posts(database: Database, *, later: bool) -> None:
    """An operator who adds a brand expects to find what is already there, so that is done at once unless told otherwise."""
    from core.clock import now
    from monitoring.rematch import owing_brands, rematch_changed_brands
    from sentiment.scorer import open_scorer
    from sentiment.stance import in_use

    owing = len(owing_brands(database))
    if owing and later:
        out.print(f"{owing} 个品牌的历史帖子将在下一次 ingest 时匹配 · past posts are matched at the next ingest")
    elif owing:
        out.print("正在匹配历史帖子… · matching past posts…")
        with index() as posts, closing(open_scorer(settings())) as scorer:
            report = rematch_changed_brands(database, posts, scorer, now=now(), stances=in_use(settings().stance_models_path))
        out.print(f"查看 scanned {report.scanned}，新命中 gained {report.gained}，失去 lost {report.lost}")


def _state(brand: Brand) -> str:
    return "" if brand.active else "\t（已停用 inactive）"


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.replace("｜", "|").split("|"))


def _known_words(known: Brand | None, field: str) -> tuple[str, ...]:
    return tuple(getattr(known, field)) if known else ()
