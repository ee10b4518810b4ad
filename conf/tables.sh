#!/bin/sh
# Writes the generated tables: every kind of check, remedy, sink, rule, report format and command, from the file names alone; the codes, from
# the tables *_codes.h (checks/code.h); and the Python programs that run inside web, NAME_program.py as `const char NAME_program[]`.
set -eu

table() { # TYPE TABLE FOLDER PREFIX: the files may lie in rooms below the folder
  names=$(find "$3" -name "$4_*.c" | sed 's/.*\///; s/\.c$//' | LC_ALL=C sort)
  for name in $names; do echo "extern const struct $1 $name$5;"; done
  echo "extern const struct $1 *const $2[];"
  echo "const struct $1 *const $2[] = {"
  for name in $names; do echo "  ${5:+}${6-&}$name,"; done
  echo "  NULL,"
  echo "};"
}

cat <<'END'
#include "checks/check.h"
#include "monitor/commands/command.h"
#include "monitor/core/rule.h"
#include "monitor/reports/report.h"
#include "monitor/sinks/sink.h"
#include "remedies/remedy.h"

END
table check_kind check_kinds checks check ''
table remedy_kind remedy_kinds remedies remedy ''
table sink_kind sink_kinds monitor/sinks sink ''
table report_format report_formats monitor/reports report ''
table command commands monitor/commands command ''
table rule rule_tables monitor/rules rules '[]' ''

cat <<'END'

#undef CODE
#undef INFERRED
#undef FAILURE
#undef FAILURE_BESIDE
#undef LIKELY_FAILURE
#undef BLIND
#undef CAUSE
#undef GROUP
#define CODE(symbol, text, how, where, kind) \
  const struct code symbol = {.name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, .evidence = EVIDENCE_##kind};
#define INFERRED(symbol, text, how, where, kind) \
  const struct code symbol = {.name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, .evidence = EVIDENCE_##kind, .inferred = true};
#define FAILURE(symbol, text, how, where, kind, which) \
  const struct code symbol = { \
      .name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, .evidence = EVIDENCE_##kind, .look = LOOK_##which};
#define FAILURE_BESIDE(symbol, text, how, where, kind, which) \
  const struct code symbol = {.name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, \
                              .evidence = EVIDENCE_##kind, .look = LOOK_##which, .beside = true};
#define LIKELY_FAILURE(symbol, text, how, where, kind, which) \
  const struct code symbol = {.name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, \
                              .evidence = EVIDENCE_##kind, .look = LOOK_##which, .inferred = true};
#define BLIND(symbol, text, how, where) \
  const struct code symbol = {.name = text, .severity = SEVERITY_##how, .layer = LAYER_##where, .blind = true};
#define CAUSE(symbol, text, where) \
  const struct code symbol = {.name = text, .severity = SEVERITY_CRITICAL, .layer = LAYER_##where, .cause = true};
#define GROUP(symbol, prefix) const struct code symbol = {.name = prefix};
END
tables=$(find checks monitor -name '*_codes.h' | LC_ALL=C sort)
for file in $tables; do
  name=$(basename "$file" .h)
  echo "#include \"$file\""
  echo "const struct code *const $name[] = {"
  sed -nE 's/^(CODE|INFERRED|FAILURE|FAILURE_BESIDE|LIKELY_FAILURE|BLIND|CAUSE)\(([A-Z0-9_]+),.*/  \&\2,/p' "$file"
  echo "  NULL,"
  echo "};"
done

echo "const struct code *const every_code[] = {"
sed -nE 's/^(CODE|INFERRED|FAILURE|FAILURE_BESIDE|LIKELY_FAILURE|BLIND|CAUSE)\(([A-Z0-9_]+), ("[^"]*").*/\3 \2/p' $tables | LC_ALL=C sort | sed 's/.* \(.*\)/  \&\1,/'
echo "  NULL,"
echo "};"

for file in $(find checks remedies -name '*_program.py' | LC_ALL=C sort); do
  name=$(basename "$file" .py)
  cat <<END
__asm__(".section .rodata\\n.global $name\\n$name: .incbin \"$file\"\\n.byte 0\\n.previous");
END
done
