"""What each stage gives to the whole: its tables, pages, what waits for whom, navigation and commands.

A part of the composition root, beside `app.py`: nothing but that may import it.
"""

from __future__ import annotations

from typing import Any

import click

from demonstration.commands import demonstration
from invoicing.accounts import views as account_pages
from invoicing.agreements import pages as agreement_pages
from invoicing.agreements import tasks as agreement_tasks
from invoicing.annual_pack import models as annual_pack
from invoicing.annual_pack import views as annual_pack_pages
from invoicing.bank import queries as bank_queries
from invoicing.bank import views as bank_pages
from invoicing.exports import pages as export_pages
from invoicing.fund import api as fund_api
from invoicing.fund import tasks as fund_tasks
from invoicing.fund import views as fund_pages
from invoicing.fund.billing import views as billing_pages
from invoicing.fund.budgets import views as budget_pages
from invoicing.fund.examination import views as examination_pages
from invoicing.fund.grants import views as grant_pages
from invoicing.fund.refunds import views as refund_pages
from invoicing.incoming import queries as incoming_queries
from invoicing.incoming import views as incoming_pages
from invoicing.invoices import api as invoice_api
from invoicing.invoices import queries as invoice_queries
from invoicing.invoices import views as invoice_pages
from invoicing.invoices.as_of import views as as_of_pages
from invoicing.invoices.batches import views as batch_pages
from invoicing.invoices.credit_notes import views as credit_note_pages
from invoicing.invoices.disputes import views as dispute_pages
from invoicing.invoices.logos import views as logo_pages
from invoicing.invoices.vat_watch import queries as vat_watch_queries
from invoicing.invoices.vat_watch import views as vat_watch_pages
from invoicing.ledger import models as ledger
from invoicing.ledger.periods import queries as period_queries
from invoicing.ledger.periods import views as period_pages
from invoicing.payments import models as payments
from invoicing.payments import views as payment_pages
from invoicing.payments.online import pages as online_pages
from invoicing.payments.online import tasks as online_tasks
from invoicing.payments.online.news import models as stripe_news
from invoicing.payments.online.refunds import models as online_refunds
from invoicing.reminders import views as reminder_pages
from invoicing.savings import views as savings_pages
from invoicing.settlement import tasks as settlement_tasks
from invoicing.settlement import views as settlement_pages
from invoicing.shared_costs import commands as shared_cost_commands
from invoicing.shared_costs import views as shared_cost_pages
from invoicing.verification import commands as verification_commands
from marketplace.alliance import api as alliance_api
from marketplace.alliance import commands as alliance_commands
from marketplace.alliance import views as alliance
from marketplace.alliance.board import views as board_pages
from marketplace.alliance.decisions import models as decisions
from marketplace.alliance.decisions import tasks as decision_tasks
from marketplace.alliance.decisions import views as decision_pages
from marketplace.alliance.delegation import models as delegation
from marketplace.alliance.delegation import views as delegation_pages
from marketplace.alliance.invitations import views as invitation_pages
from marketplace.alliance.memberships import models as memberships
from marketplace.alliance.memberships import tasks as membership_tasks
from marketplace.alliance.memberships import views as membership_pages
from marketplace.alliance.partnerships import models as partnerships
from marketplace.alliance.partnerships import tasks as partnership_tasks
from marketplace.alliance.partnerships import views as partnership_pages
from marketplace.alliance.privacy import views as privacy_pages
from marketplace.alliance.record.heads import views as record_pages
from marketplace.alliance.school_accounts import models as school_accounts
from marketplace.alliance.school_accounts import tasks as school_account_tasks
from marketplace.alliance.school_accounts import views as school_account_pages
from marketplace.alliance.sign_ins import models as sign_ins
from marketplace.alliance.sign_ins import pages as sign_in_pages
from marketplace.alliance.sign_ins.account import models as email_changes
from marketplace.alliance.sign_ins.factors import models as second_factors
from marketplace.alliance.sign_ins.factors import tasks as factor_tasks
from marketplace.alliance.sign_ins.passkeys import models as passkeys
from marketplace.alliance.sign_ins.providers import models as provider_tables
from marketplace.alliance.term_dates import models as term_dates
from marketplace.alliance.term_dates import views as term_dates_pages
from marketplace.alliance.tokens import models as tokens
from marketplace.alliance.tokens import views as token_pages
from marketplace.alliance.work import models as work
from marketplace.alliance.work import tasks as work_tasks
from marketplace.alliance.work import views as work_pages
from marketplace.contracts import api as contract_api
from marketplace.contracts import models as contracts
from marketplace.contracts import queries as contract_queries
from marketplace.contracts import views as contract_pages
from marketplace.contracts.calendars import models as calendars
from marketplace.contracts.importing import models as contract_imports
from marketplace.contracts.warnings import models as contract_warnings
from marketplace.core import doctor, figures, storage, walls
from marketplace.core.api import repeats
from marketplace.core.backups import commands as backup_commands
from marketplace.core.calculating import calculations
from marketplace.core.mailbox import mailbox
from marketplace.core.web import NavigationItem
from marketplace.needs import api as need_api
from marketplace.needs import models as needs
from marketplace.needs import question_views as question_pages
from marketplace.needs import tasks as need_tasks
from marketplace.needs import views as need_pages
from marketplace.needs.suggestions import models as suggestions
from marketplace.needs.suggestions import tasks as suggestion_tasks
from marketplace.needs.suggestions import views as suggestion_pages
from marketplace.tenders import api as tender_api
from marketplace.tenders import commands as tender_commands
from marketplace.tenders import models as tenders
from marketplace.tenders import queries as tender_queries
from marketplace.tenders import views as tender_pages
from marketplace.tenders.amending import models as amending
from marketplace.tenders.amending import queries as amending_queries
from marketplace.tenders.amending import views as amending_pages
from marketplace.tenders.commitments import tasks as commitment_tasks
from marketplace.tenders.commitments import views as commitment_pages
from marketplace.tenders.criteria import views as criteria_pages
from marketplace.tenders.drafting import models as drafting_tables
from marketplace.tenders.interests import models as interests
from marketplace.tenders.interests import queries as interest_queries
from marketplace.tenders.interests import views as interest_pages
from marketplace.tenders.lots import models as lot_tables
from marketplace.tenders.lots import views as lot_pages
from marketplace.tenders.opportunities import views as opportunity_pages
from marketplace.tenders.packs import models as packs
from marketplace.tenders.packs import views as pack_pages
from marketplace.tenders.recommitting import models as recommitting
from marketplace.tenders.recommitting import tasks as recommitting_tasks
from marketplace.tenders.recommitting import views as recommitting_pages
from marketplace.tenders.specification import models as specification
from marketplace.tenders.specification import views as specification_pages
from marketplace.tenders.uk_notices import api as open_data
from marketplace.tenders.uk_notices import described as open_data_described
from marketplace.tenders.uk_notices import models as tender_notices
from marketplace.tenders.uk_notices import tasks as notice_tasks
from marketplace.tenders.uk_notices import views as notice_pages
from marketplace.tenders.uk_notices.reminders import models as notice_reminders
from suppliers.awards import commands as award_commands
from suppliers.awards import confirming as award_confirming
from suppliers.awards import models as awards
from suppliers.awards import pages as award_pages
from suppliers.awards import tasks as award_tasks
from suppliers.awards.combining import models as combining
from suppliers.awards.credits import models as credit_tables
from suppliers.awards.credits import queries as credit_queries
from suppliers.awards.letters import models as letters
from suppliers.awards.performance import models as performance
from suppliers.awards.related_parties import models as related_parties
from suppliers.awards.standstill import models as standstills
from suppliers.awards.waiving import models as waiving
from suppliers.evaluation import commands as evaluation_commands
from suppliers.evaluation import models as evaluation
from suppliers.evaluation import tasks as evaluation_tasks
from suppliers.evaluation import views as evaluation_pages
from suppliers.evaluation.low_prices import models as low_prices
from suppliers.evaluation.low_prices import views as low_price_pages
from suppliers.profiles import models as profiles
from suppliers.profiles import tasks as profile_tasks
from suppliers.profiles import views as profile_pages
from suppliers.questions import models as questions
from suppliers.questions import tasks as question_tasks
from suppliers.questions import views as supplier_question_pages
from suppliers.quotes import api as quote_api
from suppliers.quotes import commands as quote_commands
from suppliers.quotes import models as quotes
from suppliers.quotes import opening_views as opening_pages
from suppliers.quotes import tasks as quote_tasks
from suppliers.quotes import views as quote_pages
from suppliers.quotes.declarations import views as quote_declaration_pages
from suppliers.quotes.earlier import views as earlier_answer_pages
from suppliers.quotes.keys import models as opening_keys
from suppliers.quotes.keys import tasks as opening_key_tasks
from suppliers.quotes.keys import views as opening_key_pages
from suppliers.quotes.openers import models as openers
from suppliers.quotes.openers import queries as opener_queries
from suppliers.quotes.openers import views as opener_pages
from suppliers.quotes.rescue import views as rescue_pages

