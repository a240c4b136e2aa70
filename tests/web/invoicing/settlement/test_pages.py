import uuid
from collections.abc import Callable

from tests import make
from tests.make import settlement as making
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_settlement_is_proposed_seen_accepted_and_paid(client_for: ClientFor) -> None:
    made = making.ring()
    first, second, third = made.schools
    coordinator = client_for(made.alliance.coordinator.person_id)
    propose = coordinator.get(
        coordinator.get("/settlements").links()[f"See what could be settled in {made.alliance.name}"]
    )
    assert "Invoices 3 £900.00 Payments without netting 3" in propose.words
    shown = coordinator.submit(propose.form("Propose it to 3 schools"))
    assert "Every school in it was told" in shown.words
    assert "Together £900.00 £900.00 £0.00" in shown.words
    assert "No smaller number of payments would do" in shown.words
    assert "What the figure of" not in shown.words

    lead = client_for(second.finance_lead.person_id)
    task = lead.get("/")
    reference = shown.words.split("Settlement NET-")[1].split()[0]
    page = lead.get(task.links()[f"Accept settlement NET-{reference}, or stay out of it"])
    number, other = (make.invoice(one).number for one in made.invoices[:2])
    assert "Beech Primary School pays £200.00" in page.words
    assert f"{number}Due on" in page.words
    offered = lead.get(f"/invoices/{made.invoices[0]}").links()[f"See settlement NET-{reference}"]
    assert offered == page.path
    look = lead.get(page.links()["Look at it and accept"])
    assert f"{other}Due on" in look.words
    make.pay(first, made.invoices[0], 300_00)
    again = lead.submit(look.form("Accept: Beech Primary School pays £200.00"))
    assert "You have not accepted: something in it was paid or disputed meanwhile." in again.words
    assert f"{number} Was paid or credited meanwhile" in again.words
    assert "Beech Primary School gets £100.00" in again.words
    stale = lead.submit(look.form("Accept: Beech Primary School pays £200.00"), status=409)
    assert "Beech Primary School gets £100.00" in stale.words
    done = lead.submit(stale.form("Accept: Beech Primary School gets £100.00"))
    assert "It stands when every school has accepted." in done.words
    settlement_id = uuid.UUID(page.path.rpartition("/")[2])
    making.accept(first, settlement_id)
    making.accept(third, settlement_id)

    payer = client_for(third.finance_lead.person_id)
    page = payer.get(
        payer.get("/").links()[f"Pay £100.00 to Beech Primary School by settlement NET-{reference}"]
    )
    assert "30-94-31" in page.words
    to_record = lead.get("/").links()["Say when £100.00 arrives from Cedar Primary School"]
    received = lead.get(lead.get(to_record).links()["Say that it arrived from Cedar Primary School"])
    early = received.form("Record that £100.00 arrived").fill(**{"paid_on-year": "2020"})
    assert "when the settlement was accepted by all" in lead.submit(early, status=422).errors()["paid_on-day"]
    done = lead.submit(received.form("Record that £100.00 arrived"))
    assert "You recorded £100.00 from Cedar Primary School." in done.words
    paid = lead.get(f"/invoices/{made.invoices[1]}")
    assert f"Payment of invoice {other}, reference settlement NET-{reference}" in paid.words


def test_a_school_stays_out_and_takes_part_again(client_for: ClientFor) -> None:
    made = making.ring()
    settlement_id = making.proposed_settlement(made)
    lead = client_for(made.schools[2].finance_lead.person_id)
    page = lead.get(lead.get(f"/settlements/{settlement_id}").links()["Stay out of settlements"])
    out = lead.submit(page.form("Stay out with Cedar Primary School"))
    assert "stays out of settlements until you let it take part again" in out.words
    coordinator = client_for(made.alliance.coordinator.person_id)
    assert "Staying out: Cedar Primary School." in coordinator.get("/settlements").words
    empty = coordinator.get(f"/settlements/alliances/{made.alliance.id}/propose")
    assert "Netting would save no payment" in empty.words
    assert (
        "Withdrawn: What was left of it saves no payment" in lead.get(f"/settlements/{settlement_id}").words
    )
    back = lead.get(out.links()["Take part again with Cedar Primary School"])
    assert "from the next one on" in lead.submit(back.form("Take part with Cedar Primary School")).words
    making.proposed_settlement(made)
    latest = coordinator.get("/settlements").links()
    newest = next(href for text, href in latest.items() if text.startswith("NET-"))
    withdraw = coordinator.get(coordinator.get(newest).links()["Withdraw this settlement, with a reason"])
    assert coordinator.submit(withdraw.form("Withdraw it and tell the schools"), status=422).errors()[
        "reason"
    ]
    told = coordinator.submit(withdraw.form("Withdraw it and tell the schools").fill(reason="Too early"))
    assert "Withdrawn: Too early" in told.words
