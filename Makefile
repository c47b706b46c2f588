# The commands of this house. `make test` needs only Rust, a C compiler and a network with apt, npm and PyPI:
# it installs the rest. Plain `cargo test` needs nothing but Rust and a C compiler.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint test-rust test-mini-program test-admin-api test-snippets test-relying-parties test-browser pictures openapi openapi-check kit kit-check bench tools

# In CI the committed Cargo.lock must be the whole truth.
LOCKED := $(if $(CI),--locked)
# The time-out holds for a whole file: it only keeps a hanging one from lasting for ever.
NODE_TEST = node="$$(tests/tools/node.sh)"; PATH="$$node:$$PATH" node --test --test-reporter=spec --test-timeout=900000

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
# In the client kit's folder, with its own packages.
IN_KIT = tests/tools/packages.sh openapi/typescript; node="$$(tests/tools/node.sh)"; export PATH="$$node:$$PATH"; cd openapi/typescript

demo: ## Saoma, a stand-in for WeChat and a demo shop, in one process
	cargo run -- demo

test: lint openapi-check kit-check test-rust test-mini-program test-admin-api test-snippets test-relying-parties test-browser ## Everything below up to the browser, on SQLite and PostgreSQL

lint: ## Formatting, clippy, documentation: no warnings
	cargo fmt --all -- --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --workspace --no-deps --document-private-items

openapi-check: ## Are the documents in openapi what the code says?
	mkdir -p target
	for api in login admin; do \
	  cargo run $(LOCKED) --quiet -- openapi $$api > target/openapi-$$api.json; \
	  diff -u openapi/$$api.json target/openapi-$$api.json || { echo "openapi/$$api.json is stale: make openapi" >&2; exit 1; }; \
	done

kit-check: ## Are client and bundle of openapi/typescript what document and sources say? Its types and unit tests
	@$(IN_KIT); npm run --silent types
	rm -rf target/kit-client
	@$(IN_KIT); KIT_CLIENT=../../target/kit-client npm run --silent generate
	diff -ru openapi/typescript/src/generated target/kit-client || { echo "the generated client is stale: make kit" >&2; exit 1; }
	@$(IN_KIT); npm run --silent bundle -- --check
	@$(IN_KIT); node --test --test-reporter=spec test/*.test.mjs

# Many tests wait for a time-out of ours, so there are more of them at once than there are processors.
test-rust: ## Rust tests; a missing PostgreSQL is a failure
	tests/tools/system.sh postgresql
	SAOMA_REQUIRE_ALL_BACKENDS=1 RUST_TEST_THREADS=$$((2 * $$(nproc))) cargo test $(LOCKED) --workspace

test-mini-program: ## The companion page's logic, in Node
	$(NODE_TEST) providers/mini-program/test/*.test.js

test-browser: ## The pages, in Debian's Chromium
	tests/tools/system.sh chromium fonts openssl
	tests/tools/packages.sh tests/browser
	cargo build $(LOCKED)
	$(NODE_TEST) --test-concurrency=2 tests/browser/*.test.mjs

test-admin-api: ## Made-up calls against the admin API, with a token and without
	tests/tools/packages.sh tests/browser
	cargo build $(LOCKED)
	program="$$(tests/tools/schemathesis.sh)"; node="$$(tests/tools/node.sh)"; SCHEMATHESIS="$$program" "$$node/node" tests/browser/admin-api.schemathesis.mjs

test-snippets: ## The code that admins copy, run in Node, Python, PHP, Go and bash
	tests/tools/system.sh php go curl openssl
	tests/tools/packages.sh tests/browser
	tests/tools/packages.sh tests/snippets
	cargo build $(LOCKED)
	export FLASK_PYTHON="$$(tests/tools/flask.sh)"; $(NODE_TEST) tests/snippets/*.test.mjs

test-relying-parties: ## Websites written with usual OpenID Connect libraries, and visitors in Chromium
	tests/tools/system.sh chromium fonts
	tests/tools/packages.sh tests/browser
	tests/tools/packages.sh tests/relying-parties
	cargo build $(LOCKED)
	export AUTHLIB_PYTHON="$$(tests/relying-parties/authlib.sh)"; $(NODE_TEST) --test-concurrency=2 tests/relying-parties/*.test.mjs

pictures: ## Take the README's pictures anew (docs/pictures)
	tests/tools/system.sh chromium fonts
	tests/tools/packages.sh tests/browser
	cargo build $(LOCKED)
	node="$$(tests/tools/node.sh)"; PATH="$$node:$$PATH" npm --prefix tests/browser run --silent pictures

openapi: ## Write the documents in openapi anew
	mkdir -p openapi target
	for api in login admin; do \
	  cargo run --quiet -- openapi $$api > target/openapi-$$api.json; \
	  mv target/openapi-$$api.json openapi/$$api.json; \
	done

kit: ## Write client and bundle of openapi/typescript anew
	@$(IN_KIT); npm run --silent generate && npm run --silent bundle

bench: ## Speed (also beside npm's oidc-provider), start, memory and size, as ratios in one run
	tests/tools/system.sh postgresql chromium fonts
	cargo bench -p saoma-tests

tools: ## Install what the tests need, and nothing else
	tests/tools/system.sh
	tests/tools/node.sh
	tests/tools/packages.sh tests/browser
	tests/tools/packages.sh tests/snippets
	tests/tools/packages.sh tests/relying-parties
	tests/tools/packages.sh tests/bench/openid
	tests/tools/flask.sh
	tests/relying-parties/authlib.sh
