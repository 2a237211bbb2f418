"""A lead changes a policy in a real browser, on a desk and on a phone: typed, tried, found too deaf, put right, saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.console.test_browser_walk import SignIn, address, sign_in
from tests.console.town import BRAND, Town

__all__ = ["address", "sign_in"]

pytestmark = pytest.mark.chromium


def fits(page: Page) -> bool:
    """Nothing of the page is beyond the right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_policy_is_tried_and_then_saved(sign_in: SignIn, town: Town) -> None:
    page = sign_in("fayan")
    page.goto(page.url.replace("/alerts", f"/policy?brand={BRAND}"))
    assert fits(page)
    least = page.locator('[name="adverse.least"]')
    least.fill("300")
    page.locator('[name="volume.on"]').select_option("off")
    page.get_by_role("button", name="试运行").click()
    expect(page.locator("#tried")).to_contain_text("负面或风险声量突增：最少条数")
    expect(page.locator(".trials > li").first).to_contain_text("级别降低")
    page.locator(".trials summary").first.click()
    expect(page.locator(".quotes li").first).to_contain_text("星海茶饮")
    assert fits(page) and least.input_value() == "300"
    least.fill("9")
    page.locator('[name="volume.on"]').select_option("on")
    page.locator('[name="matrix.cells.high/low"]').select_option("moderate")
    page.get_by_label("修改的理由").fill("小门店，早一点知道")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("预警策略已保存")
    expect(page.locator("main")).to_contain_text("小门店，早一点知道")
    assert page.locator('[name="adverse.least"]').input_value() == "9"


def test_indicators_and_what_if_fit_and_answer(sign_in: SignIn, town: Town) -> None:
    page = sign_in("fayan")
    alerts = page.url
    page.goto(alerts.replace("/alerts", f"/indicators?brand={BRAND}"))
    page.get_by_text("编辑指标表").click()
    assert fits(page)
    page.goto(f"{alerts}/{town.alert_id}")
    page.locator("#outlook summary").click()
    page.locator("#outlook").get_by_label("监管部门介入").check()
    page.locator("#outlook").get_by_role("button", name="推演").click()
    expect(page.locator("#supposed")).to_contain_text("官方或媒体介入条数")
    assert fits(page)
