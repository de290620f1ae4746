"""The spellings that the flat summary is read by, in order of preference."""

# fmt: off
# a status in words
STATUS = ("status", "state", "current_status", "current_state", "overall_status", "overall", "health",
    "last_status")
# a yes/no field, yes is good
GOOD = ("up", "is_up", "currently_up", "healthy", "is_healthy", "ok", "online", "available", "alive",
    "success", "passing")
# yes is bad
BAD = ("down", "is_down", "failing", "offline")
# an object with the last check
LAST = ("last_check", "latest", "current", "last", "last_result", "latest_check")
# failures in a row
ROW = ("consecutive_failures", "current_failures", "failures_in_a_row", "consecutive_failed_checks",
    "failing_checks")
# counts
TOTAL = ("total_checks", "checks_total", "total", "checks", "check_count", "samples")
FAILED = ("failed_checks", "checks_failed", "failed", "failures", "failure_count", "failed_count",
    "down_checks", "errors")
PASSED = ("successful_checks", "passed_checks", "ok_checks", "up_checks", "checks_ok", "passed",
    "successes", "successful")
FAILURE = ("last_failure", "last_failure_at", "last_failed", "last_down", "last_outage", "last_error_at")
# an HTTP status
CODE = ("status_code", "http_status", "http_code", "last_status_code", "status", "state", "current_status",
    "current_state", "overall_status", "overall", "health", "last_status")
# percent
UPTIME = ("uptime_percent", "uptime_percentage", "uptime_pct", "availability_percent", "availability_pct")
# 0 to 1
RATIO = ("uptime_ratio", "availability_ratio")
TIMES = ("timestamp", "generated_at", "generated", "updated_at", "last_updated", "updated", "checked_at",
    "last_check_at", "last_check_time", "last_checked", "last_checked_at", "last_check", "time", "ts",
    "date", "now", "at")
# Of these what is no time is a broken one; `time`, `date` or `at` may mean anything.
SURELY_TIMES = ("timestamp", "generated_at", "updated_at", "last_updated", "checked_at", "last_check_at",
    "last_check_time", "last_checked", "last_checked_at")
# seconds
INTERVAL = ("interval_s", "interval_seconds", "check_interval_s", "check_interval_seconds",
    "check_interval", "interval")
# minutes
MINUTES = ("interval_minutes", "interval_min", "check_interval_minutes", "check_interval_min")
NAME = ("name", "title", "service", "monitor", "site", "host", "target", "url")
LATENCY = ("latency_ms", "response_time_ms", "avg_response_time_ms", "avg_response_ms", "avg_latency_ms",
    "response_ms")
# the object that holds the facts
INNER = ("summary", "stats")
# children, one target each
MANY = ("targets", "services", "endpoints", "monitors", "sites", "components", "hosts", "checks")
# fmt: on
