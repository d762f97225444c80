"""PostgreSQL's parameters: TLS for everyone, and a record of what is slow.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
"""

SLOW_QUERY_MILLISECONDS = 1000

PARAMETERS: dict[str, str] = {
    "rds.force_ssl": "1",
    "log_min_duration_statement": str(SLOW_QUERY_MILLISECONDS),
    # Every change of the schema; the data of other statements stays out of the log.
    "log_statement": "ddl",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_lock_waits": "1",
    "log_temp_files": "10240",
}


def family(engine_version: str) -> str:
    """The parameter group family of a major version: "16" → "postgres16"."""
    return f"postgres{engine_version.partition('.')[0]}"
