# Executed over the settings when the theme is cpa.
EJ_PAGE_TITLE = "Plataforma CPA"
