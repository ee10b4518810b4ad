#!/bin/sh
# The translations of what people read, by gettext: conf/lang/LL_CC/ROOM.po, one file for each room of checks/ and one each for conf/,
# monitor/ and remedies/. A part of a code's explanation has its key as msgctxt ("theme/not-set title"); sentences of the sources have none.
#   conf/lang.sh build FOLDER   makes templates and catalogues below FOLDER, and FOLDER/languages.c, which builds the catalogues in
#   conf/lang.sh merge          brings conf/lang/ up to date with the sources (`make po`): new texts empty, changed ones marked fuzzy
#   conf/lang.sh missing        lists what has no translation, or a fuzzy one that nobody has confirmed yet; exit 1 if there is any
# A fuzzy translation is shown until somebody confirms it: delete the line `#, fuzzy` when it says again what the English says.
set -eu
cd "$(dirname "$0")/.."

# The functions that take a text for people, with the number of the argument. xgettext takes one argument of a function, so those that have
# several stand in several walks. What such a function gets through ?: is marked translatable() at the call.
walks="1 2 3"
walk_1="translated:1 translatable:1 OPTION:5 OPTION_AT:6 PLACE_OPTIONS:4 ACTING_PLACE_OPTIONS:3 SITE_OPTIONS:5 finding_add:3 finding_evidence:4 finding_open:3 open_finding:3 add_unread:4
  engine_fail:3 note_add:3 cut_note:3 reader_error:4 reader_warn:4 reader_missing:4 reader_error_in:4 reader_warn_in:4 problem_add:3 attempt_say:2
  command_refuse:1 complain:1"
walk_2="finding_evidence:2 login_evidence:2 add_note:2 report_unread:2"
walk_3="finding_evidence:3 login_evidence:3 env_evidence:4 add_evidence:3 add_fetch_evidence:3 add_header:4 evidence_answer:3
  evidence_value:3 login_go_blind:3 report_unread:3 add_examples:2 found_unset:2 report_fault:4"

languages() { ls conf/lang | LC_ALL=C sort; }
domains() { { ls -d checks/*/ | sed 's/^checks//'; echo conf monitor remedies; } | tr -d / | tr ' ' '\n' | LC_ALL=C sort; }
sources() { # DOMAIN
  case $1 in
    conf) ls conf/*.[ch] ;;
    monitor) ls checks/*.[ch] && find monitor -name '*.[ch]' -o -name '*.texts' ;;
    remedies) find remedies -name '*.[ch]' ;;
    *) find "checks/$1" -name '*.[ch]' -o -name '*.texts' ;;
  esac | LC_ALL=C sort
}
refuse() { echo "lang.sh: $*" >&2; exit 1; }
command -v msgmerge >/dev/null || refuse "gettext is missing: apt-get install gettext (or \`make deps-build\`)"

# Leaves out formats that hold no word, as "%s: %s".
with_words() {
  awk '
    BEGIN { RS = ""; ORS = "\n\n" }
    {
      words = $0
      sub(/^(#[^\n]*\n)*/, "", words); sub(/msgid "/, "", words); sub(/\nmsgstr .*/, "", words)
      gsub(/%[-0-9.*]*(ll|l|z)?[a-zA-Z%]/, "", words); gsub(/\\n/, "", words)
      if (words ~ /[A-Za-z][A-Za-z]/ || /msgid ""\nmsgstr ""/ || /msgctxt/) print
    }'
}

# Writes FOLDER/DOMAIN.pot of every domain whose sources are newer.
templates() { # FOLDER
  mkdir -p "$1"
  for domain in $(domains); do
    pot=$1/$domain.pot
    files=$(sources "$domain")
    [ -f "$pot" ] && [ -z "$(find $files conf/lang.sh conf/texts.py -newer "$pot")" ] && continue
    for file in $files; do case $file in *.texts) python3 conf/texts.py pot "$file" ;; esac; done >"$pot.texts"
    for file in $files; do case $file in *.[ch]) echo "$file" ;; esac; done >"$pot.files"
    parts=
    for walk in $walks; do
      eval "keywords=\$walk_$walk"
      xgettext --files-from="$pot.files" --output="$pot.code$walk" --force-po --language=C --from-code=UTF-8 --add-location=file --keyword \
        $(for keyword in $keywords; do echo "--keyword=$keyword"; done)
      sed -i 's/charset=CHARSET/charset=UTF-8/' "$pot.code$walk"
      parts="$parts $pot.code$walk"
    done
    [ -s "$pot.texts" ] && parts="$pot.texts $parts"
    # The date of creation would make every template new.
    msgcat --force-po --use-first --add-location=file --no-wrap $parts | grep -v '^"POT-Creation-Date' | with_words >"$pot.new"
    mv "$pot.new" "$pot"
    rm -f "$pot.texts" "$pot.files" "$pot.code"*
  done
}

