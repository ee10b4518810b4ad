#!/bin/sh
# The catalogues of translations, conf/lang/LL_CC*.po (gettext's format; several files of one language are one catalogue):
#   conf/po.sh           writes them as C, for the build: the program has its translations inside (monitor/base/lang.h says why)
#   conf/po.sh merge     reads a template (`ejmon explain --format pot`) and writes the catalogues anew: its entries in its order, one file for
#                        each group of codes, translations kept, new ones empty, orphans dropped. `make po` calls it
#   conf/po.sh missing   lists what has no translation yet, as FILE: TEXT
set -eu
cd "$(dirname "$0")/.."

languages() { ls conf/lang | sed -n 's/^\([a-z]*_[A-Z]*\).*\.po$/\1/p' | LC_ALL=C sort -u; }

# One line per entry: msgid, msgstr and places, tab-separated, with C's escapes as they stand in the file. The header is left out.
parse() {
  cat "$@" | awk '
    function literal(line) { sub(/^[^"]*"/, "", line); sub(/"[ \t\r]*$/, "", line); return line }
    function finish() { if (id != "") print id "\t" text "\t" places; id = text = places = state = "" }
    /^#:/ { if (state == "text") finish(); sub(/^#: */, ""); places = places (places == "" ? "" : " ") $0 }
    /^msgid "/ { if (state == "text") finish(); state = "id"; id = literal($0) }
    /^msgstr "/ { state = "text"; text = literal($0) }
    /^"/ { if (state == "id") id = id literal($0); else text = text literal($0) }
    /^[ \t\r]*$/ { finish() }
    END { finish() }'
}

# Every literal that a source gives to translated() or translatable(), as it stands between the quotes.
sources() {
  grep -rl -e 'translated(' -e 'translatable(' --include='*.c' monitor checks | LC_ALL=C sort | xargs cat | awk '
    { all = all $0 "\n" }
    END {
      while (match(all, /[^a-z_]translat(ed|able)\([ \n]*"/)) {
        all = substr(all, RSTART + RLENGTH - 1)
        text = ""
        while (match(all, /^[ \n]*"([^"\\]|\\.)*"/)) {
          piece = substr(all, 1, RLENGTH)
          all = substr(all, RLENGTH + 1)
          sub(/^[ \n]*"/, "", piece); sub(/"$/, "", piece)
          text = text piece
        }
        print text
      }
    }' | LC_ALL=C sort -u
}

# Sorted as strcmp() sorts the texts themselves, hence by a key without escapes; no text has a character below the newline.
write_c() {
  echo '#include "monitor/base/lang.h"'
  for language in $(languages); do
    echo "static const struct lang_entry entries_$language[] = {"
    parse conf/lang/"$language"*.po | awk -F'\t' '
      $2 != "" {
        key = $1
        gsub(/\\\\/, "\002", key); gsub(/\\"/, "\"", key); gsub(/\\n/, "\001", key); gsub(/\002/, "\\", key)
        print key "\t  {\"" $1 "\", \"" $2 "\"},"
      }' | LC_ALL=C sort -t "$(printf '\t')" -k1,1 -s | cut -f2
    echo '  {NULL, NULL}, /* not counted: a catalogue may be empty */'
    echo '};'
  done
  echo 'const struct language languages[] = {'
  for language in $(languages); do echo "  {\"$language\", entries_$language, countof(entries_$language) - 1},"; done
  echo '  {NULL, NULL, 0},'
  echo '};'
  echo 'const char *const lang_sources[] = {'
  sources | sed 's/.*/  "&",/'
  echo '  NULL,'
  echo '};'
}

merge() {
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cat >"$scratch/pot"
  parse "$scratch/pot" >"$scratch/wanted"
  [ -s "$scratch/wanted" ] || { echo "po.sh: the template on stdin has no entries" >&2; exit 1; }
  for language in $(languages); do
    parse conf/lang/"$language"*.po >"$scratch/old"
    mkdir "$scratch/$language"
    awk -F'\t' -v language="$language" -v folder="$scratch/$language" '
      function string(keyword, text,   line, word, rest) { # in lines of some 100 characters, as gettext wraps
        if (length(text) <= 100 && text !~ /\\n./) return keyword " \"" text "\"\n"
        line = ""; rest = keyword " \"\"\n"
        while (text != "") {
          if (!match(text, /^[^ ]* +/)) RLENGTH = length(text)
          word = substr(text, 1, RLENGTH)
          if (match(word, /\\n/)) word = substr(word, 1, RSTART + 1)
          text = substr(text, length(word) + 1)
          if (line != "" && length(line word) > 100) { rest = rest "\"" line "\"\n"; line = "" }
          line = line word
          if (word ~ /\\n$/) { rest = rest "\"" line "\"\n"; line = "" }
        }
        return line == "" ? rest : rest "\"" line "\"\n"
      }
      FILENAME ~ /old$/ { if (!($1 in old) || old[$1] == "") old[$1] = $2; next }
      {
        group = $3; sub(/[\/ ].*/, "", group)
        file = folder "/" language "_" group ".po"
        if (!(file in begun)) {
          begun[file] = 1
          printf "# Translations of ejmon: %s.\nmsgid \"\"\nmsgstr \"\"\n\"Project-Id-Version: ejmon\\n\"\n\"Language: %s\\n\"\n" \
            "\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n", group, language >file
        }
        printf "\n#: %s\n%s%s", $3, string("msgid", $1), string("msgstr", old[$1]) >file
        if (old[$1] == "") missing++
        kept[$1] = 1
      }
      END {
        for (id in old) if (!(id in kept)) dropped++
        printf "%s: %d entries, %d without a translation, %d dropped\n", language, FNR, missing, dropped
      }' "$scratch/old" "$scratch/wanted"
    rm -f conf/lang/"$language"*.po
    mv "$scratch/$language"/*.po conf/lang/
  done
}

missing() {
  for file in conf/lang/*.po; do
    parse "$file" | awk -F'\t' -v file="$file" '$2 == "" { print file ": " $1 }'
  done
}

case ${1:-c} in
  c) write_c ;;
  merge) merge ;;
  missing) missing ;;
  *) echo "usage: conf/po.sh [merge <TEMPLATE | missing]" >&2; exit 2 ;;
esac
