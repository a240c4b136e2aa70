"""The pages on which suppliers ask, schools answer, and everybody reads."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.tenders.packs import queries as packs
from tests import make
from tests.web.client import Client

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} O'Neill & “Söhne” \u202egnp.exe"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}"
SignIn = Callable[[Any], Client]


@pytest.fixture
def tender(app: Flask) -> make.Tender:
    assert app.testing
    return make.published_tender(make.alliance(schools=2))


def test_a_question_goes_from_a_supplier_to_everybody_and_hostile_words_stay_words(
    tender: make.Tender, client: Client, client_for: SignIn
) -> None:
    opportunity = f"/opportunities/{tender.id}"
    asker = make.supplier("Zephyr Kitchens")
    site = client_for(asker.admin.person_id)
    assert "Nothing has been answered yet" in client.get(opportunity).words
    page = site.get(f"{opportunity}/questions")
    form = site.get(page.links()["Ask a question"]).form("Ask the schools")
    refused = site.submit(form.fill(text=""), "Ask the schools", status=422)
    assert refused.errors() == {"text": "Enter your question"}
    long = site.submit(form.fill(text="x" * 2_001), "Ask the schools", status=422)
    assert "2000" in "".join(long.errors().values())
    asked = site.submit(form.fill(text=f"We are Zephyr. {HOSTILE}"), "Ask the schools")
    assert "Waits for an answer" in asked.words
    assert "Zephyr" not in client.get(f"{opportunity}/questions").words
    assert "We e-mail Zephyr Kitchens each answer." in asked.words

    desk = client_for(tender.alliance.coordinator.person_id)
    task = desk.get("/").links()["Answer 1 question: School meals"]
    assert "Answer 1 question" in desk.get(f"/tenders/{tender.id}").links()
    listed = desk.get(task)
    assert "Nobody here sees who asked" in listed.words
    answering = desk.get(listed.links()["Answer"])
    form = answering.form("Publish to everybody")
    assert form.values["wording"].startswith("We are Zephyr.")
    refused = desk.submit(form.fill(answer=""), "Publish to everybody", status=422)
    assert refused.errors() == {"answer": "Enter the answer"}
    done = desk.submit(form.fill(wording=HOSTILE, answer=f"Yes. {HOSTILE}"), "Publish to everybody")
    assert "You published the answer." in done.words

    for path in (opportunity, f"{opportunity}/questions"):
        read = client.get(path)
        assert ESCAPED in read.text
        assert "<script>alert" not in read.text
        assert "Zephyr" not in read.text
    assert "See question 1" in site.get(f"{opportunity}/questions").words
    pack = packs.latest_pack(make.fresh(), tender.id)
    assert pack
    assert ESCAPED.encode() in packs.content(pack)
    assert "Question 1" in client_for(tender.evaluators[0].person_id).get(f"{opportunity}/questions").words


def test_many_questions_are_found_by_their_words_and_by_page(
    tender: make.Tender, client: Client, client_for: SignIn
) -> None:
    asker = make.supplier()
    asked = [make.ask(tender, asker, f"What of line {number}?") for number in range(12)]
    for question_id, answer in zip(asked, ("See 100%_1", "See 100 of 2"), strict=False):
        make.answer_question(tender, question_id, answer)
    address = f"/opportunities/{tender.id}/questions"
    assert client.get(f"{address}?search=100%25_").texts("h3") == ["Question 1"]
    assert "No answer has these words" in client.get(f"{address}?search=xyz").words
    assert "See all 2 questions and answers" in client.get(f"/opportunities/{tender.id}").words
    desk = client_for(tender.lead.headteacher.person_id)
    first = desk.get(f"/tenders/{tender.id}/questions")
    many = len(desk.statements)
    assert "Showing 1 to 10 of 12" in first.words
    assert "What of line 0?" in desk.get(f"/tenders/{tender.id}/questions?page=2").words
    some = desk.get(f"/tenders/{tender.id}/questions?status=open&search=line+7")
    assert "What of line 7?" in some.words
    assert "What of line 8?" not in some.words
    assert len(desk.statements) == many


def test_a_question_is_rejected_or_withdrawn_and_a_tender_is_followed_or_not(
    tender: make.Tender, client_for: SignIn
) -> None:
    asker = make.supplier("Zephyr Kitchens")
    site = client_for(asker.admin.person_id)
    address = f"/opportunities/{tender.id}/questions"
    followed = site.submit(site.get(address).form("E-mail us each answer as Zephyr Kitchens"))
    assert "We e-mail you each answer." in followed.words
    left = site.submit(followed.form("Stop e-mailing answers to Zephyr Kitchens"))
    assert "You no longer follow School meals" in left.words

    rejected, withdrawn = make.ask(tender, asker, "We clean windows."), make.ask(tender, asker, "What else?")
    desk = client_for(tender.lead.bursar.person_id)
    form = desk.get(f"/questions/{rejected}/reject").form("Reject it and tell who asked")
    refused = desk.submit(form, status=422)
    assert "Choose why the question gets no answer" in refused.errors().values()
    form.fill(why="repeated")
    assert "Choose the answered question that it repeats." in desk.submit(form, status=422).errors().values()
    desk.submit(form.fill(why="no_question", explanation="Thank you for telling us."))
    page = site.get(address)
    assert "It asks nothing" in page.words
    assert "Thank you for telling us." in page.words
    back = site.post(f"/questions/{withdrawn}/withdraw", {"version": make.question(withdrawn).version})
    assert "You withdrew your question." in back.words
    assert "Thank you for telling us." not in desk.get(address).words
    rival = client_for(make.supplier().admin.person_id)
    for path in (f"/questions/{rejected}/answer", f"/tenders/{tender.id}/questions"):
        rival.get(path, status=404)
    client_for(tender.evaluators[0].person_id).get(f"/tenders/{tender.id}/questions", status=404)


def test_what_holds_the_closing_is_said_wherever_somebody_looks(
    tender: make.Tender, client: Client, client_for: SignIn
) -> None:
    asker = make.supplier()
    make.ask(tender, asker)
    with clock.travelling(tender.closes_at):
        desk = client_for(tender.alliance.coordinator.person_id)
        own = desk.get(f"/tenders/{tender.id}")
        assert "Deadline passed, questions to answer" in own.words
        assert "Answer or reject; only then does the tender close" in own.words
        assert "The quotes cannot be opened before you answer." in desk.get("/").words
        asked = desk.get(f"/tenders/{tender.id}/questions")
        assert "The deadline has passed. Answer or reject every question" in asked.words
        public = client.get(f"/opportunities/{tender.id}")
        assert "nobody can open them before the last question is answered" in public.words
        refused = client_for(asker.admin.person_id).get(f"/tenders/{tender.id}/questions/ask", status=422)
        assert "not open" in refused.words
