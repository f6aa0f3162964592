"""People and systems whom an OpenID Connect server vouches for: sign-in in the browser, tokens for the API."""
