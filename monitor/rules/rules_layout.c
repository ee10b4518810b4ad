/* Causes in the content of Rocket.Chat's pages. Data only, no plan: what was meant only people know. */
#include "monitor/rules/table.h"

const struct rule rules_layout[] = {
    {.code = "rocket/layout-drifted",
     .summary = "Rocket.Chat's home page, style or script has drifted from the versioned files.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 1,
     .all = LIST("layout/drifted"),
     .refused =
         (const struct rule_refusal[]){
             {"edit MongoDB", "browsers with a warm cache never fetch it, and newer servers keep the old value until a restart"},
             {"mongo_script.js", "run as the guide writes it, it works on the database test and changes nothing"},
             {NULL, NULL}},
     .by_hand = LIST(
         "# Rocket.Chat > Administration > Layout: paste the file's content, save; or put Rocket.Chat's into the repository; or by REST:",
         "python3 -c \"import json; print(json.dumps({'value': open('Layout_Home_Body.html').read()}))\" | curl -s -H \"X-Auth-Token: $TOKEN\" "
         "-H \"X-User-Id: $USER_ID\" -H 'Content-Type: application/json' -d @- https://<chat>/api/v1/settings/Layout_Home_Body"),
     .explain = {.title = "The chat's pages are not as they were agreed on",
                 .meaning = "Visitors see other words, colours or behaviour in the chat than the repository says.",
                 .why = "A change in the administration was not put into the repository, or the other way round, or an upgrade reset it.",
                 .heals = "Bringing both to what is meant.",
                 .heals_not = "MongoDB; the guide's script without a database's name.",
                 .refs = LIST("guide \"Rocket.Chat style and options\"", "rocket 4", "rocket 6.1")}},
    {.code = NULL},
};
