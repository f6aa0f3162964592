"""The supervisors' board: what is about to run late, what did, what nobody has, and whom everything waits on."""
