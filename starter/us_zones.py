"""The IANA time zone in which most people of a US state or territory live, by its postal code.

States that lie in two zones have the one of their larger part by population. Armed forces abroad (AA, AE, AP) have
that of their largest bases.
"""

from __future__ import annotations

ELSEWHERE = "America/New_York"
"""For no state, or one that nobody knows: the zone with the most people."""

_STATES = {
    "America/New_York": "AA CT DC DE FL GA KY MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Detroit": "MI",
    "America/Indiana/Indianapolis": "IN",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Boise": "ID",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
    "Pacific/Majuro": "MH",
    "Pacific/Pohnpei": "FM",
    "Pacific/Palau": "PW",
    "Europe/Berlin": "AE",
    "Asia/Tokyo": "AP",
}

ZONES = {state: zone for zone, states in _STATES.items() for state in states.split()}
"""The zone of each postal code."""


def zone_of(state: str) -> str:
    """The zone of a state, `ELSEWHERE` for an empty or unknown one."""
    return ZONES.get(state.strip().upper(), ELSEWHERE)
