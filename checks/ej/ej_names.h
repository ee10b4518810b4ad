/* The names of the variables that EJ and the images beside it read, and what was probably meant by names that nothing reads.
 * From EJ contract section 2; pure. */
#ifndef EJMON_EJ_NAMES_H
#define EJMON_EJ_NAMES_H

#include "monitor/base/text.h"

bool ej_name_is_read(const char *name);
/* One sentence for a name that looks like a setting of EJ but is none ("X_FRAME_OPTIONS is not read by EJ: DJANGO_X_FRAME_OPTIONS is"), or
 * NULL for names that EJ reads and for foreign ones. */
char *ej_name_hint(const char *name) must_check;
/* The name that was certainly meant by one that EJ does not read (X_FRAME_OPTIONS: DJANGO_X_FRAME_OPTIONS), also when it is misspelt by two
 * letters at most; NULL for names that EJ reads, and where it is a guess. */
const char *ej_name_instead(const char *name);

#endif
