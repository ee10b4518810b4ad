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

# --- variants -------------------------------------------------------------------------------------------------------------------
CC_release = gcc
CC_asan = gcc
CC_tsan = gcc
CC_clang = clang
CC_analyze = gcc
CC_fuzz = clang
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

PACKAGES := libcrypto libcurl jansson sqlite3 yaml-0.1
# libpq and libmongoc are opened at first use: linking them would cost every one-shot probe 7-12 ms.
PACKAGES_HEADERS := libpq libmongoc-1.0
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wcast-qual \
  -Wformat=2 -Wundef -Wvla $(if $(CI),-Werror)
CFLAGS ?= $(OPT_$(V)) $(HARDEN_$(V))
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(CFLAGS) -pthread -I. -D_GNU_SOURCE -DEJMON_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)=. \
  $(shell pkg-config --cflags-only-I $(PACKAGES) $(PACKAGES_HEADERS) | sed 's/-I/-isystem /g')
LIBS = $(shell pkg-config --libs $(PACKAGES)) -lev -ldl -lm -pthread

# --- sources: the file names are the lists --------------------------------------------------------------------------------------
SOURCES := $(sort $(wildcard monitor/base/*.c monitor/core/*.c monitor/rules/*.c monitor/sinks/*.c monitor/engine/*.c monitor/daemon/*.c monitor/reports/*.c \
  monitor/commands/*.c monitor/*.c checks/*.c remedies/*.c conf/*.c))
OBJECTS := $(SOURCES:%.c=$B/%.o) $B/tables.o
LIBRARY := $(filter-out $B/monitor/main.o,$(OBJECTS))
UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,$B/tests/unit/%,$(wildcard tests/unit/test_*.c)))
FUZZERS := $(sort $(patsubst tests/fuzz/%.c,build/fuzz/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)))

.PHONY: all deps unit test demo install clean help fuzz bench lint valgrind FORCE
all: ejmon ## builds ./ejmon

ejmon: $B/ejmon
	@cp -f $B/ejmon ejmon

$B/ejmon: $(OBJECTS)
	$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/tables.o: $B/tables.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The tables of kinds are made from the file names; a file without its symbol is a link error that names it.
$B/tables.c: conf/tables.sh FORCE
	@mkdir -p $(@D)
	@sh conf/tables.sh >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# --- tests ------------------------------------------------------------------------------------------------------------------------
$B/tests/%: $B/tests/%.o $(LIBRARY)
	$(CC) $(LINK_$(V)) $(LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(LIBS)

unit: $(if $(T),$B/tests/unit/test_$(T),$(UNIT_TESTS)) ## unit tests; T=NAME for one
	@for t in $(if $(T),$B/tests/unit/test_$(T),$(UNIT_TESTS)); do $$t || exit 1; done

-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d)
.SECONDARY:
