"""Headless commands: one module each, thin over the functions that the pages call. No Qt."""
