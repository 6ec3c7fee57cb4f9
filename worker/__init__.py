"""Carries the work: requests, the queue in Redis, delivery of results and the worker that draws."""
