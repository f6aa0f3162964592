"""What agents do with a case, and what customers do or have somebody of the staff do for them."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli.asking import Fields, asks, read_json, spoken
from starter.cli.options import Case, Reason, Words, given

AGENTS, CUSTOMERS = "Agents", "Customers, or staff for them"

app = typer.Typer()

Team = Annotated[
    list[str],
    given("--to", metavar="TEAM=QUESTION", help="Whom to ask what; repeat at the top tier."),
]
Text = Annotated[str | None, given("--text", help="In the customer's words.")]


@app.command(rich_help_panel=AGENTS)
@asks("reply")
def reply(
    case: Case,
    text: Words,
    await_answer: Annotated[
        bool, typer.Option("--await-answer", help="It is a question: wait for the answer.")
    ] = False,
) -> Fields:
    """Write to the customer; delivered, it is a first response and a status update."""
    return {"text": spoken(text), "await_answer": await_answer}


@app.command(rich_help_panel=AGENTS)
@asks("add_note")
def note(case: Case, text: Words) -> Fields:
    """Leave an internal note, which the customer never sees."""
    return {"text": spoken(text)}


@app.command(rich_help_panel=AGENTS)
@asks("escalate")
def escalate(
    case: Case,
    reason: Reason,
    sensitive: Annotated[bool, typer.Option("--sensitive", help="It turned out to be sensitive.")] = False,
) -> Fields:
    """Hand the case up one tier."""
    return {"reason": reason, "sensitive": sensitive}


@app.command(rich_help_panel=AGENTS)
@asks("ask_departments")
def ask(
    case: Case,
    to: Team,
    within: Annotated[str | None, given("--within", metavar="SPAN", help="Such as 4h; else the policy's.")] = None,
) -> Fields:
    """Ask other departments; the top tier may ask several at once."""
    questions = [dict(zip(("team", "question"), one.split("=", 1), strict=False)) for one in to]
    return {"questions": [{**question, "within": within} for question in questions]}


@app.command(rich_help_panel=AGENTS)
@asks("merge")
def merge(
    case: Case,
    into: Annotated[str, given("--into", metavar="CASE", help="The case that goes on.")],
    reason: Reason,
) -> Fields:
    """Join a duplicate to another case of the same customer and order."""
    return {"target": into, "reason": reason}


@app.command("open-linked", rich_help_panel=AGENTS)
@asks("open_linked_case")
def open_linked(
    case: Case,
    wanted: Annotated[
        str, given("--wanted", help="What the doors take, as JSON: a return has a kind, an order change has none.")
    ],
    order: Annotated[str | None, given("--order", help="Id of the order, if not the complaint's own.")] = None,
) -> Fields:
    """Open an order change or a return out of a complaint, which goes on speaking with the customer for both."""
    return {"wanted": read_json("--wanted", wanted), "order_id": order}


@app.command("customer-reply", rich_help_panel=CUSTOMERS)
@asks("customer_reply", customers_too=True)
def customer_reply(case: Case, text: Words) -> Fields:
    """Record what the customer wrote or said."""
    return {"text": spoken(text)}


@app.command(rich_help_panel=CUSTOMERS)
@asks("answer_solution", customers_too=True)
def answer(
    case: Case,
    satisfied: Annotated[bool, given("--satisfied/--not-satisfied", help="Does the solution do?")],
    score: Annotated[int | None, given("--score", min=1, max=5, help="Satisfaction, 1 to 5.")] = None,
    text: Text = None,
) -> Fields:
    """Accept the offered solution, or not: then the case climbs a tier."""
    return {"satisfied": satisfied, "score": score, "text": text}


@app.command("answer-change", rich_help_panel=CUSTOMERS)
@asks("answer_change", customers_too=True)
def answer_change(
    case: Case,
    accepted: Annotated[bool, given("--accept/--decline", help="Go on at this price, or leave the order as it is?")],
    amount: Annotated[
        str | None, given("--amount", metavar="'12.50 CNY'", help="What was shown, so that another price is refused.")
    ] = None,
    text: Text = None,
) -> Fields:
    """Accept what an order change costs or gives back, or leave the order as it is."""
    return {"accepted": accepted, "amount": _money(amount), "text": text}


@app.command("answer-return", rich_help_panel=CUSTOMERS)
@asks("answer_return", customers_too=True)
def answer_return(
    case: Case,
    accepted: Annotated[bool, given("--accept/--decline", help="Go on at this price, or do without?")],
    amount: Annotated[
        str | None, given("--amount", metavar="'12.50 CNY'", help="What was shown, so that another price is refused.")
    ] = None,
    text: Text = None,
) -> Fields:
    """Accept the price of an exchange or a repair, or do without."""
    return {"accepted": accepted, "amount": _money(amount), "text": text}


@app.command("report-sent", rich_help_panel=CUSTOMERS)
@asks("report_sent", customers_too=True)
def report_sent(case: Case, text: Text = None) -> Fields:
    """Say that the parcel of a return is on its way."""
    return {"text": text}


@app.command("rate-return", rich_help_panel=CUSTOMERS)
@asks("rate_return", customers_too=True)
def rate_return(
    case: Case,
    satisfied: Annotated[bool, given("--satisfied/--not-satisfied", help="Is all well?")],
    score: Annotated[int | None, given("--score", min=1, max=5, help="Satisfaction, 1 to 5.")] = None,
    text: Text = None,
) -> Fields:
    """Say whether a return ended well; who is not satisfied is called."""
    return {"satisfied": satisfied, "score": score, "text": text}


@app.command(rich_help_panel=AGENTS)
@asks("make_promise")
def promise(
    case: Case,
    text: Words,
    within: Annotated[str, given("--within", metavar="SPAN", help="By when, such as 4h or 2d.")],
    tell: Annotated[bool, typer.Option("--tell/--told", help="Write to the customer, or have they heard it?")] = True,
) -> Fields:
    """Promise the customer something; from then on it is watched."""
    return {"text": spoken(text), "within": within, "tell": tell}


@app.command("keep-promise", rich_help_panel=AGENTS)
@asks("keep_promise")
def keep_promise(
    case: Case, promise: Annotated[str, given("--promise", metavar="P1", help="Its number.")], text: Text = None
) -> Fields:
    """Put on record that a promise was kept."""
    return {"promise": promise, "text": text}


def _money(amount: str | None) -> object:
    from domain.errors import InvalidInputError
    from domain.money import parse_money

    if amount is None:
        return None
    try:
        return parse_money(amount)
    except ValueError as error:
        raise InvalidInputError(str(error), field="--amount") from None


@app.command(rich_help_panel=CUSTOMERS)
@asks("withdraw", customers_too=True)
def withdraw(case: Case, text: Text = None) -> Fields:
    """Take the complaint back, or leave the order as it is."""
    return {"text": text}


@app.command(rich_help_panel=CUSTOMERS)
@asks("reopen", customers_too=True)
def reopen(case: Case, reason: Reason) -> Fields:
    """Take a closed case up again, within the time that the policy allows."""
    return {"reason": reason}
