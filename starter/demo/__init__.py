"""The demonstration: all types of cases in fast motion on a real server, and every promise checked afterwards.

It runs under `rehearsal` made 60 times faster still: **one second stands for one hour**. A status update every 4 hours
is one every 4 seconds, tier 2 has 24 seconds, tier 3 has 48. What would be shorter than 3 seconds (first response,
tier 1, a claim that lies idle) is 3 seconds, so that people could still do it; an update goes out 0.8 seconds before
it is due. The machine may be late by 2 seconds: half the time between two updates, so that one that is left out is
never taken for one that is late. Two numbers are not the charter's, so that cases can be seen to lapse: a customer has
one day and not three to say whether a solution satisfies, and one day and not fourteen to send goods.
"""
