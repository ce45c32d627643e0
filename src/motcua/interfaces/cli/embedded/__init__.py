"""The embedded PostgreSQL: for machines that have no server, started when needed and gone when nobody needs it.

Every process that uses it holds a shared lock on ``MOTCUA_HOME/run/clients``. A supervisor (one per home) starts
the server, restarts it when it dies and stops it soon after the last lock is gone. Locks are the kernel's, so
that ``kill -9`` of any client counts as leaving; the server itself dies with its supervisor.

Linux only, as are its two means: ``flock`` and ``PR_SET_PDEATHSIG``. Elsewhere set ``DATABASE_URL``.
"""
