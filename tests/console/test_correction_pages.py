"""Staff correct a post where it is shown, see why it was judged so, take it back, and choose the model's version."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from monitoring.corrections import list_corrections
from posts.index import IndexedPost, PostFilter, Sentiment
from tests.console.alert_walk import send
from tests.console.town import BRAND, Town

TEXT = "在星海茶饮的吸管里喝出异物，两家店都这样，太恶心了"


def some(town: Town) -> IndexedPost:
    """A negative post that has a repost."""
    like = town.index.search(PostFilter(brands=(BRAND,), sentiments=(Sentiment.NEGATIVE,)), limit=1).posts[0]
    posts = [IndexedPost(replace(like.post, native_id=f"straw-{place}", text=TEXT), like.mentions) for place in range(2)]
    town.index.write(posts)
    return posts[0]


def shown(client: TestClient) -> str:
    return client.get("/posts", params={"text": TEXT}).text


def test_corrected_in_the_list_the_post_and_its_reposts_follow_and_undone_they_return(town: Town) -> None:
    client, post = town.visitor("zhiban"), some(town)
    page = send(
        client, "/corrections", post=post.post.id, brand=BRAND, verdict="not_about", note="is a street", back="/posts?text=x"
    )
    assert "Corrected, with every post" in page and 'value="x"' in page
    same = PostFilter(text=TEXT)
    assert town.index.count(same) > 1
    assert all(not found.mentions for found in town.index.scan(same))
    page = shown(client)
    assert f"{BRAND}: corrected to “Not about the brand” by 林小满" in page and "is a street" in page
    address = re.search(r'action="(/corrections/\w+/undo)"', page)
    assert address
    assert "Undone" in send(client, address[1])
    assert all(found.mentions for found in town.index.scan(same))


def test_risks_are_chosen_one_by_one_and_htmx_gets_the_post_alone(town: Town) -> None:
    client, post = town.visitor("fayan"), some(town)
    form = {"post": post.post.id, "brand": BRAND, "verdict": "negative", "risk": ["people", "service"], "seen": ""}
    part = client.post("/corrections", data=form, headers={"HX-Request": "true"})
    assert part.status_code == 200 and part.text.strip().startswith("<li>") and "<html" not in part.text
    assert "by 陈立言" in part.text and "Service" in part.text
    (mention,) = town.index.get([post.post.id])[post.post.id].mentions
    assert (mention.negative, mention.risks) == (1.0, ("service", "people"))


@pytest.mark.parametrize("partial", [False, True])
def test_who_had_not_seen_the_others_correction_is_told_of_it(town: Town, partial: bool) -> None:
    post = some(town)
    send(town.visitor("fayan"), "/corrections", post=post.post.id, brand=BRAND, verdict="neutral")
    form = {"post": post.post.id, "brand": BRAND, "verdict": "positive", "seen": ""}
    answer = town.visitor("zhiban").post("/corrections", data=form, headers={"HX-Request": "true"} if partial else {})
    if answer.status_code == 303:
        answer = town.visitor("zhiban").get(answer.headers["location"])
    assert "fayan has just corrected it to neutral" in answer.text or answer.status_code == 303
    with town.database.reading() as session:
        assert [one.verdict for one in list_corrections(session)] == ["neutral"]


def test_why_names_the_words_of_mood_and_stance_with_sign_and_size(quiet_town: Town) -> None:
    client, post = quiet_town.visitor("zhiban"), some(quiet_town)
    page = client.get("/posts/why", params={"post": post.post.id})
    assert "<html" in page.text and TEXT in page.text
    part = client.get("/posts/why", params={"post": post.post.id}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    for told in ("about the brand", "Stance", "Mood", "恶心", "risk words found"):
        assert told in part.text
    assert re.search(r"<span>异物</span><small>[+-]\d\.\d\d</small>", part.text)
    assert client.get("/posts/why", params={"post": "weibo:gone"}).status_code == 400


def test_models_lists_corrections_versions_and_what_is_in_use(town: Town) -> None:
    client, post = town.visitor("zhiban"), some(town)
    send(client, "/corrections", post=post.post.id, brand=BRAND, verdict="neutral")
    page = client.get("/models", params={"brand": BRAND, "verdict": "neutral"}).text
    assert TEXT in page and "yushao-" in page and "stance-" in page and "Use this one" not in page
    assert TEXT not in client.get("/models", params={"verdict": "positive"}).text
    admin = town.visitor("admin")
    with town.database.reading() as session:
        (made,) = list_corrections(session)
    assert "Undone" in send(admin, f"/corrections/{made.id}/undo", back="/models")
    assert "Undone" in client.get("/models", params={"state": "ended"}).text
    assert "no stance model nothing" in send(admin, "/models/stance", version="nothing")


def test_the_way_back_leads_to_our_own_pages_only(town: Town) -> None:
    client, post = town.visitor("zhiban"), some(town)
    for number, back in enumerate(("https://evil.example/", "//evil.example", "javascript:x")):
        form = {"post": post.post.id, "brand": BRAND, "verdict": "neutral", "note": str(number), "back": back}
        with town.database.reading() as session:
            form["seen"] = next((one.id for one in list_corrections(session)), "")
        assert client.post("/corrections", data=form).headers["location"] == "/posts"


def test_on_an_alert_posts_can_be_corrected_too(quiet_town: Town) -> None:
    page = quiet_town.visitor("zhiban").get(f"/alerts/{quiet_town.alert_id}").text
    assert 'action="/corrections"' in page and "/posts/why?post=" in page
    assert 'action="/corrections"' not in quiet_town.visitor("yunwei").get(f"/alerts/{quiet_town.alert_id}").text
