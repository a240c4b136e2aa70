"""How the stages hear of one another: subscribers, jobs by the clock, and the places that downstream fills.

A part of the composition root, beside `app.py`: nothing but that may import it.
"""

from __future__ import annotations

from invoicing.agreements import jobs as agreement_jobs
from invoicing.agreements import leaving as agreement_leaving
from invoicing.agreements.charging import jobs as charging_jobs
from invoicing.bank import closing as bank_closing
from invoicing.bank import offered as bank_offers
from invoicing.fund import leaving as fund_leaving
from invoicing.fund import tasks as fund_tasks
from invoicing.gateways import pdf
from invoicing.incoming.payments import queries as supplier_payments
from invoicing.invoices import closing as invoice_closing
from invoicing.invoices import offered as invoice_offers
from invoicing.invoices.batches import jobs as batch_jobs
from invoicing.ledger.periods import waiting as closing_periods
from invoicing.payments.online import closing as online_closing
from invoicing.payments.online import jobs as online_jobs
from invoicing.payments.online import tasks as online_tasks
from invoicing.reminders import jobs as reminder_jobs
from invoicing.reminders.interest import jobs as interest_jobs
from invoicing.savings import queries as saving_queries
from invoicing.settlement import jobs as settlement_jobs
from invoicing.settlement import leaving as settlement_leaving
from invoicing.settlement import tasks as settlement_tasks
from invoicing.shared_costs import jobs as shared_cost_jobs
from invoicing.verification import jobs as verification_jobs
from invoicing.verification import queries as verification_queries
from known_things import KNOWN
from marketplace.alliance.decisions import about as decision_subjects
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import jobs as membership_jobs
from marketplace.alliance.memberships import leaving
from marketplace.alliance.memberships import shown as membership_subjects
from marketplace.alliance.partnerships import jobs as partnership_jobs
from marketplace.alliance.partnerships import shown as partnership_subjects
from marketplace.alliance.privacy import erasing
from marketplace.alliance.privacy import jobs as privacy_jobs
from marketplace.alliance.record import things
from marketplace.alliance.record.heads import jobs as head_jobs
from marketplace.alliance.school_accounts import jobs as school_account_jobs
from marketplace.alliance.sign_ins.factors import required as second_factors
from marketplace.contracts import jobs as contract_jobs
from marketplace.contracts import leaving as contract_leaving
from marketplace.contracts import offered as contract_offers
from marketplace.contracts.calendars.models import CalendarFeed
from marketplace.contracts.warnings import jobs as contract_warning_jobs
from marketplace.core import events, figures, jobs, printing
from marketplace.core.api import repeats
from marketplace.core.policy import Act
from marketplace.needs import jobs as need_jobs
from marketplace.needs import tasks as need_tasks
from marketplace.needs.suggestions import jobs as suggestion_jobs
from marketplace.needs.suggestions import views as suggestion_pages
from marketplace.tenders import answers as tender_answers
from marketplace.tenders import jobs as tender_jobs
from marketplace.tenders import leaving as tender_leaving
from marketplace.tenders import progress as tender_progress
from marketplace.tenders import publication as tender_publication
from marketplace.tenders.amending import queries as amending_queries
from marketplace.tenders.commitments import jobs as commitment_jobs
from marketplace.tenders.commitments import tasks as commitment_tasks
from marketplace.tenders.drafting import views as draft_pages
from marketplace.tenders.interests import queries as interest_queries
from marketplace.tenders.recommitting import tasks as recommitting_tasks
from marketplace.tenders.uk_notices import awarding as award_notices
from marketplace.tenders.uk_notices import tasks as notice_tasks
from marketplace.tenders.uk_notices.reminders import jobs as notice_reminder_jobs
from suppliers.awards import confirming as award_confirming
from suppliers.awards import said as awards_said
from suppliers.awards import tasks as award_tasks
from suppliers.awards.by_schools import shown as by_schools
from suppliers.awards.combining import jobs as combining_jobs
from suppliers.awards.credits import queries as credit_queries
from suppliers.awards.letters import jobs as letter_jobs
from suppliers.awards.letters import queries as letter_queries
from suppliers.awards.performance import queries as performance_queries
from suppliers.evaluation import downloads as comparison_downloads
from suppliers.evaluation import queries as evaluation_queries
from suppliers.evaluation import tasks as evaluation_tasks
from suppliers.profiles import jobs as profile_jobs
from suppliers.questions import jobs as question_jobs
from suppliers.questions import queries as question_queries
from suppliers.questions import tasks as question_tasks
from suppliers.quotes import jobs as quote_jobs
from suppliers.quotes import queries as quote_queries
from suppliers.quotes import results as quote_results
from suppliers.quotes import tasks as quote_tasks
from suppliers.quotes.erasing import DRAFTS
from suppliers.quotes.keys import halves as quote_keys
from suppliers.quotes.keys import jobs as opening_key_jobs
from suppliers.quotes.keys import tasks as opening_key_tasks
from suppliers.quotes.openers import queries as opener_queries


