"""The shop's orders: read, changed, canceled; goods that come back and goods that go out in their place."""
