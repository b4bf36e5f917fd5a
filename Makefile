# Every target sets .venv up first; with nothing to do, that takes no time.
# PYTHON=/path/to/python chooses the Python, ARGS="..." passes options on.

BIN := .venv/bin
PY := $(BIN)/python

# What these name belongs to another Python than that of .venv.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup book archive lab test release grade reproduce bench lint lock chapters clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv ready, from requirements.lock
	@sh tools/setup.sh

book: setup ## Build the book into _build/html
	@$(BIN)/jupyter-book build . --all -W -n --keep-going $(ARGS)
	@echo "The book: $$PWD/_build/html/index.html"

archive: setup ## Pack the whole book into one file, read without a network
	@$(MAKE) --no-print-directory book
	@$(PY) -m tools.archive

lab: setup ## Open the exercises in JupyterLab
	@$(BIN)/jupyter-lab --config=_lab/jupyter_lab_config.py $(ARGS)

test: setup ## Run every test: units, doctests, notebooks, exercises, grading, book
	@$(PY) -m pytest $(ARGS)

release: setup ## Make exercises/ from solutions/
	@$(PY) -m grading release $(ARGS)

grade: setup ## Grade what is in submitted/ (ASSIGNMENT=ex01_perceptron for one)
	@$(PY) -m grading run $(ASSIGNMENT) $(ARGS)

reproduce: setup ## Train every model of the course from scratch
	@$(PY) -m utils.experiments.train_all $(ARGS)

bench: setup ## Measure speed and memory side by side
	@$(PY) -m benchmarks $(ARGS)

chapters: setup ## Run the chapters and store their outputs (ARGS=FILE for one)
	@$(PY) -m utils.book.notebooks $(or $(ARGS),$(sort $(wildcard chapters/*.ipynb)) $(wildcard back/*.ipynb))

lint: setup ## Check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

lock: setup ## Resolve pyproject.toml into requirements.lock (ARGS=--upgrade for newer)
	@$(PY) tools/lock.py $(ARGS)

clean: ## Remove what was built; .venv stays
	rm -rf _build build .pytest_cache .ruff_cache .hypothesis *.egg-info
