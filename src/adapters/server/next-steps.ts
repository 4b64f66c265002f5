// Advice for people whose migration met an error of the server.

export const ALREADY_THERE =
  'The migration was applied in part, or by hand. Compare the database with the migration; then remove the leftover, or guard the statement (hasTable, hasColumn, IF NOT EXISTS). A retry resumes this migration.';
export const NOT_THERE =
  'Compare the database with the migrations recorded in knex_migrations: something was changed by hand, or a migration is missing.';
export const PRIVILEGES =
  'Grant the migrating user the privilege named in the message, on this database.';
export const FOREIGN_KEY =
  'Both columns need the same type, sign, character set and collation, and the referenced column needs an index (a unique one since MySQL 8.4).';
export const FOREIGN_KEY_IN_USE =
  'Drop the foreign key named in the message in an earlier statement.';
export const DATA =
  'Fix the rows that the change does not allow, or change the migration to allow them.';
export const AGAIN = 'Run the migration again when the other session has finished.';
export const ROOM = 'Free disk space on the database server; then run the migration again.';
export const READ_ONLY =
  'Wait for the failover to end, or point dbHost at the writer. Some services also make a server read-only when it runs out of storage.';
export const SCHEMA_READ_ONLY =
  'The schema has been made read-only, perhaps to copy it. Wait, or run ALTER SCHEMA … READ ONLY = 0.';
export const OWN_READ_LOCK =
  'The migration itself holds FLUSH TABLES WITH READ LOCK: release it (UNLOCK TABLES) before it writes.';
export const NOT_READY =
  "Wait until the cluster has a primary and this node is part of it; if that does not happen, check the database server's log.";
export const OVERLOADED =
  'Lower --concurrency or set --max-per-host, or give the server more memory.';
export const TOO_LARGE =
  'Change fewer rows in one transaction (transaction: false and batches), or raise the limit named in the message.';
export const FORBIDDEN =
  'A setting of the server or its cluster forbids this statement (see the message): change the migration or the setting.';
export const TIME =
  'The server limits how long a statement may run: raise max_statement_time (MariaDB) or max_execution_time (MySQL) for the migrating user, or change less with one statement.';
export const LIMIT =
  'The account has reached its hourly limit (MAX_QUERIES_PER_HOUR, MAX_UPDATES_PER_HOUR): wait, or raise the limit named in the message.';
export const DELIMITER =
  'DELIMITER is a command of the mysql shell, which no server understands: remove it, and send each CREATE PROCEDURE, FUNCTION or TRIGGER in a separate knex.raw(), with plain semicolons in its body.';
export const NOT_SYNCED =
  'Wait until the node is synced (wsrep_local_state_comment), or point dbHost at another node of the cluster.';
