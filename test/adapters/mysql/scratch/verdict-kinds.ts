/** A table that only some kinds need, and rows for it. */
export interface OwnTable {
  readonly create: string;
  readonly fill: string;
}

/** A kind of statement, on the tables of {@link GROUND}. */
export interface VerdictKind {
  readonly sql: string;
  /** Statements before it, which make the table as the kind needs it. */
  readonly after?: readonly string[];
  /** Tables of its own, in an order in which parents come first. */
  readonly tables?: readonly OwnTable[];
  /** The clauses that it has itself, which stay. */
  readonly own?: { readonly algorithm?: string; readonly lock?: string };
  /** The same statement without clauses that demand nothing. */
  readonly plain?: string;
  /** The verdict, if no clause binds the server, so that its answer to one proves nothing. */
  readonly unbound?: 'not judged' | 'definition only';
  /** The servers that have such a statement; all if absent. */
  readonly on?: 'mysql' | 'mariadb';
}

/** The tables by their names, without rows. */
export const GROUND = {
  parent:
    'CREATE TABLE parent (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, label VARCHAR(20)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
  t: `CREATE TABLE t (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    parent_id INT UNSIGNED,
    name VARCHAR(40) NOT NULL DEFAULT '',
    short VARCHAR(10) CHARACTER SET latin1,
    amount INT NOT NULL DEFAULT 0,
    maybe INT,
    state ENUM('new','done') NOT NULL DEFAULT 'new',
    flags SET('a','b') NOT NULL DEFAULT '',
    body TEXT,
    at DATETIME,
    price DECIMAL(10,2),
    doubled INT GENERATED ALWAYS AS (amount * 2) VIRTUAL,
    tripled INT GENERATED ALWAYS AS (amount * 3) STORED,
    KEY by_name (name),
    KEY by_amount (amount),
    UNIQUE KEY one_maybe (maybe),
    CONSTRAINT positive CHECK (amount >= 0)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  child:
    'CREATE TABLE child (id INT UNSIGNED PRIMARY KEY, t_id INT UNSIGNED, CONSTRAINT of_t FOREIGN KEY (t_id) REFERENCES t (id)) ENGINE=InnoDB',
  parts:
    'CREATE TABLE parts (id INT NOT NULL, at INT NOT NULL, PRIMARY KEY (id, at)) ENGINE=InnoDB PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN (200))',
  words:
    'CREATE TABLE words (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, body TEXT, FULLTEXT KEY by_body (body)) ENGINE=InnoDB',
  packed:
    'CREATE TABLE packed (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, body TEXT) ENGINE=InnoDB ROW_FORMAT=COMPRESSED',
  bare: 'CREATE TABLE bare (id INT NOT NULL, label VARCHAR(20)) ENGINE=InnoDB',
} as const;

type Table = keyof typeof GROUND;

const NUMBERS = `(SELECT a.d + 10 * b.d AS n FROM ${digits('a')} JOIN ${digits('b')} ON 1) AS numbers`;

/** Rows for them. */
export const ROWS: Readonly<Record<Table, string>> = {
  parent: "INSERT INTO parent (label) VALUES ('a'), ('b')",
  t: `INSERT INTO t (parent_id, name, short, amount, maybe, body, at, price)
   SELECT 1 + MOD(n, 2), CONCAT('name ', n), 'short', n, n, 'body', '2026-01-01', n FROM ${NUMBERS}`,
  child: `INSERT INTO child SELECT n + 1, n + 1 FROM ${NUMBERS}`,
  parts: `INSERT INTO parts SELECT n, n FROM ${NUMBERS}`,
  words: `INSERT INTO words (body) SELECT CONCAT('name ', n) FROM ${NUMBERS}`,
  packed: `INSERT INTO packed (body) SELECT CONCAT('name ', n) FROM ${NUMBERS}`,
  bare: `INSERT INTO bare SELECT n, 'label' FROM ${NUMBERS}`,
};

/** The tables that a kind changes, and so needs anew. */
export function tablesOf({ sql, after = [] }: VerdictKind): Table[] {
  const text = [sql, ...after].join(' ');
  const names = Object.keys(GROUND) as Table[];
  const named = (name: string) => new RegExp(`(?:TABLE|ON|UPDATE) \`?${name}\\b`).test(text);
  // The column that a child refers to may have another name by now.
  return names.filter((name) => named(name) || (name === 'child' && named('t')));
}

function digits(name: string): string {
  const rows = Array.from(
    { length: 10 },
    (_, digit) => `SELECT ${digit}${digit === 0 ? ' AS d' : ''}`,
  );
  return `(${rows.join(' UNION ALL ')}) AS ${name}`;
}

