"""What the walks through the console share: a fact sheet that makes every draft complete, and sending a form."""

from __future__ import annotations

from starlette.testclient import TestClient

SHEET = {
    "headline": "城东店顾客反映饮品中有异物",
    "incident": "一位顾客在城东店购买的饮品中发现异物。",
    "occurred_at": "今日中午",
    "place": "星海市城东店",
    "actions_taken": "已封存同批次原料，并联系当事顾客。",
    "customer_help": "可凭小票到任一门店登记。",
    "spokesperson": "公共关系部",
    "internal_owner": "质量部",
}


def send(client: TestClient, address: str, **form: str) -> str:
    """Send a form from our own pages; the text of the page that it leads to."""
    answer = client.post(address, data=form, headers={"Referer": "http://testserver/account"})
    assert answer.status_code == 303, answer.text
    return str(client.get(answer.headers["location"]).text)
