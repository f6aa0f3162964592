"""The customer's own page, behind a signed link: where my case stands, my answer, my files, what I think of it."""
