"""Lists of acts that many rows refuse."""

NO_COLLECT = ["collect", "clear-collect"]
NO_ENV = ["restart web"]
RESET = ["restart web", "down -v"]
# severities of findings
CRITICAL, WARNING = "critical", "warning"
