"""The auditor: what was promised to a customer, checked against the event history and against nothing else.

It reads neither the case's timeline nor its clocks nor its counters, all of which the workflow writes about itself.
From the events it derives what reached the customer, when, what people asked and where the case stood; from the pinned
policy it works out anew what was due. So a workflow that miscounts is found out.
"""
