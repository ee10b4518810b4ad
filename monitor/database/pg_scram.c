/* Finds the iterations in a server's SCRAM message; see pg_scram.h. */
#include "monitor/database/pg_scram.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 5           /* the kind, and a length that counts itself and not the kind */
#define SASL_CONTINUE 11 /* of AuthenticationRequest, 'R' */

static uint32_t number_at(const char *bytes) {
  uint32_t number;
  memcpy(&number, bytes, sizeof number);
  return ntohl(number);
}

unsigned long pg_scram_iterations(const char *bytes, size_t length) {
  while (length >= HEAD + sizeof(uint32_t)) {
    size_t whole = 1 + (size_t)number_at(bytes + 1);
    if (whole < HEAD || whole > length) return 0;
    if (*bytes == 'R' && whole >= HEAD + sizeof(uint32_t) && number_at(bytes + HEAD) == SASL_CONTINUE) {
      auto_free char *message = xstrndup(bytes + HEAD + sizeof(uint32_t), whole - HEAD - sizeof(uint32_t));
      const char *found = strstr(message, ",i=");
      return found ? strtoul(found + strlen(",i="), NULL, 10) : 0;
    }
    bytes += whole;
    length -= whole;
  }
  return 0;
}
