import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions
from marketplace.core import mail
from marketplace.core.events import Event
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
PASSWORD = "three words remembered"


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


@pytest.fixture
def head(client_for: ClientFor, school: make.School) -> Client:
    """The headteacher's browser."""
    return client_for(school.headteacher.person_id)


def with_password(school: make.School) -> None:
    """Ann Lee, who can sign in."""
    seats = [(school.id, Role.BURSAR)]
    actions.add_person(ADMINISTRATOR, "Ann Lee", "ann@example.org", seats, password=PASSWORD)


def invited(school: make.School) -> None:
    """Ann Lee, who has not chosen a password yet."""
    actions.add_person(school.headteacher, "Ann Lee", "ann@example.org", [(school.id, Role.BURSAR)])


def link(session: Session, address: str) -> str:
    """The address in the newest message to somebody."""
    found = re.search(r"(/set-password/\S+)", mail.newest(session, address)[0].body)
    assert found
    return found[1]


def test_a_head_adds_a_bursar_who_chooses_a_password_and_signs_in(
    head: Client, client: Client, session: Session
) -> None:
    page = head.get("/people")
    add = head.get(page.links()["Add a colleague to Alder Primary School"])
    form = add.form("Add to Alder Primary School").fill(
        name="Zoë £ Lee", email="Zoe@Example.org", roles=["bursar"]
    )
    done = head.submit(form)
    assert "You added Zoë £ Lee" in done.words
    assert "No password yet" in done.words

    waiting = head.get(done.links()["Invitations that wait"])
    assert "zoe@example.org Alder Primary School Bursar 0 days" in waiting.words
    again = head.submit(waiting.form("Send again to Zoë £ Lee"))
    assert "less than five minutes ago" in again.words

    chosen = client.get(link(session, "zoe@example.org")).form().fill(password=PASSWORD, again=PASSWORD)
    client.submit(chosen)
    form = client.get("/sign-in").form("Sign in").fill(email="zoe@example.org", password=PASSWORD)
    assert client.submit(form, "Sign in").heading == "What waits for you"


def test_the_two_passwords_must_agree_and_be_long_enough(
    client: Client, school: make.School, session: Session
) -> None:
    invited(school)
    path = link(session, "ann@example.org")
    refused = client.submit(client.get(path).form().fill(password=PASSWORD, again="other"), status=422)
    assert refused.errors() == {"again": "The two passwords must be the same."}
    assert not refused.form().values["password"]
    known = client.submit(
        client.get(path).form().fill(password="QwertyQwerty", again="QwertyQwerty"), status=422
    )
    assert "criminals try first" in known.errors()["password"]
    short = client.submit(client.get(path).form().fill(password="short", again="short"), status=422)
    assert "at least 12" in short.errors()["password"]


def test_a_used_link_says_how_to_get_another(client: Client, school: make.School, session: Session) -> None:
    invited(school)
    path = link(session, "ann@example.org")
    form = client.get(path).form().fill(password=PASSWORD, again=PASSWORD)
    client.submit(form)
    assert "used or is too old" in client.get(path, status=404).words
    client.submit(form, status=404)
    client.get("/set-password/made-up", status=404)


def test_abuse_23_asking_for_a_link_gets_the_same_answer_for_everybody(
    client: Client, school: make.School, session: Session
) -> None:
    actions.add_person(
        ADMINISTRATOR, "Ann Lee", "ann@example.org", [(school.id, Role.BURSAR)], password=PASSWORD
    )
    answers = set()
    for address in ("ann@example.org", "nobody@example.org"):
        form = client.get("/forgotten-password").form("Send me the link").fill(email=address)
        answers.add(client.submit(form).words.replace(address, ""))
    assert len(answers) == 1
    assert link(session, "ann@example.org")
    assert not mail.newest(session, "nobody@example.org")


def test_a_wrong_password_keeps_the_address_and_not_the_password(client: Client, school: make.School) -> None:
    actions.add_person(
        ADMINISTRATOR, "Ann Lee", "ann@example.org", [(school.id, Role.BURSAR)], password=PASSWORD
    )
    form = client.get("/sign-in").form("Sign in").fill(email="ann@example.org", password="wrong")
    refused = client.submit(form, "Sign in", status=422)
    assert "do not match" in refused.errors()["password"]
    assert refused.form("Sign in").values["email"] == "ann@example.org"
    assert "wrong" not in refused.text


