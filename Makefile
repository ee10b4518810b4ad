# Builds ejmon, its tests and its demo. `make help` lists the targets; variants live side by side: make V=asan test
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

VERSION := 0.1.0
PREFIX ?= /usr/local
V ?= release
B := build/$(V)
PYTHON ?= /usr/bin/python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

# Objects are compiled once, whatever tree they are in, where ccache is installed (make deps installs it).
CCACHE := $(if $(shell command -v ccache 2>/dev/null),ccache )

# --- variants -------------------------------------------------------------------------------------------------------------------
CC_release = $(CCACHE)gcc
CC_asan = $(CCACHE)gcc
CC_tsan = $(CCACHE)gcc
CC_clang = $(CCACHE)clang
CC_analyze = $(CCACHE)gcc
CC_fuzz = $(CCACHE)clang
OPT_release = -O2 -g -D_FORTIFY_SOURCE=3
OPT_asan = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPT_tsan = -O1 -g -fsanitize=thread
OPT_clang = -O2 -g -D_FORTIFY_SOURCE=2
OPT_analyze = -O1 -g -fanalyzer -fanalyzer-verbosity=0
OPT_fuzz = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
HARDEN_release = -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
HARDEN_clang = $(HARDEN_release)
LINK_release = -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
LINK_clang = $(LINK_release)
LINK_asan = -fsanitize=address,undefined
LINK_tsan = -fsanitize=thread
LINK_fuzz = -fsanitize=fuzzer,address,undefined
ifeq ($(origin CC),default)
CC := $(CC_$(V))
endif
ifeq ($(CC),)
$(error V=$(V) is no variant: release, asan, tsan, clang, analyze, fuzz)
endif

PACKAGES := libcrypto libcurl libidn2 libpsl jansson sqlite3 yaml-0.1
# libpq and libmongoc are opened at first use: linking them would cost every one-shot probe 7-12 ms. SQLite (0.5 ms) too; the unit tests link it.
PACKAGES_HEADERS := libpq libbson-1.0

# What the build needs is asked for only where something is built: the rest works, quietly, on a machine that has nothing yet.
NOT_BUILDING := help clean deps deps-build deps-demo demo test check matrix soak lint
ifneq ($(filter-out $(NOT_BUILDING),$(or $(MAKECMDGOALS),all)),)
LACKING := $(shell for tool in $(firstword $(CC)) pkg-config msgfmt $(PYTHON); do command -v $$tool >/dev/null || printf ' %s' $$tool; done; \
  command -v pkg-config >/dev/null && ! pkg-config --exists $(PACKAGES) $(PACKAGES_HEADERS) && for package in $(PACKAGES) $(PACKAGES_HEADERS); do \
  pkg-config --exists $$package || printf ' %s' $$package; done; true)
ifneq ($(LACKING),)
$(error This machine lacks$(LACKING). On Debian `make deps-build` installs what `make` needs, `make deps` what every variant and test needs)
endif
PACKAGE_CFLAGS := $(shell pkg-config --cflags-only-I $(PACKAGES) $(PACKAGES_HEADERS) | sed 's/-I/-isystem /g')
PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES))
endif
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wcast-qual \
  -Wformat=2 -Wundef -Wvla $(if $(CI),-Werror)
CFLAGS ?= $(OPT_$(V)) $(HARDEN_$(V))
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(CFLAGS) -pthread -I. -D_GNU_SOURCE -DEJMON_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)=. \
  $(PACKAGE_CFLAGS)
# libc second: libcrypto's and libc's are most of the symbols that the dynamic linker looks up, library by library in this order.
LIBS := -lcrypto -lc $(PACKAGE_LIBS) -lev -ldl -lm -pthread

# `make VERBOSE=1` shows the whole commands.
QUIET_CC = $(if $(VERBOSE),,@echo '  cc    $<';)
QUIET_LINK = $(if $(VERBOSE),,@echo '  link  $@';)

