"""Requests and responses: the runs that are open, guards, caching."""