def test_signing_in_leads_to_the_page_that_was_asked_for_and_never_elsewhere(
    client: Client, school: make.School
) -> None:
    actions.add_person(
        ADMINISTRATOR, "Ann Lee", "ann@example.org", [(school.id, Role.BURSAR)], password=PASSWORD
    )
    asked = client.get("/contracts")
    assert asked.heading == "Sign in"
    for target, heading in (("/contracts", "Contracts"), ("//evil.example/", "What waits for you")):
        form = client.get(f"/sign-in?next={target}").form("Sign in")
        form.fill(email="ann@example.org", password=PASSWORD)
        assert client.submit(form, "Sign in").heading == heading
        client.post("/sign-out")
    answer = client.open("/sign-out", method="POST", data={"csrf_token": client.csrf_token()})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter your colleague’s name."),
        ("name", "x" * 121, "120"),
        ("email", "", "Enter your colleague’s e-mail address."),
        ("email", "zoë", "right form"),
        ("email", "££@££", "right form"),
    ],
)
def test_wrong_input_is_named_and_comes_back(
    head: Client, school: make.School, field: str, typed: str, words: str
) -> None:
    form = head.get(f"/people/{school.id}/add").form()
    form.fill(name="Ann Lee", email="ann@example.org", roles=["bursar"]).fill(**{field: typed})
    refused = head.submit(form, status=422)
    assert words in refused.errors()[field]
    assert refused.form().values[field] == typed
    assert refused.form().values.getlist("roles") == ["bursar"]


def test_somebody_without_a_role_is_not_added(head: Client, school: make.School) -> None:
    form = head.get(f"/people/{school.id}/add").form().fill(name="Ann Lee", email="ann@example.org")
    assert head.submit(form, status=422).errors() == {"roles": "Choose at least one role."}


def test_a_made_up_role_is_not_given(head: Client, school: make.School, session: Session) -> None:
    sent = {"name": "Ann Lee", "email": "ann@example.org", "roles": "coordinator"}
    head.post(f"/people/{school.id}/add", sent, status=422)
    head.post(f"/people/{school.id}/add", sent | {"roles": "emperor"}, status=422)
    assert not mail.newest(session, "ann@example.org")


def test_a_double_click_adds_one_person(head: Client, school: make.School, session: Session) -> None:
    form = head.get(f"/people/{school.id}/add").form()
    form.fill(name="Ann Lee", email="ann@example.org", roles=["bursar"])
    for _ in range(2):
        head.submit(form)
    assert len(mail.newest(session, "ann@example.org")) == 1


def test_only_those_who_may_are_offered_to_add_somebody(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    bursar = client_for(school.bursar.person_id)
    assert not [text for text in bursar.get("/people").links() if text.startswith("Add a colleague")]
    bursar.get(f"/people/{school.id}/add", status=403)
    client_for(other.headteacher.person_id).get(f"/people/{school.id}/add", status=404)
    coordinator = client_for(alliance.coordinator.person_id)
    roles = coordinator.get(f"/people/{alliance.id}/add").texts(".govuk-checkboxes__label")
    assert roles == ["Coordinator", "Auditor"]


def test_colleagues_are_searched(head: Client) -> None:
    assert head.get("/people?q=bursar").texts("tbody th")[0].startswith("Alder Bursar")
    assert "Nobody found" in head.get("/people?q=%25").words


def test_signing_out_ends_the_session_and_is_recorded(
    client: Client, school: make.School, session: Session
) -> None:
    with_password(school)
    form = client.get("/sign-in").form("Sign in").fill(email="ann@example.org", password=PASSWORD)
    home = client.submit(form, "Sign in")
    assert "You have signed out" in client.submit(home.form("Sign out"), "Sign out").words
    assert client.get("/contracts").heading == "Sign in"
    acts = session.scalars(select(Event.act).where(Event.actor_name == "Ann Lee").order_by(Event.position))
    assert list(acts) == [Act.PERSON_SIGN_IN, Act.PERSON_SIGN_OUT]
