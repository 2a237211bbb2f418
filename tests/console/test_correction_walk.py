"""Correcting and seeing why in a real browser, on a desk and on a phone, with JavaScript and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.test_browser_walk import SIZES, SignIn, address, seen, sign_in
from tests.console.town import PASSWORD, Town

__all__ = ["address", "sign_in"]

pytestmark = pytest.mark.chromium


def test_a_duty_officer_sees_why_corrects_and_takes_it_back(town: Town, sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("zhiban")
    page.goto(page.url.replace("/alerts", "/posts?text=店员态度还很差"))
    post = page.locator(".posts > li").first
    post.get_by_text("为什么").click()
    expect(post.locator(".why-told")).to_contain_text("立场")
    seen(page, tmp_path, "why")
    post.locator("details.correct > summary").click()
    post.get_by_label("与品牌无关").check()
    post.get_by_label("说明（可不填）").fill("说的是别家")
    seen(page, tmp_path, "form")
    post.get_by_role("button", name="保存纠正").click()
    expect(post.get_by_role("status")).to_contain_text("已纠正")
    expect(post).to_contain_text("林小满 于")
    seen(page, tmp_path, "corrected")
    post.get_by_role("button", name="撤销").click()
    expect(post.get_by_role("status")).to_contain_text("已撤销")
    page.goto(page.url.partition("/posts")[0] + "/models?state=all")
    expect(page.locator(".posts").last).to_contain_text("说的是别家")
    seen(page, tmp_path, "models")


def test_without_javascript_the_form_and_the_reasons_work_too(town: Town, chromium: Browser, address: str) -> None:
    width, height = SIZES["phone"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("input[name=username]").fill("zhiban")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.goto(f"{address}/posts?text=店员态度还很差")
    post = page.locator(".posts > li").first
    post.locator("details.correct > summary").click()
    post.locator("input[value=neutral]").check()
    post.locator("form[action='/corrections'] button").click()
    assert page.url.startswith(f"{address}/posts?text=")
    expect(page.locator(".posts > li").first.locator(".corrected")).to_contain_text("林小满")
    page.locator(".posts > li").first.locator("details.why > summary").click()
    page.locator(".posts > li").first.locator(".why-body a").click()
    expect(page.locator(".why-told")).to_be_visible()
    context.close()
