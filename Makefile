# make          what there is to make
# make run      install what is missing and open the program
# make test     install what is missing and check everything
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
# Apart from development's: what is frozen comes from the locks alone.
PACKAGING := build/packaging-venv
PY := $(VENV)/bin/python
ARGS ?=
PYTEST_ARGS ?=

# Without a display: what Qt links against, and Python itself.
PACKAGES_BASE := ca-certificates python3 python3-venv \
	libbrotli1 libdbus-1-3 libegl1 libgssapi-krb5-2 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libx11-6 \
	libxkbcommon0
# A real window (or one in Xvfb, where there is no display).
PACKAGES_WINDOW := libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 \
	libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 \
	libwayland-client0 libwayland-cursor0 libwayland-egl1 xauth xvfb
# The real parts that the tests run against.
PACKAGES_TEST := at-spi2-core dbus gnome-keyring openssh-client openssh-server poppler-utils
# The references that benchmarks measure against, and what the PDF validator runs on.
PACKAGES_BENCH := lbzip2
# What freezes and packs the program, and the clean Debian that the package is tried in.
PACKAGES_DEB := appstream binutils libpython3-dev
PACKAGES_DEB_TEST := mmdebstrap
PACKAGES_PDFA := libjaxb-java openjdk-17-jdk-headless
# What builds the setup for Windows, and the Windows that it is tried on.
PACKAGES_WINDOWS := gcc-mingw-w64-x86-64-win32 nsis openbox osslsigncode wine wine64 xdotool

.PHONY: help
help:  ## Show this
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

.PHONY: run
run: sys-run $(VENV)/.run-stamp  ## Open the program (ARGS="status --json" for a command)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then \
		exec $(PY) -m app $(ARGS); \
	else \
		echo "No display here: running in a virtual one (Xvfb)." >&2; \
		exec xvfb-run -a $(PY) -m app $(ARGS); \
	fi

.PHONY: test
test: sys $(VENV)/.dev-stamp  ## Check everything: lint, then all tests
	@# The tests start an OpenSSH server, which only root may: ask for the password now, not in between.
	@[ "$$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null || sudo -v
	@# Both are run in any case, so that one failing does not hide the other.
	@lint=0; $(MAKE) lint || lint=$$?; \
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n auto --dist loadgroup $(PYTEST_ARGS) && exit $$lint

.PHONY: lint
lint: $(VENV)/.dev-stamp  ## Check style, types and floors
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy --strict app
	$(VENV)/bin/lint-imports --no-logo

.PHONY: format
format: $(VENV)/.dev-stamp  ## Format the code and mend what can be mended safely
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

.PHONY: pdfa
pdfa: sys-pdfa $(VENV)/.dev-stamp  ## Hold the PDFs against PDF/A-3a and PDF/UA-1 (veraPDF)
	$(PY) -m tests.pdfa

.PHONY: windows
windows: sys-windows $(VENV)/.dev-stamp  ## Build the setup for Windows into dist/ (ARGS=--release: signed)
	PYTHONPATH=packaging $(PY) -m windows.build_setup $(ARGS)

.PHONY: windows-test
windows-test: sys-windows $(VENV)/.dev-stamp  ## Build that setup and try it from installing to removing, under wine
	$(PY) -m pytest -q -p no:randomly -o faulthandler_timeout=1200 tests/packaging/windows_under_wine.py $(PYTEST_ARGS)

.PHONY: torture
torture: sys $(VENV)/.dev-stamp  ## Kill the program 1,000 times and look for what was lost
	$(PY) -m tests.torture $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/.fuzz-stamp  ## Feed the file readers what no one would (ARGS="--seconds 600")
	$(PY) -m tests.fuzz --corpus build/fuzz $(ARGS)

.PHONY: bench
bench: sys-bench $(VENV)/.dev-stamp  ## Measure how fast it is (ARGS="submissions sftp": those)
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.bench $(ARGS)

.PHONY: screenshots
screenshots: sys $(VENV)/.dev-stamp  ## Write a picture of every page to screenshots/
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.screenshots $(ARGS)

.PHONY: deb
deb: sys-deb $(PACKAGING)/.stamp  ## Build and try the .deb and .tar.gz for Linux: dist/
	PYTHONPATH=.:packaging $(PACKAGING)/bin/python packaging/build.py $(ARGS)

.PHONY: deb-test
deb-test: sys-deb-test $(VENV)/.dev-stamp  ## Try that .deb in a clean Debian 12, from installing to removing (as root)
	$(PY) -m pytest -q -p no:randomly -o faulthandler_timeout=1200 tests/packaging/linux_in_clean_debian.py $(PYTEST_ARGS)

.PHONY: dmg
dmg: $(PACKAGING)/.stamp  ## Build and try the bundle and disk image for macOS, on a Mac: dist/
	PYTHONPATH=.:packaging $(PACKAGING)/bin/python packaging/build.py $(ARGS)

LOCK := $(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --no-header \
	--no-annotate --python-version 3.11
.PHONY: lock
lock: $(VENV)/.dev-stamp  ## Renew the locks (ARGS=--upgrade for newer versions)
	$(LOCK) $(ARGS) -o requirements.lock requirements.in
	$(LOCK) $(ARGS) -c requirements.lock -o requirements-dev.lock requirements-dev.in
	$(LOCK) $(ARGS) -o requirements-fuzz.lock requirements-fuzz.in
	$(LOCK) $(ARGS) -c requirements.lock -o requirements-packaging.lock requirements-packaging.in

.PHONY: clean
clean:  ## Remove what was made here
	rm -rf $(VENV) build dist screenshots *.egg-info .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find app tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the system's packages: asked for each time (30 ms), installed only where missing ---

.PHONY: sys-run sys sys-bench sys-deb sys-deb-test sys-pdfa sys-windows
sys-run:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW))
sys:  ## Install the system packages that are missing (Debian)
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_TEST))
sys-bench:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_TEST) $(PACKAGES_BENCH))
sys-deb:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_DEB))
sys-deb-test:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_DEB) $(PACKAGES_DEB_TEST))
sys-pdfa:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_TEST) $(PACKAGES_PDFA))
sys-windows:
	@$(call install,$(PACKAGES_BASE) $(PACKAGES_WINDOW) $(PACKAGES_WINDOWS))

