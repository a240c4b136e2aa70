import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable

from tests import make
from tests.web.client import Client
from tests.web.page import Page

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_change_is_made_in_words_shown_to_all_and_both_packs_can_be_had(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(coordinator.get(f"/tenders/{tender.id}").links()["Change the words or documents"])
    form = page.form("Change it for everybody")
    unsaid = coordinator.submit(form.fill(description="Hot and cold meals at midday."), status=422)
    assert "Enter why the tender changes." in unsaid.words
    again = unsaid.form("Change it for everybody")
    assert again.values["description"] == "Hot and cold meals at midday."
    done = coordinator.submit(again.fill(reason="Summer lunches are wanted too."))
    assert "You changed the tender." in done.words
    assert "Changed after publication" in done.words

    anybody = client_for(None)
    public = anybody.get(f"/opportunities/{tender.id}")
    assert "What has changed since publication" in public.words
    assert "Summer lunches are wanted too." in public.words
    assert "and cold" in " ".join(public.texts("ins"))
    assert "in term time." in " ".join(public.texts("del"))
    links = public.links()
    now = anybody.download(links["Download all documents (ZIP)"])
    before = anybody.download(links["The documents as they were before (ZIP)"])
    assert now.mimetype == "application/zip"
    assert now.headers["Content-Disposition"].endswith('documents 2.zip"')
    assert hashlib.sha256(now.data).hexdigest() in now.headers["ETag"]
    with zipfile.ZipFile(io.BytesIO(before.data)) as archive:
        assert "in term time" in archive.read("1 Specification.html").decode()
        for name in archive.namelist():
            if name.endswith(".html"):
                Page(name, 200, archive.read(name).decode())
    anybody.get(f"/opportunities/{tender.id}/packs/3.zip", status=404)


def test_what_is_not_published_has_no_pack_for_anybody(client_for: ClientFor) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    client_for(None).get(f"/opportunities/{tender.id}/pack.zip", status=404)
    head = client_for(tender.schools[0].headteacher.person_id)
    head.get(f"/tenders/{tender.id}/amend", status=403)
