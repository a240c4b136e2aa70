"""An application with one page that shows every component; run it to look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Blueprint, Flask, flash, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import BooleanField, HiddenField, PasswordField
from wtforms.validators import Length

from marketplace.core import charts, maps, web
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    EmailField,
    LocalDateTimeField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    UnitPriceField,
    UploadField,
    choices,
)
from marketplace.core.forms import Form
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.web import Task, public

PROJECT = Path(__file__).resolve().parents[2]
SCHOOLS = [("oak", "Oakfield Primary School"), ("birch", "Birchwood Infant School")]


class FilterForm(Form):
    class Meta:
        csrf = False

    school = ChoiceField("School", choices=choices(SCHOOLS), blank="All schools")
    since = DateInputField("Issued since")


class EveryFieldForm(Form):
    kept = HiddenField()
    title = TextField("Title", [Required("Enter a title")], description="As suppliers will read it")
    about = LongTextField("What is needed", [Required("Say what is needed"), Length(max=500)])
    plain = LongTextField("Anything else")
    email = EmailField("E-mail address", [Required("Enter an e-mail address")])
    password = PasswordField("Password", [Required("Enter your password")])
    spend = MoneyField("Spend a year", [Required("Enter the spend a year")], description="With VAT")
    price = UnitPriceField("Price of one meal", [Required("Enter the price of one meal")])
    meals = QuantityField(
        "Meals a day",
        [Required("Enter the meals a day")],
        places=0,
        render_kw={"suffix": "meals", "width": 5},
    )
    school = ChoiceField(
        "School", [Required("Choose a school")], choices=choices(SCHOOLS), blank="Choose a school"
    )
    searched = ChoiceField(
        "Category",
        [Required("Choose a category")],
        choices=choices([("c", "Catering"), ("g", "Grounds maintenance"), ("w", "Window cleaning")]),
        blank="",
        render_kw={"searchable": True, "width": "two-thirds"},
        description="Type part of its name",
    )
    jointly = RadiosField(
        "Would you buy jointly?",
        [Required("Say whether you would buy jointly")],
        choices=choices([("yes", "Yes"), ("if", "Only if", "Say what it depends on"), ("no", "No")]),
    )
    lots = CheckboxesField(
        "Lots", [Required("Choose at least one lot")], choices=choices([("1", "Lot 1"), ("2", "Lot 2")])
    )
    sure = BooleanField("I may speak for my school", [Required("Confirm that you may speak for your school")])
    start = DateInputField("Wanted start", [Required("Enter the wanted start")], description="Like 1 9 2027")
    deadline = LocalDateTimeField("Deadline", [Required("Enter the deadline")], description="Time in England")
    schedule = UploadField(
        "Price schedule", [Required("Choose the price schedule")], extensions=[".xlsx"], description="Excel"
    )
    line_price = UnitPriceField("Price each", [Required("Enter the price of a primary hot meal")])


@dataclass(frozen=True)
class Sample:
    """Somebody to show in the header."""

    signed_in: bool = True
    name: str = "Priya Raman"


def gallery_app() -> Flask:
    """Only the pages' frame and every component; no database, nobody to sign in."""
    app = Flask(
        "gallery",
        static_folder=str(PROJECT / "marketplace" / "static"),
        static_url_path="/static",
        template_folder=str(PROJECT / "templates"),
    )
    app.config.update(SECRET_KEY="of no use outside this gallery of components", TESTING=True)
    web.set_up(app)
    page_itself = FileSystemLoader(Path(__file__).parent)
    app.jinja_loader = ChoiceLoader([page_itself, *filter(None, [app.jinja_loader])])
    people = Blueprint("people", __name__)
    people.add_url_rule("/sign-in", "sign_in", public(lambda: ""))
    people.add_url_rule("/security", "security", public(lambda: ""))
    people.add_url_rule("/sign-out", "sign_out", public(lambda: ""), methods=["POST"])
    app.register_blueprint(people)
    app.add_url_rule("/", "home", public(_show), methods=["GET", "POST"])
    return app


def _show() -> tuple[str, int]:
    flash("The need was sent to your headteacher.", "success")
    flash("The deadline is in two days.", "note")
    form = EveryFieldForm()
    form.validate_on_submit()
    return (
        render_template(
            "gallery.html",
            form=form,
            filters=FilterForm(prefix="filter"),
            actor=Sample(),
            amounts=[Money(48_310_00), Money(42_319_56), Money(90_629_56)],
            pages=page_links(240, "4", lambda number: f"?page={number}"),
            bars=_bars(),
            stacks=_stacks(),
            spans=_spans(),
            map=_map(),
            tasks=[
                Task(
                    "Approve the need for school meals",
                    "/needs/1",
                    "Posted by Tom Ashworth",
                    date(2026, 12, 1),
                ),
                Task("Score three quotes for grounds maintenance", "/tenders/2"),
            ],
            navigation=[
                {"text": "Home", "href": "/", "active": True},
                {"text": "Needs", "href": "/needs"},
                {"text": "Tenders", "href": "/tenders"},
                {"text": "Invoices", "href": "/invoices"},
                {"text": "Fund", "href": "/fund"},
            ],
            footer_links=[{"text": "Opportunities", "href": "/o"}, {"text": "Who can do what", "href": "/w"}],
        ),
        422 if form.errors else 200,
    )


def _map() -> maps.MapView:
    return maps.map_picture(
        "map",
        "Where the schools are",
        "Round marks are schools of the group, square ones do not fit.",
        [
            maps.Place("Ashcombe Manor School", 452_300, 141_900),
            maps.Place("Harrow Hill Primary School", 451_680, 144_020),
            maps.Place("Kingfisher Primary School", 449_900, 140_270, marked=False),
        ],
    )


def _bars() -> charts.ChartView:
    return charts.bar_chart(
        "quotes",
        "Cost of each quote",
        "Millbrook Meals is the lowest at £42,319.56.",
        [
            charts.Bar("Ashdown Catering", 4_512_000, "£45,120.00"),
            charts.Bar("Millbrook Meals", 4_231_956, "£42,319.56", "Lowest"),
            charts.Bar("Kestrel School Food and Hospitality (South East) Limited", 4_871_250, "£48,712.50"),
        ],
    )


def _stacks() -> charts.ChartView:
    return charts.stacked_bar(
        "schools",
        "What each school would pay",
        "Oakfield pays most with every supplier.",
        ["Oakfield", "Birchwood", "Ferndale", "St Wilfrid’s", "Elm Park"],
        [
            charts.Stack("Ashdown Catering", [20, 11, 6, 5, 4], "£45,120.00"),
            charts.Stack("Millbrook Meals", [18, 11, 5, 5, 1], "£42,319.56"),
        ],
    )


def _spans() -> charts.ChartView:
    return charts.timeline_chart(
        "ends",
        "When today’s contracts end",
        "Oakfield’s ends first, on 31 July 2027.",
        [
            charts.Span("Oakfield", date(2024, 8, 1), date(2027, 7, 31), "to 31 July 2027"),
            charts.Span("Birchwood", date(2025, 4, 1), date(2028, 3, 31), "to 31 March 2028"),
        ],
        date(2026, 11, 22),
    )


if __name__ == "__main__":
    gallery_app().run(port=8102)
