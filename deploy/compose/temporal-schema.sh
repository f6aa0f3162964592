#!/bin/sh
# Brings Temporal's two databases to the schema of this release of its tools. Repeating it changes nothing.
# Address, user and password come from SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

up_to_date() {
    temporal-sql-tool --database "$1" setup-schema --version 0.0
    temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

up_to_date temporal temporal
up_to_date temporal_visibility visibility
