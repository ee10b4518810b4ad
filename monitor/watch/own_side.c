/* Reads links and routes, and asks the resolver; see own_side.h. */
#include "monitor/watch/own_side.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAMS_LIMIT 64     /* that are no answer: who sends these is no resolver */
#define TABLE_LIMIT (1u << 20) /* bytes of a table that are read: a router may have many routes */

static void read_limited(const char *path, struct text *text) {
  auto_file FILE *file = fopen(path, "re");
  char bytes[4096];
  size_t length;
  while (file && text->length < TABLE_LIMIT && (length = fread(bytes, 1, sizeof bytes, file)) > 0) text_add_bytes(text, bytes, length);
}

static const char *next_line(const char *line) {
  line += strcspn(line, "\n");
  return *line ? line + 1 : line;
}

/* --- routes ---------------------------------------------------------------------------------------------------------------- */

bool own_side_route_v4(const char *table) {
  for (const char *line = table; *line; line = next_line(line)) {
    unsigned destination, gateway, flags, mask;
    if (sscanf(line, "%*15s %x %x %x %*d %*d %*d %x", &destination, &gateway, &flags, &mask) != 4) continue;
    if (destination == 0 && mask == 0 && (flags & RTF_UP) && !(flags & RTF_REJECT)) return true;
  }
  return false;
}

bool own_side_route_v6(const char *table) {
  static const char any[] = "00000000000000000000000000000000 00 ";
  for (const char *line = table; *line; line = next_line(line)) {
    unsigned flags;
    char device[IF_NAMESIZE];
    if (!text_starts(line, any)) continue;
    if (sscanf(line + strlen(any), "%*32s %*2s %*32s %*8s %*8s %*8s %x %15s", &flags, device) != 2) continue;
    if ((flags & RTF_UP) && !(flags & RTF_REJECT) && !text_equal(device, "lo")) return true; /* the kernel keeps a refusing one on lo */
  }
  return false;
}

/* --- links ----------------------------------------------------------------------------------------------------------------- */

/* Of the network that this process is in: /sys/class/net would show that in which /sys was mounted. Who may not ask has lost none. */
static bool any_link(void) {
  struct ifaddrs *all;
  if (getifaddrs(&all) < 0) return true;
  const unsigned wanted = IFF_UP | IFF_RUNNING;
  bool found = false;
  for (const struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
    found = (one->ifa_flags & wanted) == wanted && !(one->ifa_flags & IFF_LOOPBACK);
  }
  freeifaddrs(all);
  return found;
}

/* --- the resolver ---------------------------------------------------------------------------------------------------------- */

char *own_side_nameserver(const char **text) {
  while (**text) {
    const char *line = *text;
    *text = next_line(line);
    line += strspn(line, " \t");
    if (!text_starts(line, "nameserver")) continue;
    line += strlen("nameserver");
    size_t blanks = strspn(line, " \t");
    if (blanks && strcspn(line + blanks, " \t\r\n#;")) return xstrndup(line + blanks, strcspn(line + blanks, " \t\r\n#;"));
  }
  return NULL;
}

size_t own_side_question(const char *name, uint16_t id, unsigned char *out, size_t size) {
  static const unsigned char one_question[] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, address[] = {0, 0, 1, 0, 1};
  size_t length = 12, total = strlen(name);
  if (total == 0 || total > 253 || 12 + total + 2 + sizeof address > size) return 0;
  out[0] = (unsigned char)(id >> 8);
  out[1] = (unsigned char)id;
  memcpy(out + 2, one_question, sizeof one_question);
  for (const char *label = name; *label;) {
    size_t letters = strcspn(label, ".");
    if (letters == 0 || letters > 63) return 0;
    out[length++] = (unsigned char)letters;
    memcpy(out + length, label, letters);
    length += letters;
    label += letters + (label[letters] == '.');
  }
  memcpy(out + length, address, sizeof address);
  return length + sizeof address;
}

bool own_side_is_answer(const unsigned char *bytes, size_t length, uint16_t id) {
  return length >= 12 && bytes[0] == id >> 8 && bytes[1] == (id & 0xFF) && (bytes[2] & 0x80);
}

/* A connected socket: so that a refusal is heard of, and nobody else can answer. */
static int server_connect(const char *address) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(53)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
  auto_free char *plain = xstrndup(address, strcspn(address, "%"));
  bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
  if (!is_v4 && inet_pton(AF_INET6, plain, &v6.sin6_addr) != 1) return -1;
  if (!is_v4 && strchr(address, '%')) v6.sin6_scope_id = if_nametoindex(strchr(address, '%') + 1);
  int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6, is_v4 ? sizeof v4 : sizeof v6) == 0) return fd;
  close(fd);
  return -1;
}

static bool wait_answer(struct pollfd *sockets, size_t count, uint16_t id) {
  size_t open = count;
  for (int datagrams = 0; open > 0 && datagrams < DATAGRAMS_LIMIT; datagrams++) {
    if (poll(sockets, count, (int)(OWN_SIDE_PATIENCE * 1000)) <= 0) return false;
    for (size_t i = 0; i < count; i++) {
      unsigned char bytes[512];
      if (sockets[i].fd < 0 || !sockets[i].revents) continue;
      ssize_t length = recv(sockets[i].fd, bytes, sizeof bytes, 0);
      if (length > 0 && own_side_is_answer(bytes, (size_t)length, id)) return true;
      if (length > 0) continue;
      close(sockets[i].fd); /* refused */
      sockets[i].fd = -1;
      open--;
    }
  }
  return false;
}

static bool ask_servers(struct pollfd *sockets, size_t count, const char *name) {
  uint16_t id = 0;
  unsigned char question[300];
  if (getrandom(&id, sizeof id, 0) < 0) id = (uint16_t)getpid();
  size_t length = own_side_question(name, id, question, sizeof question);
  if (length == 0) return true; /* nothing that could be asked */
  for (int tries = 0; tries < 2; tries++) {
    bool sent = false;
    for (size_t i = 0; i < count; i++) sent |= sockets[i].fd >= 0 && send(sockets[i].fd, question, length, 0) > 0;
    if (!sent) return false;
    if (wait_answer(sockets, count, id)) return true;
  }
  return false;
}

static bool resolver_answers(const char *name) {
  auto_text struct text file = {0};
  struct pollfd sockets[OWN_SIDE_SERVERS];
  size_t count = 0;
  read_limited("/etc/resolv.conf", &file);
  const char *rest = text_get(&file);
  char *address;
  while (count < OWN_SIDE_SERVERS && (address = own_side_nameserver(&rest))) {
    sockets[count++] = (struct pollfd){.fd = server_connect(address), .events = POLLIN};
    free(address);
  }
  if (!count) sockets[count++] = (struct pollfd){.fd = server_connect("127.0.0.1"), .events = POLLIN};
  bool answers = ask_servers(sockets, count, name);
  for (size_t i = 0; i < count; i++) {
    if (sockets[i].fd >= 0) close(sockets[i].fd);
  }
  return answers;
}

void own_side_look(const char *name, struct own_side *ret_side) {
  auto_text struct text v4 = {0}, v6 = {0};
  read_limited("/proc/net/route", &v4);
  read_limited("/proc/net/ipv6_route", &v6);
  *ret_side = (struct own_side){.link = any_link(),
                                .route = own_side_route_v4(text_get(&v4)) || own_side_route_v6(text_get(&v6)),
                                .resolver = !name || resolver_answers(name),
                                .asked = name != NULL};
}
