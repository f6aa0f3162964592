"""The desk: pages for agents and supervisors, rendered here, kept fresh by htmx; no build step, nothing from afar."""
