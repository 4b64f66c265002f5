/** A change of a table, and rows of which each is tried on its own. */
export interface DataKind {
  /** Statements before it; `t` is the table, and others are for its keys. */
  readonly before: readonly string[];
  /** Rows as statements, one list for each try. */
  readonly rows: readonly (readonly string[])[];
  /** Positions of rows whose values only get another form: `20240131` becomes a date. */
  readonly otherForm?: readonly number[];
  /** The statements of the migration; the last one is judged. */
  readonly sql: readonly string[];
  readonly on?: 'mysql' | 'mariadb';
}

/** A column that gets another type, and values that it may have; `~` marks those that only get another form. */
function column(
  before: string,
  after: string,
  values: readonly string[],
  on?: DataKind['on'],
): DataKind {
  return {
    before: [`CREATE TABLE t (id INT PRIMARY KEY, c ${before})`],
    rows: values.map((value) => [`INSERT INTO t VALUES (1, ${value.replace('~', '')})`]),
    otherForm: values.flatMap((value, at) => (value.startsWith('~') ? [at] : [])),
    sql: [`ALTER TABLE t MODIFY c ${after}`],
    ...(on !== undefined && { on }),
  };
}

/** Any change, tried with several sets of rows of `t`. */
function change(
  before: readonly string[] | string,
  sql: readonly string[] | string,
  rows: readonly (readonly string[] | string)[],
  on?: DataKind['on'],
): DataKind {
  const list = (one: readonly string[] | string) => (typeof one === 'string' ? [one] : one);
  return {
    before: list(before),
    sql: list(sql),
    rows: rows.map((each) =>
      list(each).map((row) => (/^(?:INSERT|SET)/.test(row) ? row : `INSERT INTO t VALUES ${row}`)),
    ),
    ...(on !== undefined && { on }),
  };
}

