/** The lines of a migration's functions, without indentation; the parameter is `knex`. */
export interface MigrationBody {
  readonly up: readonly string[];
  readonly down: readonly string[];
}
