"""The pages of a pretend Stripe: where somebody pays, and where what a bank would do is done by hand."""

from __future__ import annotations

from html import escape

from demonstration.fake_stripe.books import BACS, CARD, Books, Thing, pounds

FRAME = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1rem;
  color: #1a1a2e }}
.note {{ background: #fff3cd; border-left: 0.4rem solid #8a6d00; padding: 0.8rem 1rem }}
button {{ font: inherit; padding: 0.6rem 1rem; margin: 0.2rem 0.4rem 0.2rem 0; border: 0;
  border-radius: 0.3rem; background: #4338ca; color: #fff; cursor: pointer }}
button.quiet {{ background: #e5e7eb; color: #111827 }}
form {{ display: inline }}
section {{ border-top: 1px solid #9ca3af; padding: 0.8rem 0 }}
</style>
</head>
<body>
<p class="note"><strong>A pretend Stripe.</strong> No money moves, and no card is asked for.</p>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def framed(title: str, body: str) -> str:
    """A whole page."""
    return FRAME.format(title=escape(title), body=body)


def paying(session: Thing) -> str:
    """The page on which somebody pays."""
    here = f"/pay/{session['id']}"
    offered = []
    if CARD in session["payment_method_types"]:
        offered += [(CARD, "Pay by test card", ""), ("declined", "Try a card that is declined", "quiet")]
    if BACS in session["payment_method_types"]:
        offered.append((BACS, "Pay by Direct Debit", ""))
    buttons = "".join(
        _button(here, "how", *one) for one in [*offered, ("back", "Go back without paying", "quiet")]
    )
    return framed(f"Pay {pounds(session['amount_total'])}", f"<p>{escape(session['title'])}</p>{buttons}")


def declined(session: Thing) -> str:
    """A card was declined; another can be tried."""
    again = f'<p><a href="/pay/{session["id"]}">Try another way to pay</a></p>'
    return framed("Your card was declined", f"<p>Nothing was taken.</p>{again}")


def overview(books: Books) -> str:
    """What a bank would do, to be done by hand: Direct Debits, disputes, payouts, reports sent again."""
    parts = [_payment(books, intent) for intent in reversed(books.of("intents"))]
    for account in sorted({one["account"] for one in books.of("transactions") if one["payout"] is None}):
        held = sum(one["net"] for one in books.of("transactions", account) if one["payout"] is None)
        if held > 0:
            button = _button("/do", "pay_out", account, f"Pay out {pounds(held)}", "")
            parts.append(f"<section><h2>{escape(account)}</h2>{button}</section>")
    again = _button("/do", "send_again", "all", "Send all reports again, twice and shuffled", "quiet")
    nothing = "<p>Nothing was paid yet.</p>"
    return framed("What the bank does", ("".join(parts) or nothing) + f"<section>{again}</section>")


def _payment(books: Books, intent: Thing) -> str:
    buttons = []
    if intent["status"] == "processing":
        buttons.append(_button("/do", "succeed", intent["id"], "The Direct Debit arrives", ""))
        buttons.append(_button("/do", "fail", intent["id"], "The Direct Debit fails", "quiet"))
    if (
        intent["status"] == "succeeded"
        and not intent.get("disputed")
        and intent["refunded"] < intent["amount"]
    ):
        buttons.append(_button("/do", "dispute", intent["id"], "The payer’s bank takes it back", "quiet"))
    for dispute in books.of("disputes"):
        if dispute["payment_intent"] == intent["id"] and dispute["status"] == "needs_response":
            buttons.append(_button("/do", "win", dispute["id"], "The school wins the dispute", ""))
            buttons.append(_button("/do", "lose", dispute["id"], "The school loses the dispute", "quiet"))
    for refund in books.of("refunds"):
        if refund["payment_intent"] == intent["id"] and refund["status"] == "pending":
            buttons.append(_button("/do", "refund_arrives", refund["id"], "The refund arrives", ""))
            buttons.append(_button("/do", "refund_fails", refund["id"], "The refund comes back", "quiet"))
    how = "Card" if intent["method"] == CARD else "Direct Debit"
    title = f"<h2>{escape(intent['title'])}</h2>"
    said = f"<p>{how}, {pounds(intent['amount'])}, {escape(intent['status'].replace('_', ' '))}</p>"
    return f"<section>{title}{said}{''.join(buttons)}</section>"


def _button(action: str, name: str, value: str, text: str, kind: str) -> str:
    return (
        f'<form method="post" action="{escape(action)}"><input type="hidden" name="{name}" '
        f'value="{escape(value)}"><button class="{kind}">{escape(text)}</button></form>'
    )