define install
if ! command -v dpkg-query >/dev/null; then \
	echo "This is not Debian or a system made from it, so nothing is installed." >&2; \
	echo "What is needed are the counterparts of: $(strip $1)" >&2; \
	exit 0; \
fi; \
installed=$$(dpkg-query -W -f '$${db:Status-Status} $${Package}\n' $1 2>/dev/null \
	| sed -n 's/^installed //p'); \
missing=$$(comm -23 <(printf '%s\n' $1 | sort) <(sort <<<"$$installed") | tr '\n' ' '); \
[ -n "$$missing" ] || exit 0; \
as_root=; \
if [ "$$(id -u)" -ne 0 ]; then \
	command -v sudo >/dev/null || { \
		echo "These packages are missing, and only root may install them: $$missing" >&2; exit 1; }; \
	as_root=sudo; \
fi; \
echo "Installing: $$missing"; \
$$as_root apt-get -qq update </dev/null && \
$$as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get -qqy --no-install-recommends install $$missing </dev/null >/dev/null
endef

# --- the virtual environment: made once, renewed when a lock changes ---

$(PY): | sys-run
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is older: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

PIP := $(PY) -m pip --disable-pip-version-check --quiet
$(VENV)/.run-stamp: requirements.lock | $(PY)
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock pyproject.toml app/__init__.py | $(VENV)/.run-stamp
	$(PIP) install --require-hashes -r requirements-dev.lock
	@# setuptools warns of what an editable installation is; we know.
	PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.fuzz-stamp: requirements-fuzz.lock | $(VENV)/.dev-stamp
	$(PIP) install --require-hashes -r requirements-fuzz.lock
	@touch $@

$(PACKAGING)/.stamp: requirements.lock requirements-packaging.lock | sys-run
	$(PYTHON) -m venv --clear $(PACKAGING)
	$(PACKAGING)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements.lock -r requirements-packaging.lock
	@touch $@
