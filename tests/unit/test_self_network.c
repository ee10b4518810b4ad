/* ejmon's own side of the network: how it is read, where targets stand, and when what falls is doubted; under a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "self_world.h"

static struct self_world world;
static const char *const far_away[] = {"https://a.example/", "https://b.example/", "https://c.example/", "192.0.2.1:5432", NULL};

static void begin(const char *const *targets, size_t of_stack) {
  world = (struct self_world){0};
  world_start(&world, targets, of_stack);
  world_run(&world, 60);
}

static int end(void **state) {
  (void)state;
  world_end(&world);
  return 0;
}

static void fall(size_t from, size_t to) {
  for (size_t i = from; i < to; i++) world.down[i] = true;
}

#define assert_told(event, code, times) assert_int_equal(told(&world, event, (code).name), times)

static void assert_quiet(void) {
  assert_null(world.doubt);
  assert_told("triggered", EJMON_NETWORK_GONE, 0);
  assert_told("triggered", EJMON_MANY_FALL, 0);
}

/* --- its network is gone --------------------------------------------------------------------------------------------------- */

static void a_link_that_was_there_and_is_gone_is_doubt_and_told(void **state) {
  (void)state;
  begin(far_away, 0);
  world.side = (struct own_side){.asked = true};
  fall(0, 4);
  world_run(&world, 15);
  assert_non_null(strstr(world.doubt, "no link"));
  world_run(&world, 75);
  assert_told("triggered", EJMON_NETWORK_GONE, 1);
  assert_told("triggered", EJMON_MANY_FALL, 0);
  assert_told("triggered", target_down, 4); /* delayed, not dropped */
  world.side = (struct own_side){.link = true, .route = true, .resolver = true, .asked = true};
  for (size_t i = 0; i < 4; i++) world.down[i] = false;
  world_run(&world, 20);
  assert_null(world.doubt);
  assert_told("resolved", EJMON_NETWORK_GONE, 1);
}

static void each_part_is_named(void **state) {
  (void)state;
  static const struct {
    struct own_side side;
    const char *want;
  } rows[] = {{{.route = true, .resolver = true, .asked = true}, "no link"},
              {{.link = true, .resolver = true, .asked = true}, "no default route"},
              {{.link = true, .route = true, .asked = true}, "resolver"}};
  for (size_t i = 0; i < countof(rows); i++) {
    begin(far_away, 0);
    world.side = rows[i].side;
    fall(0, 1);
    world_run(&world, 30);
    assert_non_null(strstr(world.doubt, rows[i].want));
    if (i + 1 < countof(rows)) world_end(&world);
  }
}

static void a_part_that_is_gone_while_all_is_well_is_no_fault(void **state) {
  (void)state;
  begin(far_away, 0);
  world.side = (struct own_side){.asked = true};
  world_run(&world, 300);
  assert_quiet();
}

static void one_datagram_that_is_lost_is_no_fault(void **state) {
  (void)state;
  begin(far_away, 0);
  fall(0, 1);
  for (int i = 0; i < 30; i++) {
    world.side.resolver = i % 2;
    world_run(&world, 3);
    assert_null(world.doubt);
  }
}

static void loopback_needs_no_network(void **state) {
  (void)state;
  static const char *const local[] = {"http://127.0.0.1:8000/", "http://[::1]/", "localhost:5432", "/var/lib/ej", NULL};
  begin(local, 0);
  world.side = (struct own_side){.asked = true};
  fall(0, 4);
  world_run(&world, 300);
  assert_quiet();
}

static void a_docker_network_needs_no_default_route(void **state) {
  (void)state;
  static const char *const internal[] = {"http://web:8000/", "postgres:5432", "172.18.0.4:27017", NULL};
  begin(internal, 0);
  world.side.route = false;
  fall(0, 3);
  world_run(&world, 300);
  assert_quiet();
}

