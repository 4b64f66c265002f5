/** The parts of a session's `sql_mode` that change how a text is read. */
export interface SqlMode {
  /** NO_BACKSLASH_ESCAPES: a backslash in a string is a character like any other. */
  readonly noBackslashEscapes: boolean;
  /** ANSI_QUOTES: double quotes enclose names, not strings. */
  readonly ansiQuotes: boolean;
  /**
   * IGNORE_SPACE: `now ()` is the built-in function. Without it, it is a stored function of that name.
   * Default false. The driver sets it when it connects, unless its `flags` say otherwise.
   */
  readonly ignoreSpace?: boolean;
}

/** Neither mode is set, as on a server that nobody has configured. */
export const DEFAULT_SQL_MODE: SqlMode = { noBackslashEscapes: false, ansiQuotes: false };

/** Every way in which a server may read quotes and backslashes. */
export const ALL_SQL_MODES: readonly SqlMode[] = [
  DEFAULT_SQL_MODE,
  { noBackslashEscapes: true, ansiQuotes: false },
  { noBackslashEscapes: false, ansiQuotes: true },
  { noBackslashEscapes: true, ansiQuotes: true },
];

/**
 * Modes that stand for several others, ANSI_QUOTES and IGNORE_SPACE among them. Servers write those
 * out in `@@sql_mode` beside the short name (MySQL and MariaDB: "SQL Modes", combination modes); a
 * configuration file may hold only the short one. MySQL 8 has ANSI alone.
 */
const COMBINATIONS = ['ANSI', 'DB2', 'MAXDB', 'MSSQL', 'ORACLE', 'POSTGRESQL'];

/** Reads a mode as `@@sql_mode` shows it: names with commas between them. */
export function parseSqlMode(text: string): SqlMode {
  const names = new Set(text.split(',').map((name) => name.trim().toUpperCase()));
  const isCombination = COMBINATIONS.some((name) => names.has(name));
  return {
    noBackslashEscapes: names.has('NO_BACKSLASH_ESCAPES'),
    ansiQuotes: isCombination || names.has('ANSI_QUOTES'),
    ignoreSpace: isCombination || names.has('IGNORE_SPACE'),
  };
}
