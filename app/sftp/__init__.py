"""Reaching CAT's file transfer: the staged connection test, host keys, fetching and sending."""
