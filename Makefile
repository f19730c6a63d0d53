# make demo    builds and shows Kindly at work on a small company of its own
# make test    everything that decides whether a change is good: format, build, unit file, tests
# make build   the release binary, which shows in half a minute that it works; then `make install` as root
# make simulate   plays simulated years to Kindly; SEEDS=1000 FROM=1 says how many and from which seed on
# Each sees to the Debian packages it needs itself, and asks for root only where one is missing.

PREFIX ?= /usr
DESTDIR ?=

# What `make install` installs.
BINARY ?= .build/release/kindly

bin = $(DESTDIR)$(PREFIX)/bin
lib = $(DESTDIR)$(PREFIX)/lib
share = $(DESTDIR)$(PREFIX)/share

.PHONY: demo test build install uninstall bench race simulate format clean

# A debug build: the first thing a new user does should not wait for the optimiser, and the demo's speed is that of its clock.
demo:
	@scripts/setup
	swift build --product kindly
	@.build/debug/kindly demo

test:
	@scripts/test

# The Swift libraries are linked in, so that the binary runs where no Swift is installed.
build:
	@scripts/setup
	swift build --configuration release --static-swift-stdlib --product kindly
	@scripts/check-release .build/release/kindly

# Copies only, so that it can be run as root without building as root. /etc/kindly is left to `kindly init`.
install:
	@test -x $(BINARY) || { echo "install: error: $(BINARY) is not there; run 'make build' first" >&2; exit 66; }
	install -D -m 0755 $(BINARY) $(bin)/kindly
	install -d $(lib)/systemd/system
	sed 's,/usr/bin/kindly,$(PREFIX)/bin/kindly,; s,/usr/share,$(PREFIX)/share,' systemd/kindly.service >$(lib)/systemd/system/kindly.service
	chmod 0644 $(lib)/systemd/system/kindly.service
	install -D -m 0644 systemd/kindly.sysusers $(lib)/sysusers.d/kindly.conf
	install -D -m 0644 systemd/kindly.tmpfiles $(lib)/tmpfiles.d/kindly.conf
	install -d $(share)/doc/kindly $(share)/man/man1
	rm -rf $(share)/doc/kindly/examples
	cp -r --no-preserve=ownership config $(share)/doc/kindly/examples
	chmod -R u=rwX,go=rX $(share)/doc/kindly/examples
	$(foreach page,$(wildcard docs/man/*.1),install -m 0644 $(page) $(share)/man/man1;)
	$(foreach page,$(wildcard README.md docs/*.md),install -m 0644 $(page) $(share)/doc/kindly;)
	scripts/install-completions $(BINARY) $(share)
	$(if $(DESTDIR),,@echo "Now: systemd-sysusers && systemd-tmpfiles --create kindly.conf && systemctl daemon-reload && kindly init && systemctl enable --now kindly")

# The configuration and /var/lib/kindly stay: they are the company's.
uninstall:
	rm -f $(bin)/kindly $(lib)/systemd/system/kindly.service $(lib)/sysusers.d/kindly.conf \
	  $(lib)/tmpfiles.d/kindly.conf
	rm -f $(share)/bash-completion/completions/kindly $(share)/zsh/vendor-completions/_kindly
	rm -f $(share)/fish/vendor_completions.d/kindly.fish
	rm -f $(foreach page,$(wildcard docs/man/*.1),$(share)/man/man1/$(notdir $(page)))
	rm -rf $(share)/doc/kindly

bench:
	@scripts/setup tests
	swift build --configuration release --product KindlyBench
	@.build/release/KindlyBench

# What `make test` does shortly, for a minute on each server: nothing is missed while 8 write at once.
race:
	@scripts/setup tests
	swift build --configuration release --product KindlyBench
	@.build/release/KindlyBench --only race

# What `make test` does with two hundred seeds, as fast as this machine can. A seed that fails is told with its story.
SEEDS ?= 1000
FROM ?= 1

simulate:
	@scripts/setup tests
	swift build --configuration release --product KindlySimulation
	@.build/release/KindlySimulation --seeds $(SEEDS) --from $(FROM)

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build .venv
