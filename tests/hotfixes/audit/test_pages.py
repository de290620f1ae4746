"""The pages of audits: asked, kept on errors, shown with proof, searched, cancelled, copied; the API likewise."""

from collections.abc import Mapping

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.tokens import make_token
from hotfixes.audit.markdown import markdown
from hotfixes.models import AuditRun
from products.models import Process, Product
from tests.factories import join, make_team, make_user
from tests.hotfixes.audit.conftest import asked, run
from tests.hotfixes.checks.stories import MESSAGE, RAISED, Story

pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def sent(story: Story, **facts: object) -> dict[str, object]:
    krow = Process.objects.get(key="krow").pk
    return {"url": story.repository.url, "process": krow, "limit": 20, **facts}


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(text.split())


def test_asking_leads_to_its_page_which_shows_the_table_once_it_is_done(
    page: Client, story: Story, product: Product
) -> None:
    asked_for = page.post("/audit/", sent(story, team=product.team.pk, token="s3cret-token"))
    audit = AuditRun.objects.get()
    assert (asked_for.status_code, asked_for["Location"]) == (302, f"/audit/{audit.pk}/")
    waiting = words(page.get(f"/audit/{audit.pk}/"))
    assert "Waits for a worker" in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    run(audit)
    done = words(page.get(f"/audit/{audit.pk}/"))
    assert "1 of 1 hotfix tag kept all that can still be checked." in done
    assert "One commit, made right on krow/prod-v0.1.0: nothing else can have come along." in done
    assert "history alone does not prove it. What Nightdesk watched is on the hotfix" in done
    assert "s3cret" not in done
    assert "http-equiv" not in done


def test_a_form_with_a_mistake_keeps_what_was_typed_but_the_token(page: Client, story: Story) -> None:
    answer = page.post(
        "/audit/", sent(story, url="git@host:team/app.git", tag="v{new}", token="s3cret-token")
    )
    assert answer.status_code == 422
    text = words(answer)
    assert 'value="git@host:team/app.git"' in text
    assert 'value="v{new}"' in text
    assert "the one in the browser; ssh is not read" in text
    assert "s3cret" not in text
    assert '<details class="fold" open>' in text


def test_a_second_one_is_told_of_the_first(page: Client, ada: User, story: Story) -> None:
    first = asked(ada, story.repository.url)
    answer = page.post("/audit/", sent(story))
    assert answer.status_code == 409
    assert f'href="/audit/{first.pk}/"' in words(answer)


def test_trouble_says_what_to_do(page: Client, ada: User) -> None:
    audit = run(asked(ada, "file:///nowhere/at/all.git"))
    text = words(page.get(f"/audit/{audit.pk}/"))
    assert "There is no repository at this address, or the token may not see it." in text
    assert "If the repository is private, give a token that may read it." in text
    assert "Audit again" in text


def test_other_tag_names_are_proposed(page: Client, ada: User, story: Story) -> None:
    repository = story.repository
    repository.delete("refs/tags/krow/prod-v0.1.0")
    repository.delete("refs/tags/krow/prod-v0.1.1")
    repository.tag("v1.0.0", story.base, "x")
    audit = run(asked(ada, repository.url))
    text = words(page.get(f"/audit/{audit.pk}/"))
    assert "Its one tag is not named like" in text
    assert "&amp;tag=v%7Bnew%7D&amp;" in text
    form = words(page.get("/audit/?tag=v%7Bnew%7D&limit=7&url=https://example.test/a.git"))
    assert 'value="v{new}"' in form
    assert 'value="7"' in form


def test_an_empty_repository_says_so(page: Client, ada: User, story: Story) -> None:
    for name in list(story.repository.tips):
        story.repository.delete(name)
    audit = run(asked(ada, story.repository.url))
    assert "The repository has no tags." in words(page.get(f"/audit/{audit.pk}/"))


def test_the_list_is_searched_and_only_ones_teams(page: Client, ada: User, story: Story) -> None:
    empty = words(page.get("/audit/"))
    assert "None yet. Yours and those made for your teams stay here." in empty
    run(asked(ada, story.repository.url, product="krow"))
    join(eve := make_user("eve@example.test"), team := make_team("others"))
    run(asked(eve, story.repository.url + "/", team=team))
    text = words(page.get("/audit/"))
    assert text.count('class="row-title audit-url"') == 1
    assert "hotfix tags kept: 1 of 1" in text
    assert text.count("row-title") == words(page.get("/audit/?q=product.git+KROW")).count("row-title")
    assert "No audit fits these words." in words(page.get("/audit/?q=nothing"))
    assert page.get(f"/audit/{AuditRun.objects.get(by=eve).pk}/").status_code == 404
    assert page.get("/audit/?after=x").status_code == 302


def test_cancel_ends_it(page: Client, ada: User, story: Story) -> None:
    audit = asked(ada, story.repository.url)
    assert page.get(f"/audit/{audit.pk}/cancel").status_code == 405
    assert page.post(f"/audit/{audit.pk}/cancel")["Location"] == f"/audit/{audit.pk}/"
    assert "It was cancelled; nothing was judged." in words(page.get(f"/audit/{audit.pk}/"))


def test_who_only_looks_on_sees_the_list_and_no_form(client: Client, product: Product) -> None:
    join(olga := make_user("olga@example.test"), product.team, Role.VIEWER)
    client.force_login(olga)
    text = words(client.get("/audit/"))
    assert "Who responds in a team may audit." in text
    assert 'name="url"' not in text
    assert client.post("/audit/", {}).status_code == 403


def test_markdown_keeps_strangers_words_as_words(ada: User, story: Story) -> None:
    tip = story.repository.commit(RAISED, "fix: <b>@all</b> [x](https://evil.test)\n", on="main")
    story.repository.tag("krow/prod-v0.1.2", tip, "HOTFIX: `x` | y")
    audit = run(asked(ada, story.repository.url))
    text = markdown(audit.result or {}, audit.url, "Krow *hotfix*")
    assert (
        text.splitlines()[2] == "1 of 2 hotfix tags kept all that can still be checked. (Krow \\*hotfix\\*)"
    )
    assert text.splitlines()[4].startswith("| Tag | Release | Version number | Version files | Changelog |")
    assert "| krow/prod-v0.1.2 | hotfix | done |" in text
    assert "<b>" not in text
    assert "krow/prod-v0.1.2, Changelog: " in text
    assert "@all" not in text.replace("\\@all", "")


def test_hostile_words_are_no_markup(page: Client, ada: User, story: Story) -> None:
    tip = story.repository.commit(RAISED, "<script>alert(1)</script>\n\n" + MESSAGE, on="main")
    story.repository.tag("krow/prod-v0.1.2", tip, "HOTFIX: <img src=x>")
    audit = run(asked(ada, story.repository.url))
    text = words(page.get(f"/audit/{audit.pk}/"))
    assert "<script>alert" not in text
    assert "<img" not in text


def test_scripts_ask_and_look(client: Client, ada: User, story: Story, product: Product) -> None:
    _row, token = make_token(ada, by=ada, name="audit", scopes=["read", "hotfixes"])
    headers = {"Authorization": f"Bearer {token}"}
    body = {
        "url": story.repository.url,
        "process": "krow",
        "team": product.team.slug,
        "token": "s3cret-token",
    }

    def post(facts: Mapping[str, object]) -> tuple[int, dict[str, object]]:
        answer = client.post("/api/v1/audits", facts, "application/json", headers=headers)
        return answer.status_code, answer.json()

    status, made = post(body)
    assert (status, made["state"], made["percent"], made["result"]) == (201, "waiting", 0, None)
    assert post(body)[0] == 409
    run(AuditRun.objects.get())
    found = client.get(f"/api/v1/audits/{made['id']}", headers=headers).json()
    assert (found["state"], found["percent"], found["trouble"]) == ("done", 100, "")
    assert (found["result"]["hotfixes"], found["result"]["kept"]) == (1, 1)
    listed = client.get("/api/v1/audits", headers=headers).json()["items"]
    assert [(one["id"], one["result"]) for one in listed] == [(made["id"], None)]
    assert post({**body, "url": "ssh://x/y"})[1]["errors"][0]["field"] == "url"  # type: ignore[index]
    assert post({**body, "process": "none"})[0] == 422
    assert "s3cret" not in str(found)