/** Kinds of changes of columns. */
export const COLUMN_KINDS: readonly DataKind[] = [
  column('VARCHAR(40)', 'INT', [
    "'12'",
    "' 12 '",
    "'12.5'",
    "~'1e2'",
    "''",
    "'abc'",
    "'12abc'",
    "'.5'",
    "'99999999999'",
    "'-'",
    "'\\t7'",
    'NULL',
  ]),
  column('VARCHAR(40)', 'INT UNSIGNED', ["'-5'", "'7'"]),
  column('VARCHAR(40)', 'DECIMAL(7,2)', [
    "'12.5'",
    "'12.456'",
    "''",
    "'12abc'",
    "'123456'",
    "'99999.996'",
    "'99999.99'",
  ]),
  column('VARCHAR(40)', 'DOUBLE', ["~'1e2'", "'abc'", "''", "' 5 '"]),
  column('VARCHAR(40)', 'DATE', [
    "'2024-01-02'",
    "'2024-02-30'",
    "~'20240102'",
    "~'24-1-2'",
    "'2024-01-02T10:00:00Z'",
    "''",
    "'0000-00-00'",
    "'2024-00-00'",
    "'01/02/2024'",
    'NULL',
  ]),
  column('VARCHAR(40)', 'DATETIME', [
    "~'2024-01-02 10:00'",
    "~'2024-01-02T10:00:00'",
    "'2024-01-02T10:00:00.123Z'",
    "'2024-01-02 25:00:00'",
    "'x'",
  ]),
  column('VARCHAR(40)', 'TIME', ["~'10:00'", "'900:00:00'", "'x'", "''", "'10:99:00'"]),
  column('VARCHAR(40)', 'JSON', ["'{}'", "''", "'x'", 'NULL']),
  column('TEXT', 'JSON', ["'[1]'", "'{a:1}'"]),
  column('VARCHAR(40)', "ENUM('a','b')", [
    "'a'",
    "'A'",
    "~'b '",
    "'1'",
    "'9'",
    "''",
    "'c'",
    "'0'",
    'NULL',
  ]),
  column('VARCHAR(40)', "SET('a','b')", ["'a,b'", "'a,c'", "''", "'9'"]),
  column('VARCHAR(40)', 'VARCHAR(3)', ["'abc'", "'abcd'", "'abc  '", "'éèà'", "''", 'NULL']),
  column('VARCHAR(40)', 'CHAR(3)', ["'abc'", "'abcd'", "'abc  '", "'ab '"]),
  column('CHAR(9)', 'VARCHAR(3)', ["'abc'", "'abcd'"]),
  column('CHAR(9)', 'CHAR(3)', ["'abc'", "'abcd'"]),
  column('TEXT', 'VARCHAR(3)', ["'abc'", "'abcd'", "'abc  '"]),
  column('TEXT', 'TINYTEXT', [
    "REPEAT('a', 255)",
    "REPEAT('a', 256)",
    "CONCAT(REPEAT('a', 255), ' ')",
    "REPEAT('é', 128)",
  ]),
  column('MEDIUMTEXT', 'TEXT', ["REPEAT('a', 65535)", "REPEAT('a', 65536)"]),
  column('VARCHAR(300)', 'TINYTEXT', ["REPEAT('a', 256)", "CONCAT(REPEAT('a', 255), ' ')"]),
  column(
    'VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    'VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
    ["'abcd'", "'abc  '"],
  ),
  column('VARCHAR(300)', 'VARCHAR(500)', ["'abc'"]),
  column('VARBINARY(40)', 'VARBINARY(3)', ["'abc'", "'abcd'", "'abc '"]),
  column('VARBINARY(40)', 'BINARY(3)', ["'abc'", "'ab'", "'abcd'"]),
  column('BLOB', 'TINYBLOB', ["REPEAT('a', 255)", "REPEAT('a', 256)"]),
  column('VARBINARY(40)', 'VARCHAR(5) CHARACTER SET utf8mb4', [
    "'abc'",
    "x'ff'",
    "'é'",
    "'abcdef'",
  ]),
  column('VARCHAR(40) CHARACTER SET utf8mb4', 'VARBINARY(5)', ["'abc'", "'ééé'"]),
  column('VARCHAR(40) CHARACTER SET utf8mb4', 'VARCHAR(40) CHARACTER SET latin1', [
    "'é'",
    "'€'",
    "'漢'",
    "'😀'",
  ]),
  column('VARCHAR(40) CHARACTER SET utf8mb4', 'VARCHAR(40) CHARACTER SET utf8mb3', [
    "'漢'",
    "'😀'",
  ]),
  column('TEXT CHARACTER SET utf8mb4', 'TEXT CHARACTER SET latin1', ["'é'", "'漢'"]),
  column('VARCHAR(40) CHARACTER SET latin1', 'VARCHAR(40) CHARACTER SET utf8mb4', ["'é'"]),
  column('INT', 'TINYINT', ['127', '128', '-128', '-129', 'NULL']),
  column('INT', 'INT UNSIGNED', ['-1', '0']),
  column('BIGINT UNSIGNED', 'BIGINT', ['9223372036854775807', '9223372036854775808']),
  column('BIGINT', 'BIGINT UNSIGNED', ['-9223372036854775808', '9223372036854775807']),
  column('INT', 'BIGINT', ['2147483647']),
  column('INT', 'DECIMAL(6,2)', ['9999', '10000', '-10000']),
  column('DECIMAL(12,4)', 'DECIMAL(6,2)', ['9999.99', '9999.995', '9999.9949', '1.005', '1.00']),
  column('DECIMAL(12,4)', 'TINYINT', ['127', '127.4', '127.5', '-128.5']),
  column('DECIMAL(12,4)', 'DECIMAL(12,4) UNSIGNED', ['-0.001', '0']),
  column('DECIMAL(6,2)', 'DECIMAL(12,4)', ['1.25']),
  column('DOUBLE', 'TINYINT', ['127', '127.4', '127.5', '2.5', '1e10']),
  column('DOUBLE', 'TINYINT UNSIGNED', ['-0.5', '-0.6', '3']),
  column('DOUBLE', 'DECIMAL(4,2)', ['0.1', '0.125', '99.994', '99.995', '1e10']),
  column('DOUBLE', 'FLOAT', ['0.1', '1e39', '123456789']),
  column('DOUBLE', 'DOUBLE UNSIGNED', ['-1', '1']),
  column('INT', 'VARCHAR(3)', ['123', '1234', '-123']),
  column('DATETIME', 'VARCHAR(10)', ["'2024-01-02 10:00:00'"]),
  column('DATETIME', 'DATE', ["'2024-01-02 00:00:00'", "'2024-01-02 10:00:00'"]),
  column('DATETIME', 'TIMESTAMP NULL', [
    "'1969-12-31 00:00:00'",
    "'1970-01-02 00:00:00'",
    "'2038-01-18 00:00:00'",
    "'2039-01-01'",
    "'2107-01-01'",
  ]),
  column('DATE', 'TIMESTAMP NULL', ["'1960-01-01'", "'2024-01-02'"]),
  column('DATETIME(6)', 'DATETIME', ["'2024-01-02 10:00:00.6'", "'2024-01-02 10:00:00'"]),
  column('DATETIME', 'DATETIME(6)', ["'2024-01-02 10:00:00'"]),
  column('INT', 'YEAR', ['1901', '1900', '2156', '~70', '100', '-1']),
  column('VARCHAR(9)', 'YEAR', ["'1901'", "'2156'", "'x'", "''"]),
  column('INT', 'DATE', ['~20240102', '20240230', '5']),
  column("ENUM('a','b','c')", "ENUM('c','a')", ["'a'", "'b'", 'NULL']),
  column("ENUM('a','b')", "ENUM('a','b','c')", ["'b'"]),
  column("ENUM('a','b','c')", "ENUM('A','b','d')", ["'a'", "'c'"]),
  column("SET('a','b','c')", "SET('c','a')", ["'a'", "'a,b'", "''"]),
  column("ENUM('aaa','bbbb')", 'VARCHAR(3)', ["'aaa'", "'bbbb'"]),
  column("ENUM('it''s','b')", "ENUM('it''s')", ["'it''s'", "'b'"]),
  column('INT', "ENUM('a','b')", ['0', '~1', '3']),
  column('INT', 'INT NOT NULL', ['NULL', '1']),
  column('INT', 'INT NOT NULL DEFAULT 5', ['NULL', '5']),
  column('TIMESTAMP NULL', 'TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP', [
    'NULL',
    "'2024-01-02'",
  ]),
  column('VARCHAR(9)', 'TEXT NOT NULL', ['NULL', "'x'"]),
  column('BIT(8)', 'BIT(3)', ["b'11'", "b'1111'"]),
  column('INT', 'BIT(3)', ['~3', '8']),
  column('BIT(16)', 'TINYINT', ['~5', '200']),
  column('INT', 'INT NOT NULL AUTO_INCREMENT, ADD KEY (c)', ['0', '5', 'NULL']),
  {
    ...column('INT', 'INT NOT NULL AUTO_INCREMENT, ADD KEY (c)', ['0']),
    sql: [
      "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
      'ALTER TABLE t MODIFY c INT NOT NULL AUTO_INCREMENT, ADD KEY (c)',
    ],
  },
  column('DATETIME', 'DATETIME, MODIFY id BIGINT', [
    "'0000-00-00'",
    "'2024-00-00'",
    "'2024-01-01'",
  ]),
];

