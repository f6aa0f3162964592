"""The numbers of cases: of a source and its own reference always the same one, and nothing personal in it."""

from __future__ import annotations

import base64
import hashlib

_COMPLAINT = "C"


def case_number(letter: str, source: str, reference: str) -> str:
    """The case id: the letter of its type, and 13 letters and digits of a hash (65 bits).

    Each type has a letter of its own, so that a source may number the cases of each type from 1.
    """
    digest = hashlib.sha256(f"{source}\x00{reference}".encode()).digest()
    return f"{letter}{base64.b32encode(digest).decode()[:13]}"


def complaint_number(source: str, reference: str) -> str:
    """The case id of a complaint."""
    return case_number(_COMPLAINT, source, reference)


def is_complaint(case_id: str) -> bool:
    """Whether it is the number of a complaint."""
    return case_id.startswith(_COMPLAINT)


def change_number(source: str, reference: str) -> str:
    """The case id of an order change, which modifies an order."""
    return case_number("M", source, reference)


def return_number(source: str, reference: str) -> str:
    """The case id of a return."""
    return case_number("R", source, reference)


def delivery_number(source: str, reference: str) -> str:
    """The case id of a delivery problem."""
    return case_number("D", source, reference)


def numbers(source: str, reference: str) -> tuple[str, ...]:
    """The case ids that cases of each type have under a source's reference, whether there are such cases or not."""
    of_types = (complaint_number, change_number, return_number, delivery_number)
    return tuple(number(source, reference) for number in of_types)
