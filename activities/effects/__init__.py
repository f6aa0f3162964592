"""The ledger of outside effects: what was begun, handed over and done, so that nothing happens twice."""
