"""Delivery problems: a parcel that is late, lost, damaged or refused, taken care of before the customer asks."""
