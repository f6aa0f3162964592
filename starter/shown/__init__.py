"""The read model beside Temporal: are both alike, and if not, the read model is put right."""