def connect() -> None:
    """News flows downstream: which stage hears of which act."""
    agreeing = (Act.DECISION_CARRY, Act.DECISION_REJECT, Act.DECISION_WITHDRAW, Act.CONFIRMATION_RECORD)
    jobs.every_minute(repeats.forget_old)
    events.subscribe("memberships.agreed", membership_jobs.carry_out, *agreeing)
    events.subscribe("partnerships.agreed", partnership_jobs.carry_out, *agreeing)
    second_factors.ask_also(opener_queries.opens_a_tender)
    school_account_jobs.listen()
    profile_jobs.listen()
    events.subscribe("questions.answered", question_jobs.tell_of_answer, Act.QUESTION_ANSWER)
    events.subscribe("keys.openers", opening_key_jobs.ask_openers, Act.TENDER_INVITE, Act.TENDER_CONFIRM)
    jobs.every_minute(opening_key_jobs.watch_keys)
    tender_publication.check_with(quote_keys.check_openers)
    tender_publication.prepare_with(quote_keys.make_keys)
    tender_progress.offer_steps(opening_key_tasks.offered_steps)
    events.subscribe("quotes.amendment", quote_jobs.tell_of_amendment, Act.TENDER_AMEND)
    events.subscribe("quotes.deadline", quote_jobs.tell_of_deadline, Act.TENDER_APPROVE_EXTENSION)
    events.subscribe("quotes.cancelling", quote_jobs.tell_of_cancelling, Act.TENDER_CANCEL)
    events.subscribe("shared_costs.recovery_fee", shared_cost_jobs.charge_recovery_fee, Act.AWARD_CONFIRM)
    jobs.every_minute(agreement_jobs.watch_agreements)
    jobs.every_minute(charging_jobs.invoice_finished_periods)
    jobs.when_woken(batch_jobs.go_on)
    events.subscribe("charging.released", charging_jobs.release, Act.INVOICE_DISCARD)
    jobs.every_minute(contract_jobs.renew_due_contracts)
    jobs.every_minute(contract_warning_jobs.warn_once_a_day)
    events.subscribe("needs.confirmed", need_jobs.ask_once_confirmed, Act.CONFIRMATION_RECORD)
    decision_subjects.describe_with(Subject.NEED, need_tasks.about)
    jobs.every_minute(membership_jobs.watch_memberships)
    jobs.every_minute(partnership_jobs.watch_partnerships)
    jobs.every_minute(tender_jobs.close_due_tenders)
    jobs.every_minute(question_jobs.remind_of_unanswered)
    suggestion_pages.offer_draft(draft_pages.address_of_draft)
    suggestion_jobs.listen()
    jobs.every_minute(commitment_jobs.drop_lapsed_confirmations)
    events.subscribe("commitments.withdrawn", commitment_jobs.drop_withdrawn, Act.CONFIRMATION_WITHDRAW)
    events.subscribe(
        "commitments.departed", commitment_jobs.drop_departed, Act.MEMBERSHIP_LEAVE, Act.MEMBERSHIP_END
    )
    decision_subjects.describe_with(Subject.COMMITMENT, commitment_tasks.describe)
    decision_subjects.describe_with(Subject.ADMISSION, membership_subjects.about_application)
    decision_subjects.describe_with(Subject.CONVERSION, membership_subjects.about_conversion)
    decision_subjects.describe_with(Subject.PARTNERSHIP, partnership_subjects.about)
    decision_subjects.describe_with(Subject.AWARD, award_confirming.about)
    fund_tasks.listen()
    jobs.every_minute(settlement_jobs.propose_monthly)
    events.subscribe(
        "settlement.departed", settlement_jobs.member_left, Act.MEMBERSHIP_LEAVE, Act.MEMBERSHIP_END
    )
    jobs.every_minute(reminder_jobs.remind_once_a_day)
    events.subscribe("interest.released", interest_jobs.release, Act.INVOICE_DISCARD)
    events.subscribe(
        "settlement.invoices",
        settlement_jobs.invoice_changed,
        Act.PAYMENT_HEAR,
        Act.PAYMENT_RECORD,
        Act.PAYMENT_APPROVE,
        Act.INVOICE_DISPUTE,
        Act.CREDIT_NOTE_ISSUE,
    )
    invoice_offers.offer_way_to_pay(online_tasks.way_to_pay)
    invoice_offers.offer_way_to_pay(settlement_tasks.way_to_pay)
    jobs.when_woken(online_jobs.count_reports)
    jobs.every_minute(online_jobs.see_to_online_payments)
    printing.draw_with(pdf.render)
    leaving.ask(contract_leaving.running_contracts)
    leaving.ask(tender_leaving.open_commitments)
    leaving.ask(agreement_leaving.running_agreements)
    leaving.ask(settlement_leaving.open_settlements)
    bank_offers.ask(supplier_payments.spent_on)
    closing_periods.ask(invoice_closing.drafts)
    closing_periods.ask(bank_closing.waiting_lines)
    closing_periods.ask(online_closing.uncounted_news)
    leaving.ask(fund_leaving.settlement)
    tender_progress.offer_steps(amending_queries.offered_steps)
    tender_progress.offer_steps(recommitting_tasks.offered_steps)
    tender_progress.offer_steps(interest_queries.offered_steps)
    tender_progress.offer_steps(notice_tasks.offered_steps)
    tender_progress.know_next_step(notice_tasks.next_step)
    tender_answers.know_with(question_queries.known_answers, question_queries.unanswered)
    question_queries.tell_also(quote_queries.suppliers_quoting)
    tender_progress.offer_steps(question_tasks.offered_steps)
    tender_progress.offer_steps(quote_tasks.offered_steps)
    tender_progress.offer_steps(evaluation_tasks.offered_steps)
    tender_progress.offer_steps(award_tasks.offered_steps)
    tender_progress.know_next_step(question_tasks.next_step)
    tender_progress.know_next_step(evaluation_tasks.next_step)
    tender_progress.know_next_step(award_tasks.next_step)
    quote_results.know_with(letter_queries.is_told)
    award_notices.tell_with(awards_said.awards_said)
    jobs.every_minute(letter_jobs.draw_letters)
    jobs.every_minute(combining_jobs.work_out_waiting)
    jobs.every_minute(verification_jobs.verify_once_a_night)
    jobs.every_minute(head_jobs.send_once_a_day)
    jobs.every_minute(privacy_jobs.erase_once_a_night)
    erasing.offer("drafts", DRAFTS)
    erasing.take_with_account(CalendarFeed.person_id)
    figures.ask(verification_queries.figures)
    figures.ask(quote_queries.figures)
    jobs.every_minute(notice_reminder_jobs.remind_when_due)
    contract_offers.offer_links(award_tasks.links_of_contract)
    contract_offers.offer_links(performance_queries.links_of_contract)
    contract_offers.offer_links(credit_queries.links_of_contract)
    contract_offers.offer_links(saving_queries.links_of_contract)
    comparison_downloads.add_sheets(by_schools.sheets)
    quote_queries.hide(evaluation_queries.hidden_from)
    things.know(*KNOWN)