# Leaves out what gettext lent to a new text from one that is like it and still there ("No answer." would be shown as "uma resposta", an answer):
# a fuzzy translation is shown where the English of a text changed, and of the sources' sentences where the former one is gone.
without_lent() { # FILE
  awk '
    function part(mark,   lines, count, i, on, whole) {
      count = split($0, lines, "\n")
      for (i = 1; i <= count; i++) {
        if (index(lines[i], mark " \"") == 1) { on = 1; lines[i] = substr(lines[i], length(mark) + 2) }
        else if (on && lines[i] ~ /^(#[|] )?"/) sub(/^#[|] /, "", lines[i])
        else on = 0
        if (on) whole = whole substr(lines[i], 2, length(lines[i]) - 2)
      }
      return whole
    }
    BEGIN { RS = ""; ORS = "\n\n" }
    FNR == NR { if (part("msgctxt") == "") now[part("msgid")]; next }
    /(^|\n)#, fuzzy/ && part("#| msgid") != "" && (part("#| msgctxt") != part("msgctxt") || (part("msgctxt") == "" && part("#| msgid") in now)) { next }
    { print }' "$1" "$1"
}

build() { # FOLDER
  templates "$1"
  {
    echo '#include "monitor/base/lang.h"'
    for language in $(languages); do
      folder=$1/$language
      mkdir -p "$folder"
      for domain in $(domains); do
        [ -f "conf/lang/$language/$domain.po" ] || continue
        [ -f "$folder/$domain.po" ] && [ -z "$(find "$1/$domain.pot" "conf/lang/$language/$domain.po" -newer "$folder/$domain.po")" ] && continue
        msgmerge --quiet --force-po --previous --output-file="$folder/$domain.merged" "conf/lang/$language/$domain.po" "$1/$domain.pot"
        without_lent "$folder/$domain.merged" >"$folder/$domain.po"
        rm "$folder/$domain.merged"
      done
      msgcat --use-first "$folder"/*.po | msgattrib --no-obsolete >"$folder.po"
      # A fuzzy translation whose placeholders do not fit must not be shown: then none of the fuzzy ones is.
      compile="msgfmt --check-format --endianness=little --output-file=$folder.mo"
      $compile --use-fuzzy "$folder.po" 2>/dev/null || $compile "$folder.po" ||
        refuse "a translation's placeholders do not fit its English: \`make po\`, then mend it in conf/lang/$language/"
      cat <<END
extern const unsigned char catalogue_$language[];
__asm__(".section .rodata\\n.global catalogue_$language\\ncatalogue_$language: .incbin \"$folder.mo\"\\n.previous");
END
    done
    echo 'const struct language languages[] = {'
    for language in $(languages); do echo "    {\"$language\", catalogue_$language},"; done
    echo '    {NULL, NULL},'
    echo '};'
  } >"$1/languages.c"
}

scratch() {
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  templates "$folder"
}

merge() {
  scratch
  for language in $(languages); do
    for domain in $(domains); do
      po=conf/lang/$language/$domain.po
      grep -q '^msgid "[^"]' "$folder/$domain.pot" || grep -q '^"[A-Za-z]' "$folder/$domain.pot" || continue
      [ -f "$po" ] || msginit --no-translator --locale="$language" --input="$folder/$domain.pot" --output-file="$po" 2>/dev/null
      msgmerge --quiet --previous --update --backup=none --width=110 --add-location=file "$po" "$folder/$domain.pot"
    done
  done
}

# A text of several lines begins with an empty msgid as the header does; the header alone has nothing after it.
without_header() { awk 'BEGIN { RS = ""; ORS = "\n\n" } !/(^|\n)msgid ""\nmsgstr/ || /(^|\n)msgctxt /'; }

missing() {
  scratch
  wrong=0
  for language in $(languages); do
    for domain in $(domains); do
      po=conf/lang/$language/$domain.po
      [ -f "$po" ] || : >"$folder/empty.po"
      if [ -f "$po" ]; then from=$po; else from=$folder/empty.po; fi
      msgmerge --quiet "$from" "$folder/$domain.pot" >"$folder/merged.po"
      for kind in untranslated only-fuzzy; do
        msgattrib --$kind --no-obsolete --no-wrap "$folder/merged.po" | without_header >"$folder/list"
        [ -s "$folder/list" ] || continue
        echo "$po: $kind"
        cat "$folder/list"
        wrong=1
      done
    done
  done
  return $wrong
}

case ${1:-} in
  build) [ $# = 2 ] || refuse "usage: conf/lang.sh build FOLDER"; build "$2" ;;
  merge | missing) "$1" ;;
  *) refuse "usage: conf/lang.sh build FOLDER | merge | missing" ;;
esac
