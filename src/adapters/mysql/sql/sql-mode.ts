/** The parts of a session's `sql_mode` that affect how SQL is read. */
export interface SqlMode {
  /** NO_BACKSLASH_ESCAPES: a backslash in a string is an ordinary character. */
  readonly noBackslashEscapes: boolean;
  /** ANSI_QUOTES: double quotes enclose names, not strings. */
  readonly ansiQuotes: boolean;
  /**
   * IGNORE_SPACE: `now ()` is the built-in function; otherwise it is a stored function of that name. The
   * server's default is off, but the driver sets it on connecting unless its `flags` exclude it.
   */
  readonly ignoreSpace?: boolean;
}

/** The mode of a server with default settings. */
export const DEFAULT_SQL_MODE: SqlMode = { noBackslashEscapes: false, ansiQuotes: false };

/** Every combination in which a server may read quotes and backslashes. */
export const ALL_SQL_MODES: readonly SqlMode[] = [
  DEFAULT_SQL_MODE,
  { noBackslashEscapes: true, ansiQuotes: false },
  { noBackslashEscapes: false, ansiQuotes: true },
  { noBackslashEscapes: true, ansiQuotes: true },
];

/**
 * Combination modes, which include ANSI_QUOTES and IGNORE_SPACE (MySQL and MariaDB: "SQL Modes"). Servers
 * list the included modes in `@@sql_mode` too; a configuration file may contain only the combination. MySQL
 * 8 has only ANSI.
 */
const COMBINATIONS = ['ANSI', 'DB2', 'MAXDB', 'MSSQL', 'ORACLE', 'POSTGRESQL'];

/** Parses a mode in the format of `@@sql_mode`: names separated by commas. */
export function parseSqlMode(text: string): SqlMode {
  const names = new Set(text.split(',').map((name) => name.trim().toUpperCase()));
  const isCombination = COMBINATIONS.some((name) => names.has(name));
  return {
    noBackslashEscapes: names.has('NO_BACKSLASH_ESCAPES'),
    ansiQuotes: isCombination || names.has('ANSI_QUOTES'),
    ignoreSpace: isCombination || names.has('IGNORE_SPACE'),
  };
}
