# make run, make prepare, make test, make check, make bench: each sets up what it needs by itself.
# docs/contributing.md says more.

PREFIX ?= ./var
HTTP ?= 8080
GATEWAY ?= 8089
COMPUTE ?= 5002
BIND ?= 127.0.0.1
PUBLIC_HOST ?=
ADMIN_PASSWORD ?=
MULTIUSER ?=
ROWS ?=
SECONDS ?=
RUNS ?=
WORKERS ?= 2
PYTHON ?= python3

VENV := .venv/bin
SHARED = --dist loadfile --tx "$(WORKERS)*popen//python=$(VENV)/python -b"
ROOM := aen bench tests tools twisted

# Values reach the commands below by the environment, where no shell reads them.
export PREFIX HTTP GATEWAY COMPUTE BIND PUBLIC_HOST ADMIN_PASSWORD MULTIUSER
export ROWS SECONDS RUNS

.PHONY: run prepare test bench pictures check assets wheel settings-doc permissions-doc clean \
  python installed tooled developing

run: installed
	@exec $(VENV)/python -m aen.local run --prefix "$$PREFIX" --http "$$HTTP" \
	  --gateway "$$GATEWAY" --compute "$$COMPUTE" --bind "$$BIND" \
	  --public-host "$$PUBLIC_HOST" --multiuser "$$MULTIUSER"

# An installation that has nothing in it and is not started, to restore a backup into.
prepare: installed
	@exec $(VENV)/python -m aen.local prepare --prefix "$$PREFIX" --http "$$HTTP" \
	  --gateway "$$GATEWAY" --compute "$$COMPUTE" --bind "$$BIND" \
	  --public-host "$$PUBLIC_HOST" --multiuser "$$MULTIUSER"

# Every test this machine can run, by two processes, whole files each; the ones it
# cannot are listed with the reason. WORKERS=0 runs them in one. The temporary folder has
# a short name: paths of UNIX sockets are limited to about a hundred bytes.
test: developing
	@room=$$(mktemp -d -t t.XXXX) && trap 'rm -rf "$$room"' EXIT && \
	  env -u PREFIX -u HTTP -u GATEWAY -u COMPUTE -u BIND -u PUBLIC_HOST \
	  -u ADMIN_PASSWORD -u MULTIUSER $(VENV)/python -b -m pytest -rs \
	  --basetemp "$$room" $(if $(filter-out 0,$(WORKERS)),$(SHARED)) $(TESTS)

# The platform beside its peers; ROWS=, SECONDS= and RUNS= narrow it.
bench: installed
	@env -u PREFIX -u HTTP -u GATEWAY -u COMPUTE -u BIND -u PUBLIC_HOST \
	  -u ADMIN_PASSWORD -u MULTIUSER $(VENV)/python -m bench

# The screenshots of the first story become those of the documentation.
pictures: developing
	@AEN_PICTURES=1 $(VENV)/python -b -m pytest -q tests/browser/test_first_light.py

check: tooled
	$(VENV)/ruff format --check $(ROOM)
	$(VENV)/ruff check $(ROOM)
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python tools/settings_doc.py --check
	PYTHONPATH=. $(VENV)/python tools/permissions_doc.py --check

assets: installed

wheel: installed
	@$(VENV)/python -m pip wheel -q --no-deps -w dist .
	@ls dist/*.whl

settings-doc: tooled
	$(VENV)/python tools/settings_doc.py

permissions-doc: tooled
	PYTHONPATH=. $(VENV)/python tools/permissions_doc.py

clean:
	rm -rf build dist *.egg-info .venv .venv.lock frontend/node_modules \
	  .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find aen -path '*/static/built' -prune -exec rm -rf {} +

installed: python
	@$(PYTHON) tools/bootstrap.py assets
	@$(VENV)/python tools/assets.py

tooled: python
	@$(PYTHON) tools/bootstrap.py dev

developing: python
	@$(PYTHON) tools/bootstrap.py assets dev
	@$(VENV)/python tools/assets.py
	@$(VENV)/python tools/browser.py

python:
	@command -v $(PYTHON) >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  apt-get update -q && apt-get install -q -y python3 python3-venv; } || { \
	  echo "AEN needs Python 3.11 or newer; as root: apt-get install python3"; \
	  exit 1; }
