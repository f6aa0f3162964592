"""Parcels: labels, tracking, interception, and the scans that carriers report."""
