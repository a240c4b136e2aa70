"""Keeping documents beside a contract, and taking them off."""

from __future__ import annotations

import uuid

from marketplace.contracts import queries
from marketplace.contracts.models import ContractDocument
from marketplace.core import clock, documents, events, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor

MOST_DOCUMENTS = 20


def attach_document(actor: Actor, contract_id: uuid.UUID, document_id: uuid.UUID, upload: Upload) -> None:
    """Keep a file beside a contract. Raises RuleBroken (field `document`) for a kind not allowed."""
    with transaction() as session:
        contract = queries.get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.CONTRACT_ATTACH, contract.school_id)
        if any(one.id == document_id for one in contract.documents):
            return
        if len(contract.documents) >= MOST_DOCUMENTS:
            raise RuleBroken(
                f"A contract keeps at most {MOST_DOCUMENTS} documents. Remove one first.", "document"
            )
        stored = documents.keep(session, upload)
        name = documents.plain_name(upload.name)
        if any(one.sha256 == stored.sha256 and one.name == name for one in contract.documents):
            raise RuleBroken("This document is here already.", "document")
        contract.documents.append(
            ContractDocument(id=document_id, name=name, sha256=stored.sha256, added_at=clock.now())
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.CONTRACT_ATTACH,
            contract.id,
            organisation_id=contract.school_id,
            document=name,
            sha256=stored.sha256,
        )


def detach_document(actor: Actor, contract_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Take a document off a contract; the stored file itself stays in the store. Raises NotFound."""
    with transaction() as session:
        contract = queries.get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.CONTRACT_DETACH, contract.school_id)
        document = queries.get_document(session, actor, contract_id, document_id)
        contract.documents.remove(document)
        session.flush()
        events.record(
            session,
            actor,
            Act.CONTRACT_DETACH,
            contract.id,
            organisation_id=contract.school_id,
            document=document.name,
            sha256=document.sha256,
        )