MODELS = (
    sign_ins,
    second_factors,
    passkeys,
    tokens,
    repeats,
    provider_tables,
    email_changes,
    work,
    decisions,
    delegation,
    term_dates,
    memberships,
    partnerships,
    school_accounts,
    contracts,
    contract_imports,
    contract_warnings,
    calendars,
    needs,
    suggestions,
    tenders,
    tender_notices,
    lot_tables,
    drafting_tables,
    amending,
    interests,
    packs,
    recommitting,
    specification,
    profiles,
    questions,
    opening_keys,
    openers,
    quotes,
    evaluation,
    low_prices,
    awards,
    combining,
    waiving,
    letters,
    standstills,
    related_parties,
    performance,
    credit_tables,
    notice_reminders,
    ledger,
    payments,
    online_refunds,
    stripe_news,
    annual_pack,
    storage,
)
PEOPLE_PAGES = (*sign_in_pages.ROOMS, invitation_pages)
"""Modules whose pages stand on the blueprint of people."""
ALLIANCE_PAGES = (term_dates_pages, school_account_pages)
"""Modules whose pages stand on the blueprint of schools."""
INVOICE_PAGES = (as_of_pages, logo_pages)
"""Modules whose pages stand on the blueprint of invoices."""
TENDER_PAGES = (amending_pages, commitment_pages, interest_pages, recommitting_pages, specification_pages)
"""Modules whose pages stand on the blueprint of tenders."""
QUOTE_PAGES = (quote_declaration_pages, earlier_answer_pages)
"""Modules whose pages stand on the blueprint of quotes."""
BLUEPRINTS = (
    doctor.health,
    figures.metrics,
    mailbox,
    token_pages.people,
    board_pages.board,
    decision_pages.decisions,
    delegation_pages.delegation,
    term_dates_pages.alliance,
    membership_pages.memberships,
    work_pages.work,
    partnership_pages.partnerships,
    record_pages.record,
    privacy_pages.privacy,
    contract_pages.contracts,
    suggestion_pages.suggestions,
    question_pages.needs,
    tender_pages.tenders,
    criteria_pages.criteria,
    lot_pages.lots,
    pack_pages.opportunities,
    notice_pages.notices,
    open_data.ocds,
    profile_pages.profiles,
    supplier_question_pages.questions,
    opening_pages.quotes,
    opener_pages.keys,
    rescue_pages.rescue,
    low_price_pages.evaluation,
    award_pages.awards,
    agreement_pages.agreements,
    invoice_pages.invoices,
    batch_pages.batches,
    credit_note_pages.credit_notes,
    dispute_pages.disputes,
    vat_watch_pages.vat_watch,
    shared_cost_pages.shared_costs,
    incoming_pages.incoming,
    payment_pages.payments,
    export_pages.exports,
    online_pages.online,
    bank_pages.bank,
    period_pages.books,
    settlement_pages.settlement,
    account_pages.accounts,
    reminder_pages.reminders,
    fund_pages.fund,
    billing_pages.billing,
    budget_pages.budgets,
    grant_pages.grants,
    examination_pages.examination,
    refund_pages.refunds,
    savings_pages.savings,
    annual_pack_pages.annual_pack,
)
APIS = (
    alliance_api.me,
    contract_api.catalogue,
    need_api.needs,
    contract_api.contracts,
    tender_api.tenders,
    tender_api.offered,
    quote_api.quotes,
    invoice_api.invoices,
    fund_api.funds,
)
"""What programs can ask for, in the order of the document."""
DESCRIBED = open_data_described.PATHS
"""What is described in it by hand, because a standard says what it answers."""
WAITING_FOR: tuple[Any, ...] = (
    factor_tasks.waiting_for,
    work_tasks.waiting_for,
    decision_tasks.waiting_for,
    membership_tasks.waiting_for,
    partnership_tasks.waiting_for,
    school_account_tasks.waiting_for,
    contract_queries.waiting_for,
    need_tasks.waiting_for,
    suggestion_tasks.waiting_for,
    tender_queries.waiting_for,
    amending_queries.waiting_for,
    commitment_tasks.waiting_for,
    recommitting_tasks.waiting_for,
    interest_queries.waiting_for,
    notice_tasks.waiting_for,
    question_tasks.waiting_for,
    opening_key_tasks.waiting_for,
    opener_queries.waiting_for,
    profile_tasks.waiting_for,
    quote_tasks.waiting_for,
    evaluation_tasks.waiting_for,
    award_tasks.waiting_for,
    award_confirming.waiting_for,
    credit_queries.waiting_for,
    agreement_tasks.waiting_for,
    invoice_queries.waiting_for,
    vat_watch_queries.waiting_for,
    incoming_queries.waiting_for,
    bank_queries.waiting_for,
    period_queries.waiting_for,
    settlement_tasks.waiting_for,
    online_tasks.waiting_for,
    fund_tasks.waiting_for,
)
NAVIGATION: tuple[NavigationItem, ...] = (
    *need_pages.NAVIGATION,
    *contract_pages.NAVIGATION,
    *alliance.NAVIGATION,
    decision_pages.NAVIGATION,
    work_pages.NAVIGATION,
    tender_pages.NAVIGATION,
    opportunity_pages.NAVIGATION,
    *profile_pages.NAVIGATION,
    quote_pages.NAVIGATION,
    evaluation_pages.NAVIGATION,
    award_pages.NAVIGATION,
    *invoice_pages.NAVIGATION,
    fund_pages.NAVIGATION,
)
SHORTCUTS: tuple[NavigationItem, ...] = (
    *membership_pages.SHORTCUTS,
    *need_pages.SHORTCUTS,
    *suggestion_pages.SHORTCUTS,
    *contract_pages.SHORTCUTS,
    *tender_pages.SHORTCUTS,
    *opening_key_pages.SHORTCUTS,
    *rescue_pages.SHORTCUTS,
    *agreement_pages.SHORTCUTS,
    *shared_cost_pages.SHORTCUTS,
    *incoming_pages.SHORTCUTS,
    *export_pages.SHORTCUTS,
    *bank_pages.SHORTCUTS,
    *period_pages.SHORTCUTS,
    *settlement_pages.SHORTCUTS,
    *account_pages.SHORTCUTS,
    *reminder_pages.SHORTCUTS,
    *online_pages.SHORTCUTS,
    *fund_pages.SHORTCUTS,
    *savings_pages.SHORTCUTS,
    *annual_pack_pages.SHORTCUTS,
    *record_pages.SHORTCUTS,
)
COMMANDS: tuple[click.Command, ...] = (
    *alliance_commands.COMMANDS,
    *tender_commands.COMMANDS,
    *quote_commands.COMMANDS,
    verification_commands.verify,
    calculations(award_commands.award, evaluation_commands.score, shared_cost_commands.split),
    *backup_commands.COMMANDS,
    *doctor.COMMANDS,
    *walls.COMMANDS,
    demonstration,
)
