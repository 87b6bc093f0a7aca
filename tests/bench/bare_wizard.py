"""A bare QWizard of two pages, the floor that the program's start is measured against."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QWizard, QWizardPage


def main() -> int:
    """Show it until it is closed."""
    application = QApplication([])
    wizard = QWizard()
    for title in ("First", "Second"):
        page = QWizardPage()
        page.setTitle(title)
        wizard.addPage(page)
    wizard.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