const T = 'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b INT)';
const P = 'CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(20), UNIQUE KEY (code))';

/** Kinds of changes of keys, constraints and tables. */
export const TABLE_KINDS: readonly DataKind[] = [
  change(T, 'ALTER TABLE t ADD UNIQUE KEY u (a)', [
    ["(1, 'a', 1), (2, 'A', 2)"],
    ["(1, 'a', 1), (2, 'b', 2)"],
    ['(1, NULL, 1), (2, NULL, 2)'],
    ["(1, 'a', 1), (2, 'á', 2)"],
    ["(1, 'a', 1), (2, 'a ', 2)"],
  ]),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, b INT)',
    'CREATE UNIQUE INDEX u ON t (a)',
    [["(1, 'a', 1), (2, 'A', 2)"], ["(1, 'a', 1), (2, 'a', 2)"], ["(1, 'a', 1), (2, 'a ', 2)"]],
  ),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, b INT)',
    'CREATE UNIQUE INDEX u ON t (a)',
    [["(1, 'a', 1), (2, 'a ', 2)"], ["(1, 'ß', 1), (2, 's', 2)"]],
  ),
  change(T, 'ALTER TABLE t ADD UNIQUE KEY u (a(2))', [
    ["(1, 'abc', 1), (2, 'abd', 2)"],
    ["(1, 'abc', 1), (2, 'acd', 2)"],
  ]),
  change(T, 'ALTER TABLE t ADD UNIQUE KEY u (a, b)', [
    ["(1, 'a', 1), (2, 'a', 1)"],
    ["(1, 'a', 1), (2, 'a', 2)"],
    ["(1, 'a', NULL), (2, 'a', NULL)"],
  ]),
  change('CREATE TABLE t (id INT, a VARCHAR(20), b INT)', 'ALTER TABLE t ADD PRIMARY KEY (id)', [
    ["(1, 'a', 1), (1, 'b', 1)"],
    ["(NULL, 'a', 1)"],
    ["(1, 'a', 1), (2, 'b', 1)"],
  ]),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, b INT, UNIQUE KEY (a))',
    'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
    [["(1, 'a', 1), (2, 'A', 2)"], ["(1, 'a', 1), (2, 'b', 2)"]],
  ),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a DECIMAL(6,2), b INT, UNIQUE KEY (a))',
    'ALTER TABLE t MODIFY a DECIMAL(6,0)',
    [['(1, 1.1, 1), (2, 1.2, 2)'], ['(1, 1, 1), (2, 2, 2)']],
  ),
  change(
    T,
    'ALTER TABLE t ADD UNIQUE KEY u (b), CHANGE a z VARCHAR(20), DROP PRIMARY KEY, ADD PRIMARY KEY (b)',
    [["(1, 'a', 1), (2, 'b', 1)"], ["(1, 'a', NULL)"], ["(1, 'a', 1)"]],
  ),
  change(
    T,
    'CREATE UNIQUE INDEX u ON t ((LOWER(a)))',
    [["(1, 'a', 1), (2, 'A', 2)"], ["(1, 'a', 1), (2, 'b', 2)"]],
    'mysql',
  ),
  change(T, "ALTER TABLE t ADD g VARCHAR(9) AS (CONCAT(a, 'x')) STORED, ADD UNIQUE KEY u (g)", [
    ["(1, 'a', 1), (2, 'a', 2)"],
    ["(1, 'a', 1), (2, 'b', 2)"],
    ["(1, 'abcdefghijk', 1)"],
  ]),
  change(T, 'ALTER TABLE t ADD g TINYINT AS (b * 50) STORED', [
    ["(1, 'a', 1)"],
    ["(1, 'a', 5)"],
    ["(1, 'a', NULL)"],
  ]),
  change(T, 'ALTER TABLE t ADD g TINYINT AS (b * 50) VIRTUAL', [["(1, 'a', 1)"], ["(1, 'a', 5)"]]),
  change(
    T,
    'ALTER TABLE t ADD g INT AS (b * 2) STORED NOT NULL',
    [["(1, 'a', 1)"], ["(1, 'a', NULL)"]],
    'mysql',
  ),
  change(T, 'ALTER TABLE t ADD u INT NOT NULL, ADD UNIQUE KEY (u)', [
    ["(1, 'a', 1), (2, 'b', 2)"],
    ["(1, 'a', 1)"],
  ]),
  change(T, 'ALTER TABLE t ADD u INT NULL, ADD UNIQUE KEY (u)', [["(1, 'a', 1), (2, 'b', 2)"]]),
  change(T, "ALTER TABLE t ADD u VARCHAR(9) NOT NULL DEFAULT 'x', ADD UNIQUE KEY (u)", [
    ["(1, 'a', 1), (2, 'b', 2)"],
    ["(1, 'a', 1)"],
  ]),
  change(T, 'ALTER TABLE t ADD CONSTRAINT positive CHECK (b > 0)', [
    ["(1, 'a', 1)"],
    ["(1, 'a', 0)"],
    ["(1, 'a', NULL)"],
  ]),
  change(T, "ALTER TABLE t ADD CONSTRAINT named CHECK (a <> 'q\\'r' AND a NOT LIKE 'x%')", [
    ["(1, 'a', 1)"],
    ["(1, 'q\\'r', 0)"],
    ["(1, 'xyz', 0)"],
  ]),
  change(T, 'ALTER TABLE t ADD c INT NOT NULL DEFAULT 0, ADD CONSTRAINT ck CHECK (c > b)', [
    ["(1, 'a', -1)"],
    ["(1, 'a', 1)"],
  ]),
  change([P, T], 'ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES p (id)', [
    ["(1, 'a', 1)"],
    ["INSERT INTO p VALUES (1, 'x')", "(1, 'a', 1)"],
    ["(1, 'a', NULL)"],
  ]),
  change(
    [P, T],
    ['SET foreign_key_checks = 0', 'ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES p (id)'],
    [["(1, 'a', 1)"]],
  ),
  change([P, T], 'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (code)', [
    ["(1, 'x', 1)"],
    ["INSERT INTO p VALUES (1, 'X')", "(1, 'x', 1)"],
  ]),
  change(T, 'ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES t (id)', [
    ["(1, 'a', 1)"],
    ["(1, 'a', 2)"],
  ]),
  change(
    [P, T],
    'ALTER TABLE t ADD p INT NOT NULL DEFAULT 0, ADD FOREIGN KEY (p) REFERENCES p (id)',
    [["(1, 'a', 1)"], ["INSERT INTO p VALUES (0, 'x')", "(1, 'a', 1)"]],
  ),
  change(
    'CREATE TABLE t (id INT NOT NULL, a VARCHAR(20), b INT)',
    'ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
    [["(1, 'a', 1)"], ["(20, 'a', 1)"]],
  ),
  change(
    'CREATE TABLE t (id INT NOT NULL, a VARCHAR(20), b DATE NOT NULL)',
    "ALTER TABLE t PARTITION BY RANGE COLUMNS (b) (PARTITION p0 VALUES LESS THAN ('2024-01-01'), PARTITION p1 VALUES LESS THAN ('2025-01-01'))",
    [["(1, 'a', '2024-06-01')"], ["(1, 'a', '2025-01-01')"]],
  ),
  change(
    'CREATE TABLE t (id INT NOT NULL, a VARCHAR(20), b INT)',
    'ALTER TABLE t PARTITION BY LIST (b) (PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (3))',
    [["(1, 'a', 1)"], ["(20, 'a', 4)"], ["(20, 'a', NULL)"]],
  ),
  change(
    'CREATE TABLE t (id INT NOT NULL, a VARCHAR(20), b INT)',
    "ALTER TABLE t PARTITION BY LIST COLUMNS (a) (PARTITION p0 VALUES IN ('x', 'it''s'), PARTITION p1 VALUES IN (NULL))",
    [["(1, 'x', 1)"], ["(20, 'y', 4)"], ['(20, NULL, 4)']],
  ),
  change(T, 'ALTER TABLE t ADD d DATETIME NOT NULL', [["(1, 'a', 1)"], []]),
  change(T, 'ALTER TABLE t ADD d DATE NOT NULL', [["(1, 'a', 1)"]]),
  change(T, 'ALTER TABLE t ADD g POINT NOT NULL', [["(1, 'a', 1)"], []], 'mysql'),
  change(
    T,
    [
      'ALTER TABLE t RENAME TO s',
      'ALTER TABLE s CHANGE a z VARCHAR(20)',
      'ALTER TABLE s ADD UNIQUE KEY (z)',
    ],
    [["(1, 'a', 1), (2, 'a', 2)"], ["(1, 'a', 1), (2, 'b', 2)"]],
  ),
  change(
    T,
    ['ALTER TABLE t ADD z INT NULL', 'ALTER TABLE t MODIFY z INT NOT NULL'],
    [["(1, 'a', 1)"], []],
  ),
  change(
    T,
    ["SET SESSION sql_mode = ''", 'ALTER TABLE t MODIFY a VARCHAR(2)'],
    [["(1, 'abc', 1)"], ["(1, 'ab', 1)"]],
  ),
  change(
    T,
    ["SET SESSION sql_mode = ''", 'ALTER TABLE t MODIFY b TINYINT NOT NULL'],
    [["(1, 'abc', NULL)"], ["(1, 'abc', 300)"], ["(1, 'ab', 1)"]],
  ),
  change(
    T,
    ["SET sql_mode = 'STRICT_TRANS_TABLES'", 'ALTER TABLE t MODIFY a DATE'],
    [["(1, '0000-00-00', 1)"], ["(1, '2024-00-00', 1)"], ["(1, '', 1)"]],
  ),
  change(
    [T, 'CREATE TABLE p (id INT PRIMARY KEY, a VARCHAR(20), b INT)'],
    ['RENAME TABLE t TO x, p TO t, x TO p', 'ALTER TABLE p ADD UNIQUE KEY (a)'],
    [
      ["(1, 'a', 1), (2, 'a', 2)"],
      ["INSERT INTO p VALUES (1, 'a', 1), (2, 'a', 2)", "(1, 'a', 1)"],
    ],
  ),
  // Shapes in which people have lost rows with tools that copy tables, or met a refusal in production.
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, b INT)',
    'ALTER TABLE t CHANGE a a VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL, ADD UNIQUE INDEX index_users_on_name (a)',
    ["(14, 'same', 1), (15, 'Same', 1)", "(14, 'same', 1), (19, 'other', 1)"],
  ),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL, b DATETIME NOT NULL, UNIQUE KEY k (a, b)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    [
      "(1, 'google', '2025-04-02'), (2, 'Google', '2025-04-02')",
      "(1, 'google', '2025-04-02'), (2, 'Google', '2025-04-03')",
    ],
  ),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a CHAR(255), b INT)',
    'ALTER TABLE t ADD UNIQUE (a)',
    ["(1, 'a', 1), (2, 'b', 1), (3, 'a', 1)", "(1, 'a', 1), (2, 'b', 1)"],
  ),
  change(T, 'ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (b)', [
    "(1, 'a', 1), (2, 'b', 1)",
    "(1, 'a', 1), (2, 'b', 2)",
  ]),
  change(
    'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b INT, UNIQUE KEY k (a, b))',
    'ALTER TABLE t DROP KEY k, ADD UNIQUE KEY k (a)',
    ["(1, 'a', 1), (2, 'a', 2)", "(1, 'a', 1), (2, 'b', 2)"],
  ),
  change(
    T,
    'ALTER IGNORE TABLE t ADD UNIQUE (a)',
    ["(1, 'a', 1), (2, 'a', 2)", "(1, 'a', 1)"],
    'mariadb',
  ),
  change(
    T,
    'ALTER IGNORE TABLE t MODIFY b TINYINT NOT NULL',
    ["(1, 'a', 300)", "(1, 'a', NULL)", "(1, 'a', 1)"],
    'mariadb',
  ),
  change(T, 'ALTER IGNORE TABLE t ADD CHECK (b < 3)', ["(1, 'a', 300)", "(1, 'a', 1)"], 'mariadb'),
  change(T, 'ALTER IGNORE TABLE t MODIFY a JSON', ["(1, 'x', 300)", "(1, '1', 1)"], 'mariadb'),
  change(
    [P, T],
    'ALTER IGNORE TABLE t ADD FOREIGN KEY (b) REFERENCES p (id)',
    ["(1, 'a', 1)", "(1, 'a', NULL)"],
    'mariadb',
  ),
  change(
    'CREATE TABLE t (id INT NOT NULL, a VARCHAR(20), b INT)',
    'ALTER IGNORE TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))',
    ["(1, 'a', 1)", "(30, 'a', 1)"],
    'mariadb',
  ),
  change(
    'CREATE TABLE t (a INT, b INT, c INT)',
    'ALTER TABLE t ADD id TINYINT AUTO_INCREMENT PRIMARY KEY',
    [rowsOf(126), rowsOf(127)],
    'mysql',
  ),
  change(
    'CREATE TABLE t (a INT, b INT, c INT)',
    'ALTER TABLE t ADD id TINYINT AUTO_INCREMENT PRIMARY KEY',
    [rowsOf(127)],
    'mariadb',
  ),
];

/** So many equal rows of three numbers. */
function rowsOf(count: number): string {
  return Array.from({ length: count }, () => '(1, 1, 1)').join(', ');
}