# --- sources: the file names are the lists --------------------------------------------------------------------------------------
SOURCES := $(sort $(wildcard monitor/*.c monitor/*/*.c checks/*.c checks/*/*.c remedies/*/*.c conf/*.c))
PROGRAMS := $(sort $(wildcard checks/*/*_program.py remedies/*/*_program.py))
TEXTS := $(sort $(wildcard checks/*/*.texts monitor/*/*.texts))
OBJECTS := $(SOURCES:%.c=$B/%.o) $B/tables.o $B/texts.o $B/lang/languages.o
LIBRARY := $(filter-out $B/monitor/main.o,$(OBJECTS))
UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,$B/tests/unit/%,$(wildcard tests/unit/test_*.c)))
FUZZERS := $(sort $(patsubst tests/fuzz/%.c,build/fuzz/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)))

.PHONY: all libs po deps deps-build deps-demo unit unit-build golden test check soak matrix demo install clean help fuzz fuzz-build bench lint valgrind FORCE
all: ejmon ## builds ./ejmon (half a minute)

ejmon: $B/ejmon
	@ln -f $B/ejmon ejmon

$B/ejmon: $(OBJECTS)
	$(QUIET_LINK)$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(QUIET_CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/tables.o: $B/tables.c $(PROGRAMS)
	$(QUIET_CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The tables of kinds are made from the file names; a file without its symbol is a link error that names it. They hold the Python too that
# runs inside web.
$B/tables.c: conf/tables.sh FORCE
	@mkdir -p $(@D)
	@sh conf/tables.sh >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# So are the explanations of codes from the rooms' texts, and the catalogues of translations.
$B/texts.o: $B/texts.c checks/explanation.h
	$(QUIET_CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/texts.c: conf/texts.py $(TEXTS)
	@mkdir -p $(@D)
	@$(PYTHON) conf/texts.py c $(TEXTS) >$@.new
	@mv $@.new $@

$B/lang/languages.o: $B/lang/languages.c monitor/base/lang.h
	$(QUIET_CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/lang/languages.c: conf/lang.sh conf/texts.py $(SOURCES) $(TEXTS) $(wildcard conf/lang/*/*.po)
	@sh conf/lang.sh build $B/lang

po: ## brings conf/lang/ up to date with the texts and the sources, and lists what is to be translated
	@sh conf/lang.sh merge
	@sh conf/lang.sh missing

# --- tests ------------------------------------------------------------------------------------------------------------------------
$B/tests/unit/%: $B/tests/unit/%.o $(LIBRARY)
	$(QUIET_LINK)$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(LIBS)

# The one source that sees libmongoc's own headers.
$B/tests/unit/test_libmongoc.o: PACKAGE_CFLAGS += -isystem /usr/include/libmongoc-1.0

unit-build: $(UNIT_TESTS)
unit: $(if $(T),$B/tests/unit/test_$(T),$(UNIT_TESTS)) ## unit tests of one variant; T=NAME for one, V=asan for ASan + UBSan (20 s)
	@for t in $^; do $$t || exit 1; done

test: deps ## everything, two at a time for each core: unit tests (plain and ASan + UBSan), every fault of the lab, real servers (two cores: 10 minutes); T=NAME a part, REPEAT=5 hunts races
	@$(MAKE) --no-print-directory -j$(JOBS) all unit-build
	@$(MAKE) --no-print-directory -j$(JOBS) V=asan build/asan/ejmon unit-build
	@$(PYTHON) tests/run.py $(if $(T),--only '$(T)') $(if $(REPEAT),--repeat $(REPEAT)) $(TESTFLAGS)

check: ## what is called T=NAME: a unit test, a fuzzer's corpus, a fault of the lab, an integration test or file (seconds)
	@$(if $(T),,echo "make check T=NAME, such as T=theme, T=fuzz_url, T=theme-switched, T=twenty_probes" >&2; exit 2)
	@$(PYTHON) tests/run.py --only '$(T)' $(if $(REPEAT),--repeat $(REPEAT)) $(TESTFLAGS)

matrix: deps ## every fault of the lab against what ejmon must say (3 minutes, part of make test); FAULTS="a b" or T='theme-*' selects, MATRIXFLAGS="--full --json FILE"
	@$(MAKE) --no-print-directory -j$(JOBS) V=asan build/asan/ejmon
	@EJMON=$${EJMON:-build/asan/ejmon} $(PYTHON) tests/lab/matrix.py $(MATRIXFLAGS) -- $(FAULTS) $(if $(T),'$(T)')

golden: $B/tests/unit/test_swallows ## writes tests/unit/who_swallows_whom.txt anew: which causes the rules hide, for a look at its diff
	@$< --write

UNDER_VALGRIND := $(UNIT_TESTS:=.valgrind)
.PHONY: $(UNDER_VALGRIND)
$(UNDER_VALGRIND): %.valgrind: %
	@echo "valgrind $(<F)"; valgrind -q --error-exitcode=1 --leak-check=full --show-leak-kinds=definite,possible $< >/dev/null
valgrind: $(UNDER_VALGRIND) ## the unit tests under valgrind (-j2: 2 minutes)

build/fuzz/tests/fuzz/%: build/fuzz/tests/fuzz/%.o $(LIBRARY:$B/%=build/fuzz/%)
	$(QUIET_LINK)clang $(LINK_fuzz) -o $@ $^ $(LIBS)
FUZZED := $(patsubst %,%.fuzzed,$(if $(T),build/fuzz/tests/fuzz/fuzz_$(T),$(FUZZERS)))
.PHONY: $(FUZZED)
fuzz-build: $(FUZZED:.fuzzed=)
$(FUZZED): build/fuzz/tests/fuzz/fuzz_%.fuzzed:
	@corpus=$$(mktemp -d); trap 'rm -rf $$corpus $$corpus.log' EXIT; \
	  $(@:.fuzzed=) -max_total_time=$(or $(SECONDS),20) $(FUZZFLAGS) -print_final_stats=1 -verbosity=0 $$corpus tests/fuzz/corpus/$* >$$corpus.log 2>&1 \
	  && echo "fuzz_$* $$(grep number_of_executed_units $$corpus.log)" || { cat $$corpus.log; exit 1; }
fuzz: ## every fuzzer, or T=NAME, for SECONDS (default 20) over its corpus, two at a time (3 minutes)
	@$(MAKE) --no-print-directory -j$(JOBS) V=fuzz fuzz-build
	@$(MAKE) --no-print-directory -j$(JOBS) $(FUZZED)

soak: deps ## the whole campaigns, of which CI runs a slice: fuzzers for 5 minutes each, the matrix with every remedy, the daemon's tests ten times, a million stories of the mind, kills, outages (6 hours at most)
	@timeout 4500 $(MAKE) --no-print-directory fuzz SECONDS=$(or $(SECONDS),300)
	@timeout 3600 $(MAKE) --no-print-directory matrix MATRIXFLAGS="--full $(MATRIXFLAGS)"
	@timeout 2700 $(MAKE) --no-print-directory check T='run*' REPEAT=$(or $(REPEAT),10)
	@$(MAKE) --no-print-directory $B/tests/unit/test_explore
	@EXPLORE=$(or $(EXPLORE),1000000) timeout 1800 $B/tests/unit/test_explore
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@for disk in fast slow full hangs; do timeout 3600 $(PYTHON) tests/integration/kill_schedules.py --disk $$disk --side-by-side 3 || exit 1; done
	@EJMON_OUTAGES=whole timeout 5400 $(MAKE) --no-print-directory check T=outages

bench: ## CPU per probe and wall time, as ratios to a bare loop and to curl, interleaved; then 10,000 checks with and without an incident (4 minutes)
	@$(MAKE) --no-print-directory all $B/tests/bench/bare_loop $B/tests/bench/probe_loop
	@$(PYTHON) tests/bench/bench.py $B
	@$(PYTHON) tests/bench/scale.py $B

$B/tests/bench/bare_loop: $B/tests/bench/bare_loop.o
	$(QUIET_LINK)$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $< -lcurl -lev
$B/tests/bench/probe_loop: $B/tests/bench/probe_loop.o $(LIBRARY)
	$(QUIET_LINK)$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $^ $(LIBS)

lint: ## layout, manual pages, the Python that runs inside web (5 s)
	@clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')
	@pyflakes3 $(PROGRAMS)
	@mandoc -T lint -W warning conf/ejmon.1 conf/ejmon.yaml.5

# --- demo, install ----------------------------------------------------------------------------------------------------------------
deps: ## installs all that build, demo and tests need (apt), as `make test` does; says beforehand how much; nothing is started or enabled
	@sh conf/deps.sh test
deps-demo: ## the same for `make demo` alone
	@sh conf/deps.sh demo
deps-build: ## the same for `make` alone
	@sh conf/deps.sh build

demo: ## sets up, builds, starts the stack in miniature, breaks it, shows ejmon healing it (1.5 minutes; 2 more where all is missing); KEEP=1 leaves it up
	@echo "Installs what is missing, builds (half a minute of one core), starts the stack in miniature (10 s), breaks it in five ways (75 s)."
	@sh conf/deps.sh demo
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(PYTHON) tests/lab/demo.py $(if $(KEEP),--keep)

install: all ## DESTDIR and PREFIX as usual
	install -D -m 755 $B/ejmon $(DESTDIR)$(PREFIX)/bin/ejmon
	install -D -m 644 conf/ejmon.1 $(DESTDIR)$(PREFIX)/share/man/man1/ejmon.1
	install -D -m 644 conf/ejmon.yaml.5 $(DESTDIR)$(PREFIX)/share/man/man5/ejmon.yaml.5
	install -D -m 644 conf/ejmon.yaml $(DESTDIR)$(PREFIX)/share/doc/ejmon/examples/ejmon.yaml
	install -D -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/ejmon/README.md

libs: ## what a program of these objects is linked with, for the tests' own
	@echo $(PACKAGE_CFLAGS) $(LIBS)

clean: ## removes build/ and ./ejmon
	rm -rf build ejmon

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | sort | awk -F'|' '{printf "%-17s %s\n", $$1, $$2}'

-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(FUZZERS:=.d)
.SECONDARY:
