// Advice for people whose migration met an error of the server.

export const ALREADY_THERE =
  'The migration was applied in part, or by hand. Compare what is there with the migration; then remove the leftover, or guard the statement (hasTable, hasColumn, IF NOT EXISTS). A retry resumes this migration.';
export const NOT_THERE =
  'Compare the database with the migrations that are recorded in knex_migrations: something was changed by hand, or a migration is missing.';
export const PRIVILEGES =
  'Grant the user that migrates the privilege that the message names, on this database.';
export const FOREIGN_KEY =
  'Both columns need the same type, sign, character set and collation, and the referenced one an index that is unique (MySQL since 8.4).';
export const FOREIGN_KEY_IN_USE =
  'Drop the foreign key that the message names first, in a statement before this one.';
export const DATA =
  'Fix the rows that the change cannot take, or change the migration to take them.';
export const AGAIN = 'Run it again when the other session is done.';
export const ROOM = 'Make room on the database server; then run it again.';
export const READ_ONLY =
  'Wait for the failover to end, or point dbHost at the writer. Some services also make a server read-only that is out of storage.';
export const SCHEMA_READ_ONLY =
  'Somebody has made the schema read-only, to copy it perhaps. Wait, or run ALTER SCHEMA … READ ONLY = 0.';
export const OWN_READ_LOCK =
  'The migration itself holds FLUSH TABLES WITH READ LOCK: release it (UNLOCK TABLES) before it writes.';
export const NOT_READY =
  "Wait until the cluster has a primary and this node is part of it; look at the database server's log if it stays so.";
export const OVERLOADED =
  'Lower --concurrency or set --max-per-host, or give the server more memory.';
export const TOO_LARGE =
  'Change fewer rows with one transaction (transaction: false and batches), or raise the limit that the message names.';
export const FORBIDDEN =
  'The settings of the server or its cluster forbid what the message says: change the migration, or the setting.';
export const TIME =
  'The server itself limits how long a statement may run: raise max_statement_time (MariaDB) or max_execution_time (MySQL) for the user that migrates, or change less with one statement.';
export const LIMIT =
  'The account may not do more within the hour (MAX_QUERIES_PER_HOUR, MAX_UPDATES_PER_HOUR): wait, or raise the limit that the message names.';
export const DELIMITER =
  'DELIMITER is a command of the mysql shell, which no server understands: leave it out, and send each CREATE PROCEDURE, FUNCTION or TRIGGER by a knex.raw() of its own, its body with plain semicolons.';
export const NOT_SYNCED =
  'Wait until the node is synced (wsrep_local_state_comment), or point dbHost at another one of the cluster.';
