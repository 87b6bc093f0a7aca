"""Killing the program at random moments while it edits: nothing acknowledged may be lost."""
