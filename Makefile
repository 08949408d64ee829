# Everything a person or a machine does here, by name.
CONFIGURATION ?= Release
PREFIX ?= /usr/local
ARGS ?=

MACHINE := $(shell uname -m)
RID ?= $(if $(filter aarch64 arm64,$(MACHINE)),linux-arm64,linux-x64)
DOTNET_HOME := $(patsubst %/,%,$(dir $(shell readlink -f "$$(command -v dotnet)")))

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE = 1

.DEFAULT_GOAL := build
.PHONY: demo run build test native install uninstall docs fmt lint bench campaign clean

## demo: one minute, offline: a run, its record, a refused escape
demo: build
	./scripts/demo.sh

## run: build, then start it: make run ARGS='ask "hello"'
run: build
	@bin/openclawssy $(ARGS)

## build: leaves bin/openclawssy, which may be called from anywhere and through links
build:
	@./scripts/need.sh gcc gcc libc6-dev
	@./scripts/need.sh /usr/include/zlib.h zlib1g-dev
	dotnet publish src/Openclawssy -c $(CONFIGURATION) -p:PublishAot=false -o bin/lib -v quiet
	@printf '%s\n' '#!/bin/sh' ': "$${DOTNET_ROOT:=$(DOTNET_HOME)}"' 'export DOTNET_ROOT' 'exec "$$(dirname -- "$$(readlink -f -- "$$0")")/lib/openclawssy" "$$@"' > bin/openclawssy
	@chmod 755 bin/openclawssy
	@bin/openclawssy version

## test: every test, the stories against bin/openclawssy among them
test: build
	@./scripts/need.sh strace strace || echo 'note: tests that inject faults into system calls will skip'
	@./scripts/need.sh bwrap bubblewrap || echo 'note: tests of the sandbox with namespaces will skip'
	@./scripts/need.sh /usr/bin/chromium chromium || echo "note: tests of the dashboard in a browser will skip"
	DOTNET_ROOT="$(DOTNET_HOME)" OPENCLAWSSY_BIN=bin/openclawssy dotnet test --solution Openclawssy.slnx

## native: the shipped form, the program, its launcher and SQLite: bin/native (a few minutes)
native:
	@./scripts/need.sh gcc gcc libc6-dev
	@./scripts/need.sh /usr/include/zlib.h zlib1g-dev
	dotnet publish src/Openclawssy -c $(CONFIGURATION) -r $(RID) -p:PublishAot=true -p:StripSymbols=true -o artifacts/native -v quiet
	@mkdir -p bin/native
	@for file in openclawssy openclawssy-launcher libe_sqlite3.so; do cp artifacts/native/$$file bin/native/$$file.new && mv bin/native/$$file.new bin/native/$$file; done
	@bin/native/openclawssy version

## install: the native program below PREFIX (default /usr/local)
install: native
	install -d "$(DESTDIR)$(PREFIX)/lib/openclawssy" "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 bin/native/openclawssy "$(DESTDIR)$(PREFIX)/lib/openclawssy/openclawssy"
	install -m 755 bin/native/openclawssy-launcher "$(DESTDIR)$(PREFIX)/lib/openclawssy/openclawssy-launcher"
	install -m 644 bin/native/libe_sqlite3.so "$(DESTDIR)$(PREFIX)/lib/openclawssy/libe_sqlite3.so"
	ln -sfn ../lib/openclawssy/openclawssy "$(DESTDIR)$(PREFIX)/bin/openclawssy"

## uninstall: takes away what install put there
uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/openclawssy" "$(DESTDIR)$(PREFIX)/lib/openclawssy/openclawssy" "$(DESTDIR)$(PREFIX)/lib/openclawssy/openclawssy-launcher" "$(DESTDIR)$(PREFIX)/lib/openclawssy/libe_sqlite3.so"
	-rmdir "$(DESTDIR)$(PREFIX)/lib/openclawssy"

## docs: rewrites the pages and approved texts that tests compare with the code; read the diff
docs:
	UPDATE=1 dotnet test --project tests/Openclawssy.Tests -p:Dashboard=false
	@git status --short docs tests

fmt:
	dotnet format Openclawssy.slnx

lint:
	dotnet format Openclawssy.slnx --verify-no-changes
	dotnet build Openclawssy.slnx -v quiet

## bench: figures of the native program beside their floors
bench: native
	dotnet publish bench/Floor -c $(CONFIGURATION) -r $(RID) -o artifacts/floor -v quiet
	dotnet run -c Release --project bench/Openclawssy.Bench -- bin/native/openclawssy artifacts/floor/Floor
	dotnet run -c Release --project bench/Openclawssy.Bench -- gateway bin/native/openclawssy

## campaign: race, crash and soak tests at full size (long)
campaign: build
	@./scripts/need.sh strace strace || true
	@./scripts/need.sh bwrap bubblewrap || true
	OPENCLAWSSY_CAMPAIGN=1 DOTNET_ROOT="$(DOTNET_HOME)" OPENCLAWSSY_BIN=bin/openclawssy dotnet test --solution Openclawssy.slnx

clean:
	rm -rf artifacts bin