static void a_deployment_without_a_default_route_has_lost_none(void **state) {
  (void)state;
  world = (struct self_world){0};
  world_start(&world, (const char *const[]){"https://a.example/", "https://b.example/", NULL}, 0);
  world.side.route = false;
  world_run(&world, 60);
  fall(0, 2);
  world_run(&world, 300);
  assert_quiet();
}

/* --- many fall ------------------------------------------------------------------------------------------------------------- */

/* Its own side never worked in this life: nothing is gone, and all falls. */
static void begin_cut_off(const char *const *targets, size_t of_stack) {
  world = (struct self_world){0};
  world_start(&world, targets, of_stack);
  world.side = (struct own_side){.asked = true};
  world_run(&world, 60);
}

static void most_that_fall_at_once_are_doubted_while_its_own_side_fails(void **state) {
  (void)state;
  begin_cut_off(far_away, 0);
  fall(0, 3);
  world_run(&world, 15);
  assert_non_null(strstr(world.doubt, "3 of 4 subjects on different hosts fell at once"));
  world_run(&world, 80);
  assert_told("triggered", EJMON_MANY_FALL, 1);
  assert_told("triggered", target_down, 3);
  world.side = (struct own_side){.link = true, .route = true, .resolver = true, .asked = true};
  world_run(&world, 20);
  assert_null(world.doubt);
  assert_told("resolved", EJMON_MANY_FALL, 1);
}

static void many_that_fall_are_not_doubted_while_its_own_side_is_well(void **state) {
  (void)state;
  begin(far_away, 0);
  fall(0, 4);
  world_run(&world, 15);
  assert_quiet();
  assert_told("triggered", target_down, 4);
}

static void one_stack_that_falls_is_never_doubt(void **state) {
  (void)state;
  static const char *const stack[] = {"https://a.example/", "https://b.example/", "https://c.example/", "postgres:5432", "web:8000", NULL};
  begin_cut_off(stack, 5);
  fall(0, 5);
  world_run(&world, 300);
  assert_quiet();
}

static void containers_of_one_docker_network_are_one_host(void **state) {
  (void)state;
  static const char *const containers[] = {"http://web:8000/", "postgres:5432", "http://rocketchat:3000/", "mongo:27017", NULL};
  begin_cut_off(containers, 0);
  fall(0, 4);
  world_run(&world, 300);
  assert_quiet();
}

static void checks_of_the_stacks_own_hosts_count_as_the_stack(void **state) {
  (void)state;
  static const char *const targets[] = {"https://a.example/",
                                        "https://b.example/",
                                        "https://c.example/",
                                        "https://a.example/x",
                                        "https://b.example/x",
                                        "https://c.example/x",
                                        NULL};
  begin_cut_off(targets, 3);
  fall(0, 6);
  world_run(&world, 300);
  assert_quiet();
}

static void the_lesser_part_that_falls_is_not_doubted(void **state) {
  (void)state;
  static const char *const seven[] = {"a.example:1", "b.example:1", "c.example:1", "d.example:1", "e.example:1", "f.example:1", NULL};
  begin_cut_off(seven, 0);
  fall(0, 3);
  world_run(&world, 300);
  assert_quiet();
}

static void what_falls_one_after_the_other_is_not_doubted(void **state) {
  (void)state;
  begin_cut_off(far_away, 0);
  for (size_t i = 0; i < 4; i++) {
    fall(i, i + 1);
    world_run(&world, 60);
  }
  assert_quiet();
}

/* --- where targets stand --------------------------------------------------------------------------------------------------- */

