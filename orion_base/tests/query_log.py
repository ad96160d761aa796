from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def logged_queries(env):
    """The statements that are run in here, as a list that grows."""
    queries = []
    cursor_class = type(env.cr)
    execute = cursor_class.execute

    def note(cursor, query, params=None, log_exceptions=True):
        queries.append(str(query))
        return execute(cursor, query, params, log_exceptions)

    with patch.object(cursor_class, "execute", note):
        yield queries
