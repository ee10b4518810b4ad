/* The explanations of the layout check's codes; no logic. */
#include "checks/host/layout.h"

const struct code layout_drifted = {
    .name = "layout/drifted",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat's home page, style or script is not what the versioned files say",
        .meaning = "Visitors see other words, colours or behaviour in the chat than was agreed on. The login is not touched by it.",
        .looks =
            "A file of the folder, named after its setting (Layout_Home_Body.html, theme-custom-css.css, Custom_Script_Logged_In.js), and the public "
            "setting differ by more than the ends of lines; the evidence has the first line that does.",
        .why =
            "Somebody changed it in the administration without the repository, a change of the repository was never saved in Rocket.Chat, an "
            "upgrade reset it, or the guide's script ran on the database `test` and changed nothing.",
        .heals =
            "Decide which of the two is meant; then save the file's content in Administration > Layout, or put Rocket.Chat's into the repository.",
        .heals_not = "Writing into MongoDB: browsers with a warm cache never fetch it. Newer versions show Layout_Home_Body only with "
                     "Layout_Home_Custom_Block_Visible, whatever its content.",
        .by_hand =
            "curl -s 'https://<chat>/api/v1/settings.public?count=0' | python3 -c \"import json, sys; print(next(s['value'] for s in "
            "json.load(sys.stdin)['settings'] if s['_id'] == 'Layout_Home_Body'))\" | diff - Layout_Home_Body.html",
        .refs = REFS("guide \"Rocket.Chat style and options\"", "rocket 4", "rocket 6.2")}};

const struct code layout_unread = {
    .name = "layout/unread",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "The versioned files or Rocket.Chat's settings could not be read",
        .meaning = "Nothing for visitors; whether Rocket.Chat's pages are as agreed on is not watched.",
        .looks = "The folder does not exist here, a file is not readable, or Rocket.Chat did not answer with its settings.",
        .why =
            "The repository is not mounted where ejmon runs, its rights do not fit, or the rocketchat check says what is wrong with Rocket.Chat.",
        .heals = "Mount the folder read-only into ejmon's container; name it in stack.layout.",
        .heals_not = "Anything done to Rocket.Chat.",
        .by_hand = "ejmon conf show\nls -l the folder, as ejmon's user",
        .refs = REFS("guide \"Rocket.Chat style and options\"")}};

const struct code layout_empty = {.name = "layout/empty",
                                  .severity = SEVERITY_INFO,
                                  .layer = "ejmon",
                                  .explain = {.title = "The folder of versioned files has none that is named after a setting",
                                              .meaning = "Nothing for visitors; there is nothing to compare.",
                                              .looks = "No file begins with Layout_, theme-custom-css or Custom_Script_.",
                                              .why = "The files have other names, or stand in a folder below.",
                                              .heals = "Name each file after its setting, with any ending: Layout_Home_Body.html.",
                                              .by_hand = "ls the folder that stack.layout names",
                                              .refs = REFS("guide \"Rocket.Chat style and options\"", "rocket 4")}};

const struct code *const layout_codes[] = {&layout_drifted, &layout_unread, &layout_empty, NULL};
