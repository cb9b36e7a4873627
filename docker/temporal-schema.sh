#!/bin/sh
# Brings both databases of Temporal up to the schema of this image's version. Every step is safe to repeat, so
# an upgrade of the server (one minor version at a time) runs the same job first.
set -eu

bring_up() {
  database=$1
  folder=$2
  tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS -p ${DB_PORT:-5432} -u $POSTGRES_USER --db $database"
  $tool create
  $tool setup-schema -v 0.0
  $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
}

bring_up temporal temporal
bring_up temporal_visibility visibility
