"""The documents of rocketchat_settings and users that a fresh Rocket.Chat of one version holds; it writes nothing.

Section 4 gives ids, types and defaults, section 6.1 the shape. Settings outside section 4 are here so that not all of the four
iframe settings are among the first 50 public ones, sorted by id: a probe that reads one page only must be caught.
"""
import datetime

BOTH, NEW = "both", "new"

# (id, type, default, public, group, section, which versions)
TABLE = [
    ("API_Enable_CORS", "boolean", False, False, "General", "REST_API", BOTH),
    ("API_CORS_Origin", "string", "*", False, "General", "REST_API", BOTH),
    ("API_Upper_Count_Limit", "int", 100, False, "General", "REST_API", BOTH),
    ("API_Default_Count", "int", 50, False, "General", "REST_API", BOTH),
    ("API_Allow_Infinite_Count", "boolean", True, False, "General", "REST_API", BOTH),
    ("API_Enable_Personal_Access_Tokens", "boolean", False, True, "General", "REST_API", BOTH),
    ("API_Enable_Rate_Limiter", "boolean", True, False, "Rate_Limiter", "API_Rate_Limiter", NEW),
    ("API_Enable_Rate_Limiter_Limit_Calls_Default", "int", 10, False, "Rate_Limiter", "API_Rate_Limiter", BOTH),
    ("API_Enable_Rate_Limiter_Limit_Time_Default", "int", 60000, False, "Rate_Limiter", "API_Rate_Limiter", BOTH),
    ("Accounts_iframe_enabled", "boolean", False, True, "Accounts", "Iframe", BOTH),
    ("Accounts_iframe_url", "string", "", True, "Accounts", "Iframe", BOTH),
    ("Accounts_Iframe_api_url", "string", "", True, "Accounts", "Iframe", BOTH),
    ("Accounts_Iframe_api_method", "string", "POST", True, "Accounts", "Iframe", BOTH),
    ("Accounts_AllowUsernameChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowEmailChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowPasswordChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowRealNameChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowUserProfileChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowUserAvatarChange", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_AllowDeleteOwnAccount", "boolean", False, True, "Accounts", None, BOTH),
    ("Accounts_AllowPasswordChangeForOAuthUsers", "boolean", True, True, "Accounts", None, NEW),
    ("Accounts_AllowUserStatusMessageChange", "boolean", True, True, "Accounts", None, NEW),
    ("Accounts_AllowEmailNotifications", "boolean", True, True, "Accounts", None, NEW),
    ("Accounts_PasswordReset", "boolean", True, True, "Accounts", "Registration", BOTH),
    ("Accounts_ShowFormLogin", "boolean", True, True, "Accounts", None, BOTH),
    ("Accounts_RegistrationForm", "select", "Public", True, "Accounts", "Registration", BOTH),
    ("Accounts_RegistrationForm_SecretURL", "string", "lab-not-a-secret", False, "Accounts", "Registration", BOTH),
    ("Accounts_AllowAnonymousRead", "boolean", False, True, "Accounts", None, BOTH),
    ("Accounts_AllowAnonymousWrite", "boolean", False, True, "Accounts", None, BOTH),
    ("Accounts_LoginExpiration", "int", 90, True, "Accounts", None, BOTH),
    ("Accounts_TwoFactorAuthentication_Enabled", "boolean", True, True, "Accounts", "Two Factor Authentication", BOTH),
    ("Accounts_TwoFactorAuthentication_By_TOTP_Enabled", "boolean", True, True, "Accounts", "Two Factor Authentication", NEW),
    ("Accounts_TwoFactorAuthentication_By_Email_Enabled", "boolean", True, True, "Accounts", "Two Factor Authentication", NEW),
    ("Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In", "boolean", True, False, "Accounts", "Two Factor Authentication", NEW),
    ("Accounts_TwoFactorAuthentication_Enforce_Password_Fallback", "boolean", True, True, "Accounts", "Two Factor Authentication", NEW),
    ("Accounts_TwoFactorAuthentication_RememberFor", "int", 1800, False, "Accounts", "Two Factor Authentication", NEW),
    ("Block_Multiple_Failed_Logins_Enabled", "boolean", True, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_By_User", "boolean", True, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User", "int", 10, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes", "int", 5, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_By_Ip", "boolean", True, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip", "int", 50, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes", "int", 5, False, "Accounts", "Login_Attempts", NEW),
    ("Block_Multiple_Failed_Logins_Ip_Whitelist", "string", "", False, "Accounts", "Login_Attempts", NEW),
    ("Iframe_Integration_send_enable", "boolean", False, True, "General", "Iframe_Integration", BOTH),
    ("Iframe_Integration_receive_enable", "boolean", False, True, "General", "Iframe_Integration", BOTH),
    ("Iframe_Integration_send_target_origin", "string", "*", True, "General", "Iframe_Integration", BOTH),
    ("Iframe_Integration_receive_origin", "string", "*", True, "General", "Iframe_Integration", BOTH),
    ("Iframe_Restrict_Access", "boolean", True, False, "General", "Iframe_Integration", NEW),
    ("Iframe_X_Frame_Options", "string", "sameorigin", False, "General", "Iframe_Integration", NEW),
    ("Enable_CSP", "boolean", True, False, "General", None, NEW),
    ("Extra_CSP_Domains", "string", "", False, "General", None, NEW),
    ("Site_Url", "string", "", True, "General", None, BOTH),
    ("Site_Name", "string", "Rocket.Chat", True, "General", None, BOTH),
    ("Force_SSL", "boolean", False, True, "General", None, BOTH),
    ("Show_Setup_Wizard", "select", "completed", True, "Setup_Wizard", None, BOTH),
    ("Prometheus_Enabled", "boolean", False, False, "Logs", "Prometheus", BOTH),
    ("Prometheus_Port", "string", 9458, False, "Logs", "Prometheus", BOTH),
    ("LDAP_Enable", "boolean", False, True, "LDAP", None, BOTH),
    ("Layout_Home_Title", "string", "Home", True, "Layout", "Content", BOTH),
    ("Layout_Home_Body", "code", "", True, "Layout", "Content", BOTH),
    ("Layout_Home_Custom_Block_Visible", "boolean", False, True, "Layout", "Content", NEW),
    ("Layout_Custom_Body_Only", "boolean", False, True, "Layout", "Content", NEW),
    ("theme-custom-css", "code", "", True, "Layout", "Custom_CSS", BOTH),
    ("Custom_Script_Logged_In", "code", "//Add your script", True, "Layout", "Custom_Scripts", BOTH),
    ("Custom_Script_Logged_Out", "code", "//Add your script", True, "Layout", "Custom_Scripts", BOTH),
    ("Custom_Script_On_Logout", "code", "//Add your script", True, "Layout", "Custom_Scripts", NEW),
    ("Restart", "action", "restart_server", False, "General", None, BOTH),
]

# Public settings that sort before Accounts_iframe_*, as on a real server.
OAUTH = ("Apple Dolphin Drupal Facebook Github GitHub_Enterprise Gitlab Google Linkedin Meteor Nextcloud Proxy Tokenpass Twitter "
         "Wordpress").split()
FILLERS = (["Accounts_OAuth_" + name for name in OAUTH]
           + ["Accounts_OAuth_%s_merge_users" % name for name in OAUTH]
           + ["Accounts_Default_User_Preferences_" + name for name in (
               "autoImageLoad collapseMediaByDefault convertAsciiEmoji desktopNotifications emailNotificationMode enableAutoAway "
               "groupByType hideAvatars hideFlexTab hideRoles hideUsernames mobileNotifications muteFocusedConversations "
               "saveMobileBandwidth sidebarShowFavorites sidebarShowUnread unreadAlert useEmojis").split()])

OLD_HOME = "<p>Welcome to Rocket.Chat!</p>\n<p>The Rocket.Chat desktops apps for Windows, macOS and Linux are available.</p>"


def configured_values(root_url, ej):
    """What the deployment guide's section "Configuring Rocket.Chat" makes an administrator set."""
    ej = ej.rstrip("/")
    return {
        "Site_Url": root_url,
        "Accounts_iframe_enabled": True,
        "Accounts_iframe_url": ej + "/talks/login/?next=/talks/",
        "Accounts_Iframe_api_url": ej + "/talks/api-login/",
        "Accounts_Iframe_api_method": "POST",
        "Accounts_AllowUsernameChange": False,
        "Accounts_AllowEmailChange": False,
        "Accounts_AllowPasswordChange": False,
    }


def document(facts, row, value, sorter, now):
    """One setting in the version's shape."""
    name, kind, default, public, group, section, _ = row
    doc = {
        "_id": name, "value": value, "packageValue": default, "valueSource": "packageValue", "type": kind, "group": group,
        "section": section, "public": public, "hidden": False, "blocked": False, "sorter": sorter,
        "i18nLabel": name, "i18nDescription": name + "_Description", "autocomplete": True,
        "ts": now, "createdAt": now, "_updatedAt": now,
    }
    if section is None:
        del doc["section"]
    if not facts.old:
        doc.update({"secret": False, "enterprise": False, "requiredOnWizard": False, "env": False})
    return doc


def rows(facts):
    exists = [row for row in TABLE if row[6] == BOTH or not facts.old]
    if not facts.restrict_access:
        exists = [row for row in exists if row[0] not in ("Iframe_Restrict_Access", "Iframe_X_Frame_Options")]
    return exists + [(name, "boolean", False, True, "Accounts", None, BOTH) for name in FILLERS]


def settings(facts, root_url, ej):
    """All documents of a fresh rocketchat_settings: groups first, then settings."""
    now = datetime.datetime.utcnow().replace(microsecond=0)
    values = configured_values(root_url, ej)
    if facts.old:
        values["Layout_Home_Body"] = OLD_HOME
    docs, groups = [], []
    for sorter, row in enumerate(rows(facts)):
        if row[4] not in groups:
            groups.append(row[4])
        docs.append(document(facts, row, values.get(row[0], row[2]), sorter, now))
    for sorter, name in enumerate(groups):
        group = {"_id": name, "type": "group", "i18nLabel": name, "i18nDescription": name + "_Description", "sorter": sorter,
                 "blocked": False, "hidden": False, "ts": now, "createdAt": now, "_updatedAt": now}
        docs.append(group)
    return docs
