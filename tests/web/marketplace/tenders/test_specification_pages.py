"""The pages on which requirements are written down and marked, and what suppliers read of them."""

import uuid
from collections.abc import Callable

from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.specification.rules import Mark
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_from_a_requirement_to_what_suppliers_read(client_for: ClientFor, client: Client) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance)
    alder, beech = alliance.schools
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}/edit")
    page = coordinator.get(page.links()["What the schools ask for"])
    assert "Nothing is asked for yet" in page.words
    page = coordinator.submit(page.form().fill(text="Halal meals on every day"))
    page = coordinator.submit(page.form().fill(text="Fruit – £0 extra"))
    page = coordinator.submit(page.form().fill(text=" "), status=422)
    assert "Enter what the schools ask for." in page.words

    bursar = client_for(alder.bursar.person_id)
    marks = f"/tenders/{tender.id}/schools/{alder.id}/requirements"
    form = bursar.get(marks).form()
    halal, fruit = sorted(name for name in form.names if name.startswith("requirement_"))
    assert "You saved what" in bursar.submit(form.fill(**{halal: "must", fruit: "not_needed"})).words
    refused = bursar.submit(bursar.get(marks).form().fill(**{halal: "should"}), status=422)
    assert "Say why your school no longer must have “Halal meals on every day”." in refused.words

    listed = coordinator.get(f"/tenders/{tender.id}/edit/requirements")
    page = coordinator.get(listed.links()["Halal meals on every day"])
    refused = coordinator.submit(page.form(), "Remove the requirement", status=422)
    assert "Alder Primary School says that it must have this" in refused.words
    page = coordinator.get(listed.links()["Fruit – £0 extra"])
    assert "You removed a requirement." in coordinator.submit(page.form(), "Remove the requirement").words

    actions.invite_schools(alliance.coordinator, tender.id, tender.version)
    make.mark(tender, beech, {uuid.UUID(halal.removeprefix("requirement_")): Mark.NOT_NEEDED})
    make.commit(tender, alder, beech)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    actions.publish_tender(beech.headteacher, tender.id, tender.version)
    says = "Must for Alder Primary School. Not needed by Beech Primary School"
    assert f"Halal meals on every day Must {says}" in client.get(f"/opportunities/{tender.id}").words
    assert says in coordinator.get(f"/tenders/{tender.id}").words


def test_requirements_are_for_the_people_of_the_tender(client_for: ClientFor) -> None:
    tender = make.draft_tender(make.alliance())
    halal = make.requirement(tender, "Halal meals")
    bursar = client_for(tender.lead.bursar.person_id)
    bursar.get(f"/tenders/{tender.id}/edit/requirements", status=403)
    bursar.get(f"/tenders/{tender.id}/edit/requirements/{halal}", status=403)
    bursar.get(f"/tenders/{tender.id}/schools/{tender.schools[1].id}/requirements", status=403)
    stranger = client_for(make.alliance(schools=1, name="Others").coordinator.person_id)
    stranger.get(f"/tenders/{tender.id}/edit/requirements/{halal}", status=404)
