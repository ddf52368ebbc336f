# Thin wrappers: everything is done by packaging/bootstrap.py, which also runs where there is no make.
PYTHON ?= python3
UV ?= uv
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py
HMI = .venv/bin/hmi

.PHONY: demo test interop faults setup pictures structure bench lock clean

demo:  ## the demo plant in a window; without a display, pictures of it in demo-shots/
	@$(BOOTSTRAP) demo

test:  ## every check and every test
	@$(BOOTSTRAP) test

interop:  ## our drivers against servers that others wrote: node-opcua, libmodbus
	-@$(PYTHON) packaging/interop.py
	@HMI_INTEROP=whole $(BOOTSTRAP) test tests/interop -v

faults:  ## the whole program through every outage, long: true time budgets, repeats; as root also networks of its own
	-@$(PYTHON) packaging/interop.py
	@HMI_FAULTS=whole $(BOOTSTRAP) test tests/faults -v -n0

setup:
	@$(BOOTSTRAP) setup

pictures: setup  ## every page of the demo plant at work, day and night, into the manual: resources/manual/pictures
	@QT_QPA_PLATFORM=offscreen $(HMI) demo --shots resources/manual/pictures --size 1440x900 --warm-up 60 --fault capper-jam@80
	@QT_QPA_PLATFORM=offscreen $(HMI) demo --shots demo-shots/flood --size 1440x900 --warm-up 130 --fault air-low@10
	@cp demo-shots/flood/alarms.png resources/manual/pictures/alarms-flood.png
	@cp demo-shots/flood/alarms-figures.png resources/manual/pictures/
	@.venv/bin/python packaging/trend_pictures.py resources/manual/pictures

structure: setup  ## after a screen of the demo plant was changed on purpose: what stands where, for the tests
	@HMI_STRUCTURE=write .venv/bin/python -m pytest -q -n0 tests/client/test_structure.py

bench: setup  ## all figures, with peers measured beside them, in bench.json
	@QT_QPA_PLATFORM=offscreen $(HMI) bench all --json bench.json

lock:  ## after a change of dependencies in pyproject.toml
	$(UV) lock
	$(UV) export --quiet --frozen --all-extras --no-emit-project --no-annotate -o packaging/requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-shots bench.json
	find hmi tests packaging -name __pycache__ -type d -exec rm -rf {} +
