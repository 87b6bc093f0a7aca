"""CAIS files: their names, submissions before they are sent, feedback that came back."""
