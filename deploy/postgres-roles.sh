#!/bin/sh
# Run once by the PostgreSQL image, on an empty volume: the database and its two roles (docs/production.md).
# The owner migrates; the app role, which web and worker use, gets its rights from each migration.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_PASSWORD
CREATE ROLE nightdesk LOGIN PASSWORD :'owner_password';
CREATE ROLE nightdesk_app LOGIN PASSWORD :'app_password';
CREATE DATABASE nightdesk OWNER nightdesk;
SQL
