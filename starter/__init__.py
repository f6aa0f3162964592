"""The front doors: everything that asks something of Duecourse goes through `CaseService`."""
