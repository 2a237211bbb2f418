"""The walk of the product in a real browser, on a desk and on a phone: sign-in, alert, case, facts, two people, publication."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from core.clock import SHANGHAI
from statements.fact_names import CATALOGUE
from statements.tables import DraftKind
from tests.console.alert_walk import SHEET
from tests.console.test_alert_steps import unrest
from tests.console.town import BRAND, PASSWORD, Town

pytestmark = pytest.mark.chromium
OTHERS = ("posts", "sources", "quarantine", "brands", "brands/edit", "risk-words", "audit", "people", "cases", "account")
SIZES = {"desk": (1280, 900), "phone": (375, 812)}


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(town.app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


SignIn = Callable[[str], Page]


@pytest.fixture(params=SIZES)
def sign_in(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[SignIn]:
    """Each person at a browser of their own; whatever the page complains about fails the test."""
    width, height = SIZES[request.param]
    contexts, complaints = [], []

    def arrive(username: str) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/sign-in")
        page.get_by_role("button", name="中文").click()
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/alerts")
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


def seen(page: Page, folder: Path, name: str) -> None:
    """Keep a picture; nothing may stick out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def fill_in(page: Page, case: str, name: str, value: str) -> None:
    page.goto(f"{case}/facts/{name}")
    page.get_by_label("内容").fill(value)
    page.get_by_label("来源").fill("门店店长电话")
    page.get_by_role("button", name="记录").click()
    page.wait_for_url(f"{case}#fact-{name}")


def test_from_the_alert_to_the_published_statement(sign_in: SignIn, town: Town, tmp_path: Path) -> None:
    duty = sign_in("zhiban")
    seen(duty, tmp_path, "alerts")
    duty.get_by_role("link", name=BRAND).first.click()
    duty.get_by_role("heading", level=1).wait_for()
    seen(duty, tmp_path, "alert")
    duty.get_by_role("button", name="确认跟进").click()
    duty.get_by_text("这条预警由您跟进").wait_for()
    duty.get_by_role("button", name="开立个案").click()
    duty.get_by_text("个案已开立").wait_for()
    case = duty.url
    seen(duty, tmp_path, "case")

    local = town.now.astimezone(SHANGHAI)
    moments = {"as_of": local, "next_update_at": local + timedelta(hours=6)}
    sheet = {**SHEET, **{name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in moments.items()}}
    needed = [name for name, fact in CATALOGUE.items() if DraftKind.HOLDING_STATEMENT in fact.required and name in sheet]
    for name in needed:
        fill_in(duty, case, name, sheet[name])

    lead = sign_in("fayan")
    lead.goto(case)
    for name in ("brand", *needed):
        lead.locator(f"#fact-{name}").get_by_role("button", name="核实").click()
        lead.get_by_text("事实已核实").wait_for()
    seen(lead, tmp_path, "case-confirmed")

    duty.goto(case)
    duty.get_by_role("link", name="情况说明").first.click()
    duty.get_by_role("button", name="提交审批").click()
    duty.get_by_text("等待负责人审批").wait_for()
    seen(duty, tmp_path, "draft-submitted")

    lead.goto(duty.url)
    assert lead.locator("mark.slot").count() == 0
    lead.get_by_role("button", name="批准这段文字").click()
    lead.get_by_text("已批准，现在可以导出或发布").wait_for()
    with lead.expect_download() as download:
        lead.get_by_role("link", name="导出 md").click()
    assert SHEET["place"] in download.value.path().read_text(encoding="utf-8")
    lead.get_by_role("button", name="登记为已发布").click()
    lead.get_by_text("已登记为发布").wait_for()
    seen(lead, tmp_path, "draft-published")


def test_an_alert_s_life_from_taken_to_reviewed(sign_in: SignIn, town: Town, tmp_path: Path) -> None:
    """Acknowledged, set by hand, split and merged back, worked on as a case, resolved with it, reviewed by a lead."""
    unrest(town)
    duty, lead = sign_in("zhiban"), sign_in("fayan")
    duty.get_by_role("link", name=BRAND).first.click()
    duty.get_by_role("button", name="确认跟进").click()
    duty.get_by_text("这条预警由您跟进").wait_for()
    alert = duty.url

    lead.goto(alert)
    set_level(lead, "轻微", "先观察")
    duty.goto(alert)
    set_level(duty, "重大", "监管来电")
    duty.get_by_text("人工调为重大：监管来电").wait_for()
    seen(duty, tmp_path, "raised-by-hand")

    duty.get_by_text("拆成两条…").click()
    duty.locator("form[action$=split]").get_by_label("员工与管理层").check()
    duty.get_by_role("button", name="拆分", exact=True).click()
    duty.get_by_text("已拆成一条新预警").wait_for()
    seen(duty, tmp_path, "split")
    duty.goto(alert.rpartition("/")[0])
    for box in duty.locator(".tick input").all():
        box.check()
    seen(duty, tmp_path, "two-alerts")
    duty.get_by_role("button", name="合并勾选的预警").click()
    duty.get_by_role("heading", name="合并预警").wait_for()
    seen(duty, tmp_path, "merge")
    duty.locator(f'input[type=radio][value="{alert.rpartition("/")[2]}"]').check()
    duty.get_by_role("button", name="合并", exact=True).click()
    duty.get_by_text("已合并").wait_for()
    assert duty.url == alert

    duty.get_by_role("button", name="开立个案").click()
    duty.get_by_text("个案已开立").wait_for()
    duty.get_by_text("结案…").click()
    duty.get_by_label("结案的理由").fill("已赔付并公示")
    duty.get_by_role("button", name="结案", exact=True).click()
    duty.get_by_text("个案已结案").wait_for()

    lead.goto(alert)
    lead.get_by_text("复盘完成…").click()
    lead.get_by_label("结论：起因、处置、改进").fill("后厨抽检改为每周")
    lead.get_by_role("button", name="完成复盘").click()
    lead.get_by_text("复盘已完成").wait_for()
    seen(lead, tmp_path, "reviewed")
    assert lead.locator(".headline").get_by_text("已复盘").count() == 1


def set_level(page: Page, level: str, reason: str) -> None:
    page.get_by_text("调整级别…").click()
    page.locator("form[action$=level]").get_by_label(level).check()
    page.get_by_label("调整的理由").fill(reason)
    page.get_by_role("button", name="调整级别").click()
    page.get_by_text("级别已调整").wait_for()


def test_every_other_page_fits_the_screen(sign_in: SignIn, address: str, tmp_path: Path) -> None:
    page = sign_in("admin")
    for path in OTHERS:
        page.goto(f"{address}/{path}")
        seen(page, tmp_path, path.replace("/", "-"))


def test_the_list_of_alerts_renews_itself(sign_in: SignIn) -> None:
    """What htmx polls is swapped in: the hour of the last update moves without a reload."""
    page = sign_in("zhiban")
    before = page.locator(".updated").inner_text()
    page.wait_for_timeout(1100)
    page.evaluate("htmx.ajax('GET', '/alerts', {target: '#alert-list', swap: 'outerHTML'})")
    page.wait_for_function("text => document.querySelector('.updated').innerText !== text", arg=before)
