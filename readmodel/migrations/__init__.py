"""How the tables of the read model came to be as they are; run by `readmodel.migrating`."""
