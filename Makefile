# Thin wrappers: everything is done by packaging/bootstrap.py, which also runs where there is no make.
PYTHON ?= python3
UV ?= uv
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py
HMI = .venv/bin/hmi

.PHONY: demo test interop faults security soak setup pictures structure bench lock clean base base-clean selftest installer apt cycle

demo:  ## the demo plant in a window; without a display, pictures of it in demo-shots/
	@$(BOOTSTRAP) demo

test:  ## every check and every test
	@$(BOOTSTRAP) test

interop:  ## our drivers against servers that others wrote: node-opcua, libmodbus
	-@$(PYTHON) packaging/interop.py
	@HMI_INTEROP=whole $(BOOTSTRAP) test tests/interop -v

security:  ## every door with every case, a million records, and ten times as much bad input at every parser
	@HMI_FAULTS=whole HMI_FUZZ=10 $(BOOTSTRAP) test tests/security -v -n0

faults:  ## the whole program through every outage, long: true time budgets, repeats; the table of it, for the manual too
	-@$(PYTHON) packaging/interop.py
	@mkdir -p dist
	@HMI_FAULTS=whole $(BOOTSTRAP) test tests -m fault -v -n0 --junitxml=dist/faults.xml; result=$$?; \
	  .venv/bin/python packaging/fault_table.py dist/faults.xml --manual resources/manual/faults.md; exit $$result

soak:  ## half an hour of the demo plant with a fault ever again: nothing grows, no gap without a reason
	@HMI_SOAK_S=$${HMI_SOAK_S:-1800} $(BOOTSTRAP) test tests/soak -v -n0

setup:
	@$(BOOTSTRAP) setup

pictures: setup  ## every page of the demo plant at work, day and night, into the manual: resources/manual/pictures
	@QT_QPA_PLATFORM=offscreen $(HMI) demo --shots resources/manual/pictures --size 1440x900 --warm-up 60 --fault capper-jam@80
	@QT_QPA_PLATFORM=offscreen $(HMI) demo --shots demo-shots/flood --size 1440x900 --warm-up 130 --fault air-low@10
	@cp demo-shots/flood/alarms.png resources/manual/pictures/alarms-flood.png
	@cp demo-shots/flood/alarms-figures.png resources/manual/pictures/
	@.venv/bin/python packaging/trend_pictures.py resources/manual/pictures
	@.venv/bin/python packaging/instruction_pictures.py resources/manual/pictures
	@command -v mogrify >/dev/null || [ "$$(id -u)" != 0 ] || apt-get install -qq -y --no-install-recommends imagemagick
	@mogrify -strip +dither -colors 256 -type Palette resources/manual/pictures/*.png  # a third of their size in every bundle

structure: setup  ## after a screen of the demo plant was changed on purpose: what stands where, for the tests
	@HMI_STRUCTURE=write .venv/bin/python -m pytest -q -n0 tests/client/test_structure.py

bench: setup  ## all figures, with peers measured beside them, in bench.json
	@QT_QPA_PLATFORM=offscreen $(HMI) bench all --json bench.json

base:  ## the program frozen into one folder that needs only glibc, tried by its own self-test: dist/base-linux
	@$(PYTHON) packaging/base.py

base-clean: setup  ## as root: the same, built in a Debian that is made for it and thrown away
	@command -v debootstrap >/dev/null || apt-get install -qq -y --no-install-recommends debootstrap
	@.venv/bin/python packaging/clean_root.py

selftest: setup  ## every part of the program from source, on a small plant of its own
	@$(HMI) selftest

PLANT ?= resources/plants/bottling
TARGET ?= deb,run

dist/base-linux/hmi:
	@$(PYTHON) packaging/base.py

installer: setup dist/base-linux/hmi  ## one file per plant that installs everything: dist/hmi-PLANT...; PLANT=, TARGET=
	@command -v makeself >/dev/null || [ "$$(id -u)" != 0 ] || apt-get install -qq -y --no-install-recommends makeself
	@.venv/bin/python packaging/build.py --plant $(PLANT) --base dist/base-linux --target $(TARGET)

APT ?= dist/apt

apt:  ## the .deb of PLANT, and what else is in dist, as a signed folder that apt installs from; KEY= of gpg, APT=
	@test -n "$(KEY)" || { echo "make apt KEY=plant@example.org: which key of gpg is to sign?" >&2; exit 2; }
	@$(MAKE) --no-print-directory installer TARGET=deb
	@.venv/bin/python packaging/apt_folder.py --key "$(KEY)" --out "$(APT)" dist/*.deb

cycle: setup dist/base-linux/hmi  ## as root: install, upgrade, roll back, damage and remove it in a bare Debian
	@command -v debootstrap >/dev/null || apt-get install -qq -y --no-install-recommends debootstrap
	@.venv/bin/python packaging/cycle.py --manual resources/manual/installing.md

lock:  ## after a change of dependencies in pyproject.toml
	$(UV) lock
	$(UV) export --quiet --frozen --all-extras --no-emit-project --no-annotate -o packaging/requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-shots bench.json
	find hmi tests packaging -name __pycache__ -type d -exec rm -rf {} +