export const VERDICT_KINDS: readonly VerdictKind[] = [
  // Columns.
  { sql: 'ALTER TABLE t ADD COLUMN extra INT' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT FIRST' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT AFTER name' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT NOT NULL' },
  { sql: "ALTER TABLE t ADD COLUMN extra VARCHAR(30) NOT NULL DEFAULT 'x'" },
  { sql: 'ALTER TABLE t ADD COLUMN extra DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP' },
  { sql: 'ALTER TABLE t ADD COLUMN extra CHAR(36) DEFAULT (UUID())' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT DEFAULT (1 + 1)' },
  { sql: 'ALTER TABLE t ADD COLUMN (extra INT, another INT)' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT GENERATED ALWAYS AS (amount + 1) VIRTUAL' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT GENERATED ALWAYS AS (amount + 1) STORED' },
  { sql: 'ALTER TABLE t ADD COLUMN extra JSON' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT UNIQUE' },
  { sql: 'ALTER TABLE bare ADD COLUMN extra INT NOT NULL AUTO_INCREMENT PRIMARY KEY' },
  { sql: 'ALTER TABLE words ADD COLUMN extra INT' },
  { sql: 'ALTER TABLE packed ADD COLUMN extra INT' },
  { sql: 'ALTER TABLE parts ADD COLUMN extra INT' },
  { sql: 'ALTER TABLE t DROP COLUMN body' },
  { sql: 'ALTER TABLE t DROP COLUMN name' },
  { sql: 'ALTER TABLE t DROP COLUMN doubled' },
  { sql: 'ALTER TABLE t DROP COLUMN tripled' },
  { sql: 'ALTER TABLE t RENAME COLUMN body TO contents' },
  { sql: 'ALTER TABLE t CHANGE body contents TEXT' },
  { sql: 'ALTER TABLE t CHANGE name label VARCHAR(50) NOT NULL' },
  { sql: 'ALTER TABLE t RENAME COLUMN id TO key_id' },
  {
    sql: 'ALTER TABLE t MODIFY amount BIGINT NOT NULL DEFAULT 0',
    after: ['ALTER TABLE t DROP COLUMN doubled, DROP COLUMN tripled, DROP CONSTRAINT positive'],
  },
  { sql: 'ALTER TABLE t MODIFY maybe BIGINT' },
  { sql: 'ALTER TABLE t MODIFY maybe SMALLINT' },
  { sql: 'ALTER TABLE t MODIFY maybe INT UNSIGNED' },
  { sql: 'ALTER TABLE t MODIFY maybe INT NOT NULL' },
  { sql: 'ALTER TABLE t MODIFY price DECIMAL(12,2)' },
  { sql: 'ALTER TABLE t MODIFY price DECIMAL(10,4)' },
  { sql: "ALTER TABLE t MODIFY name VARCHAR(40) DEFAULT ''" },
  { sql: "ALTER TABLE t MODIFY name VARCHAR(60) NOT NULL DEFAULT ''" },
  { sql: "ALTER TABLE t MODIFY name VARCHAR(80) NOT NULL DEFAULT ''" },
  { sql: "ALTER TABLE t MODIFY name VARCHAR(30) NOT NULL DEFAULT ''" },
  { sql: 'ALTER TABLE t MODIFY short VARCHAR(200) CHARACTER SET latin1' },
  { sql: 'ALTER TABLE t MODIFY short VARCHAR(300) CHARACTER SET latin1' },
  { sql: 'ALTER TABLE t MODIFY short VARCHAR(10) CHARACTER SET utf8mb4' },
  { sql: 'ALTER TABLE t MODIFY body MEDIUMTEXT' },
  { sql: 'ALTER TABLE t MODIFY at DATETIME(3)' },
  { sql: 'ALTER TABLE t MODIFY at TIMESTAMP NULL' },
  { sql: "ALTER TABLE t MODIFY state ENUM('new','done','late') NOT NULL DEFAULT 'new'" },
  { sql: "ALTER TABLE t MODIFY state ENUM('late','new','done') NOT NULL DEFAULT 'new'" },
  {
    sql: "ALTER TABLE t MODIFY state ENUM('new') NOT NULL DEFAULT 'new'",
    after: ["UPDATE t SET state = 'new'"],
  },
  { sql: "ALTER TABLE t MODIFY flags SET('a','b','c') NOT NULL DEFAULT ''" },
  { sql: 'ALTER TABLE t MODIFY amount INT NOT NULL DEFAULT 0 FIRST' },
  { sql: "ALTER TABLE t MODIFY body TEXT COMMENT 'words'" },
  {
    sql: 'ALTER TABLE t MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT',
    after: ['ALTER TABLE child DROP FOREIGN KEY of_t'],
  },
  { sql: 'ALTER TABLE t ALTER COLUMN amount SET DEFAULT 7' },
  { sql: 'ALTER TABLE t ALTER COLUMN amount DROP DEFAULT' },
  { sql: 'ALTER TABLE t ALTER COLUMN body SET INVISIBLE', on: 'mysql' },
  { sql: 'ALTER TABLE t MODIFY body TEXT INVISIBLE', on: 'mariadb' },
  // Indexes.
  { sql: 'ALTER TABLE t ADD INDEX by_at (at)' },
  { sql: 'ALTER TABLE t ADD UNIQUE INDEX one_price (price)' },
  { sql: 'ALTER TABLE t ADD INDEX by_both (name, amount)' },
  { sql: 'ALTER TABLE t ADD INDEX by_start (body(10))' },
  { sql: 'ALTER TABLE t ADD INDEX by_doubled (doubled)' },
  { sql: 'ALTER TABLE t ADD INDEX by_upper ((UPPER(name)))', on: 'mysql' },
  { sql: 'ALTER TABLE t ADD FULLTEXT INDEX by_words (body)' },
  { sql: 'ALTER TABLE words ADD FULLTEXT INDEX by_body_again (body)' },
  { sql: 'CREATE INDEX by_at ON t (at)' },
  {
    sql: 'CREATE UNIQUE INDEX one_price ON t (price);',
    plain: 'CREATE UNIQUE INDEX one_price ON t (price)',
  },
  { sql: 'CREATE FULLTEXT INDEX by_words ON t (body)' },
  { sql: 'ALTER TABLE t DROP INDEX by_name' },
  { sql: 'DROP INDEX by_name ON t', plain: 'ALTER TABLE t DROP INDEX by_name' },
  { sql: 'ALTER TABLE t DROP INDEX by_name, ADD INDEX by_name (name, at)' },
  { sql: 'ALTER TABLE t RENAME INDEX by_name TO by_label' },
  { sql: 'ALTER TABLE t ALTER INDEX by_name INVISIBLE', on: 'mysql' },
  { sql: 'ALTER TABLE t ALTER INDEX by_name IGNORED', on: 'mariadb' },
  { sql: 'ALTER TABLE bare ADD PRIMARY KEY (id)' },
  {
    sql: 'ALTER TABLE parent DROP PRIMARY KEY, ADD PRIMARY KEY (id, label)',
    after: [
      "UPDATE parent SET label = 'a'",
      'ALTER TABLE parent MODIFY label VARCHAR(20) NOT NULL',
    ],
  },
  { sql: 'ALTER TABLE packed MODIFY id INT UNSIGNED NOT NULL, DROP PRIMARY KEY' },
  // Constraints.
  { sql: 'ALTER TABLE t ADD CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parent (id)' },
  {
    sql: 'ALTER TABLE t ADD CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parent (id)',
    after: ['SET foreign_key_checks = 0'],
  },
  { sql: 'ALTER TABLE child DROP FOREIGN KEY of_t' },
  { sql: 'ALTER TABLE t ADD CONSTRAINT small CHECK (amount < 1000000)' },
  { sql: 'ALTER TABLE t DROP CONSTRAINT positive' },
  // The table.
  { sql: 'ALTER TABLE t ENGINE=InnoDB' },
  { sql: 'ALTER TABLE t FORCE' },
  { sql: 'ALTER TABLE bare ENGINE=MyISAM' },
  { sql: 'ALTER TABLE bare ROW_FORMAT=COMPRESSED' },
  { sql: 'ALTER TABLE t AUTO_INCREMENT=5000' },
  { sql: "ALTER TABLE t COMMENT='words'" },
  { sql: 'ALTER TABLE t DEFAULT CHARACTER SET latin1' },
  {
    sql: 'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    after: ['ALTER TABLE t DROP COLUMN doubled, DROP COLUMN tripled'],
  },
  { sql: 'ALTER TABLE bare CONVERT TO CHARACTER SET latin1' },
  { sql: 'ALTER TABLE bare STATS_PERSISTENT=1' },
  { sql: 'ALTER TABLE bare RENAME TO naked' },
  { sql: 'ALTER TABLE bare RENAME naked, ADD COLUMN extra INT' },
  { sql: 'ALTER TABLE bare ORDER BY label' },
  // Partitions.
  { sql: 'ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (300))', on: 'mysql' },
  { sql: 'ALTER TABLE parts DROP PARTITION p0', on: 'mysql' },
  {
    sql: 'ALTER TABLE parts REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (200))',
    on: 'mysql',
  },
  { sql: 'ALTER TABLE parts REMOVE PARTITIONING' },
  { sql: 'ALTER TABLE bare PARTITION BY HASH (id) PARTITIONS 2' },
  // Clauses of their own, and several changes at once.
  { sql: 'ALTER TABLE t ADD COLUMN extra INT, ALGORITHM=COPY', own: { algorithm: 'COPY' } },
  {
    sql: 'ALTER TABLE t ADD COLUMN extra INT, ALGORITHM=INPLACE, LOCK=SHARED',
    own: { algorithm: 'INPLACE', lock: 'SHARED' },
  },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT, LOCK=SHARED', own: { lock: 'SHARED' } },
  {
    sql: 'ALTER TABLE t ALGORITHM=DEFAULT, LOCK=DEFAULT, ADD INDEX by_at (at)',
    plain: 'ALTER TABLE t ADD INDEX by_at (at)',
  },
  {
    sql: 'CREATE INDEX by_at ON t (at) ALGORITHM=COPY LOCK=SHARED',
    own: { algorithm: 'COPY', lock: 'SHARED' },
  },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT, ADD INDEX by_at (at)' },
  { sql: 'ALTER TABLE t ADD COLUMN extra INT, MODIFY maybe BIGINT' },
  {
    sql: 'ALTER TABLE `t` /* a comment */ ADD `extra` INT -- and another',
    plain: 'ALTER TABLE t ADD extra INT',
  },
];
