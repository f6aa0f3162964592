"""Published policies, kept for as long as a case is pinned to them."""