static void hosts_are_read_from_all_kinds_of_targets(void **state) {
  (void)state;
  static const struct {
    const char *target, *host;
    enum reach reach;
    bool named;
  } rows[] = {
      {"https://EJ.example/login", "ej.example", REACH_FAR, true},
      {"https://user:p%40ss@ej.example:8443/?a=b@c", "ej.example", REACH_FAR, true},
      {"postgres://ej:[hidden]@db:5432/ej", "db", REACH_LINK, true},
      {"mongodb://10.1.2.3:27017,10.1.2.4/ej", "10.1.2.3", REACH_LINK, false},
      {"http://[2001:db8::1]:80/", "2001:db8::1", REACH_FAR, false},
      {"[fd00::1]:5432", "fd00::1", REACH_LINK, false},
      {"http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", REACH_LOCAL, false},
      {"127.1.2.3:80", "127.1.2.3", REACH_LOCAL, false},
      {"172.31.255.255:80", "172.31.255.255", REACH_LINK, false},
      {"172.32.0.0:80", "172.32.0.0", REACH_FAR, false},
      {"http://web.localhost/", "web.localhost", REACH_LOCAL, false},
      {"/var/run/postgresql", NULL, REACH_LOCAL, false},
      {"web", NULL, REACH_LOCAL, false},
      {"unix:/run/x.sock", NULL, REACH_LOCAL, false},
      {"http://[::1", NULL, REACH_LOCAL, false},
      {"http://", NULL, REACH_LOCAL, false},
      {"", NULL, REACH_LOCAL, false},
      {NULL, NULL, REACH_LOCAL, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *host = where_host(rows[i].target);
    if (!text_equal(host, rows[i].host)) fail_msg("the host of %s is %s", rows[i].target, host ? host : "none");
    bool named;
    if (host && where_reach(host, &named) != rows[i].reach) fail_msg("%s stands elsewhere", host);
    if (host) assert_int_equal(named, rows[i].named);
  }
}

static const struct whereabouts *find(const struct where *where, const char *subject) {
  size_t place = 0;
  return where_next(where, subject, &place);
}

static void all_are_found_in_one_walk(void **state) {
  (void)state;
  struct where where = {0};
  where_add(&where, "c", "http://192.0.2.3/", 10);
  where_add(&where, "a", "http://192.0.2.1/", 10);
  where_add(&where, "e", "http://192.0.2.5/", 10);
  where_finish(&where, "stack");
  static const char *const subjects[] = {"a", "b", "c", "d", "e", "f"};
  size_t place = 0;
  for (size_t i = 0; i < countof(subjects); i++) {
    const struct whereabouts *found = where_next(&where, subjects[i], &place);
    assert_true(i % 2 ? !found : found && text_equal(found->subject, subjects[i]));
  }
  where_free(&where);
}

static void a_subject_of_several_checks_stands_where_its_farthest_target_does(void **state) {
  (void)state;
  struct where where = {0};
  where_add(&where, "stack", "postgres:5432", 10);
  where_add(&where, "stack", "/etc/config.env", 60);
  where_add(&where, "stack", "http://192.0.2.7/", 10);
  where_add(&where, "api", "http://192.0.2.7:8080/", 10);
  where_add(&where, "other", "http://192.0.2.8/", 10);
  where_finish(&where, "stack");
  assert_int_equal(where.count, 3);
  const struct whereabouts *stack = find(&where, "stack");
  assert_int_equal(stack->reach, REACH_FAR);
  assert_true(stack->named);
  assert_true(stack->interval == 60);
  assert_int_equal(find(&where, "api")->host, stack->host);
  assert_int_not_equal(find(&where, "other")->host, stack->host);
  assert_null(find(&where, "none"));
  assert_string_equal(where.name, "postgres");
  where_free(&where);
}

/* --- how its own side is read ---------------------------------------------------------------------------------------------- */

#define V4 "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define ANY "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "

static void a_default_route_is_read_from_the_kernels_tables(void **state) {
  (void)state;
  assert_true(own_side_route_v4(
      V4 "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"));
  assert_false(own_side_route_v4(V4 "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"));
  assert_false(own_side_route_v4(V4 "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"));    /* unreachable default */
  assert_false(own_side_route_v4(V4 "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n")); /* 0.0.0.0/1 */
  assert_false(own_side_route_v4(""));
  assert_true(own_side_route_v6(ANY "fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n"));
  assert_false(own_side_route_v6(ANY "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"));
  assert_false(
      own_side_route_v6("fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
                        "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"));
}

static void name_servers_are_read_as_the_c_library_does(void **state) {
  (void)state;
  const char *text =
      "# made by x\nsearch example\nnameserver 127.0.0.11\nnameserver\t2001:db8::1 # second\nnameserver\n nameserver fe80::1%eth0\noptions ndots:0";
  static const char *const want[] = {"127.0.0.11", "2001:db8::1", "fe80::1%eth0"};
  for (size_t i = 0; i < countof(want); i++) {
    auto_free char *address = own_side_nameserver(&text);
    assert_string_equal(address, want[i]);
  }
  assert_null(own_side_nameserver(&text));
}

static void a_question_is_as_rfc_1035_has_it(void **state) {
  (void)state;
  unsigned char out[300];
  static const unsigned char want[] =
      "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02"
      "ej\x07"
      "example\x00\x00\x01\x00\x01";
  assert_int_equal(own_side_question("ej.example", 0x1234, out, sizeof out), sizeof want - 1);
  assert_memory_equal(out, want, sizeof want - 1);
  assert_int_equal(own_side_question("ej.example.", 0x1234, out, sizeof out), sizeof want - 1);
  char many[300] = "";
  memset(many, 'a', 64);
  assert_int_equal(own_side_question(many, 1, out, sizeof out), 0);
  memset(many, 'a', 254);
  for (size_t i = 1; i < 254; i += 2) many[i] = '.';
  many[254] = '\0';
  assert_int_equal(own_side_question(many, 1, out, sizeof out), 0);
  assert_int_equal(own_side_question("", 1, out, sizeof out), 0);
  assert_int_equal(own_side_question("a..b", 1, out, sizeof out), 0);
  assert_int_equal(own_side_question("ej.example", 1, out, 20), 0);
  out[2] |= 0x80;
  assert_false(own_side_is_answer(out, 11, 0x1234));
  assert_true(own_side_question("ej.example", 0x1234, out, sizeof out) > 12);
  assert_false(own_side_is_answer(out, 12, 0x1234)); /* the question itself */
  out[2] |= 0x80;
  assert_true(own_side_is_answer(out, 12, 0x1234));
  assert_false(own_side_is_answer(out, 12, 0x1235));
}

#define STORY(name) cmocka_unit_test_teardown(name, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      STORY(a_link_that_was_there_and_is_gone_is_doubt_and_told),
      STORY(each_part_is_named),
      STORY(a_part_that_is_gone_while_all_is_well_is_no_fault),
      STORY(one_datagram_that_is_lost_is_no_fault),
      STORY(loopback_needs_no_network),
      STORY(a_docker_network_needs_no_default_route),
      STORY(a_deployment_without_a_default_route_has_lost_none),
      STORY(most_that_fall_at_once_are_doubted_while_its_own_side_fails),
      STORY(many_that_fall_are_not_doubted_while_its_own_side_is_well),
      STORY(one_stack_that_falls_is_never_doubt),
      STORY(containers_of_one_docker_network_are_one_host),
      STORY(checks_of_the_stacks_own_hosts_count_as_the_stack),
      STORY(the_lesser_part_that_falls_is_not_doubted),
      STORY(what_falls_one_after_the_other_is_not_doubted),
      cmocka_unit_test(hosts_are_read_from_all_kinds_of_targets),
      cmocka_unit_test(a_subject_of_several_checks_stands_where_its_farthest_target_does),
      cmocka_unit_test(all_are_found_in_one_walk),
      cmocka_unit_test(a_default_route_is_read_from_the_kernels_tables),
      cmocka_unit_test(name_servers_are_read_as_the_c_library_does),
      cmocka_unit_test(a_question_is_as_rfc_1035_has_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
