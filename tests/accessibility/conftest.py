"""The real window, as in the tests of the window."""

from tests.window.conftest import begin, folder, theme

__all__ = ["begin", "folder", "theme"]
