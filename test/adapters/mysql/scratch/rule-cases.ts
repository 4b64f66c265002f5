/** A pair of migrations: the rule finds something in the first one only. */
export interface RuleCase {
  readonly rule: string;
  /** Tables that tenants have already. */
  readonly before?: readonly string[];
  readonly fires: readonly string[];
  readonly quiet: readonly string[];
  /** The servers whose verdict the rule rests on; all if absent. */
  readonly on?: 'mysql' | 'mariadb';
}

const T =
  "CREATE TABLE t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT '', note VARCHAR(200), amount INT, state ENUM('a','b'), KEY by_amount (amount)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
const P =
  'CREATE TABLE p (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, code INT, other INT, KEY by_code (code)) ENGINE=InnoDB';

/** A case for each rule that judges statements. */
export const RULE_CASES: readonly RuleCase[] = [
  {
    rule: 'copies-table',
    before: [T],
    fires: ['ALTER TABLE t MODIFY amount BIGINT'],
    quiet: [
      'ALTER TABLE t ADD COLUMN extra INT',
      'CREATE TABLE n (id INT PRIMARY KEY, a INT)',
      'ALTER TABLE n MODIFY a BIGINT',
    ],
  },
  {
    rule: 'blocks-writes',
    before: [T],
    fires: ['ALTER TABLE t ADD FULLTEXT INDEX by_note (note)'],
    quiet: ['ALTER TABLE t ADD INDEX by_name (name)'],
  },
  {
    rule: 'drops-table',
    before: [T],
    fires: ['DROP TABLE t'],
    quiet: [
      'CREATE TABLE n (id INT PRIMARY KEY)',
      'DROP TABLE n',
      'ALTER TABLE t ADD COLUMN extra INT',
    ],
  },
  {
    rule: 'renames-table',
    before: [T],
    fires: ['RENAME TABLE t TO n'],
    quiet: ['CREATE TABLE o (id INT PRIMARY KEY)', 'ALTER TABLE o RENAME TO n', 'DROP TABLE t'],
  },
  {
    rule: 'no-primary-key',
    fires: ['CREATE TABLE n (id INT)'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY)', 'CREATE VIEW v AS SELECT id FROM n'],
  },
  {
    rule: 'reserved-word',
    before: [T],
    fires: ['ALTER TABLE t ADD `order` INT'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY, position INT)', 'ALTER TABLE t ADD place INT'],
  },
  {
    rule: 'small-primary-key',
    fires: ['CREATE TABLE n (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY)'],
    quiet: [T, 'CREATE TABLE n (id INT PRIMARY KEY)'],
  },
  {
    rule: 'not-innodb',
    before: [T],
    fires: ['CREATE TABLE n (id INT PRIMARY KEY) ENGINE=MyISAM'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY)', 'ALTER TABLE t ADD COLUMN extra INT'],
  },
  {
    rule: 'old-charset',
    fires: ['CREATE TABLE n (id INT PRIMARY KEY, a TEXT) CHARACTER SET latin1'],
    quiet: [
      'CREATE TABLE n (id INT PRIMARY KEY, a TEXT)',
      'CREATE TABLE o (id INT PRIMARY KEY, a TEXT) CHARSET=utf8mb4',
    ],
  },
  {
    rule: 'upper-case-name',
    fires: ['CREATE TABLE N (id INT PRIMARY KEY)'],
    quiet: ['CREATE TABLE n (ID INT PRIMARY KEY)'],
  },
  {
    rule: 'changes-engine-or-partitions',
    before: [T],
    fires: ['ALTER TABLE t ENGINE=MyISAM'],
    quiet: ['ALTER TABLE t ENGINE=InnoDB'],
  },
  {
    rule: 'changes-engine-or-partitions',
    before: [P],
    fires: ['ALTER TABLE p PARTITION BY HASH (id) PARTITIONS 2'],
    quiet: ['ALTER TABLE p ADD COLUMN extra INT'],
  },
  {
    rule: 'drops-column',
    before: [T],
    fires: ['ALTER TABLE t DROP COLUMN note'],
    quiet: [
      'ALTER TABLE t RENAME COLUMN note TO remark',
      'ALTER TABLE t MODIFY remark VARCHAR(190)',
    ],
  },
  {
    rule: 'renames-column',
    before: [T],
    fires: ['ALTER TABLE t CHANGE note remark VARCHAR(200)'],
    quiet: [
      "ALTER TABLE t CHANGE note note VARCHAR(200) COMMENT 'x'",
      'ALTER TABLE t RENAME INDEX by_amount TO by_sum',
    ],
  },
  {
    rule: 'changes-type',
    before: [T],
    fires: ['ALTER TABLE t MODIFY amount SMALLINT'],
    quiet: ['ALTER TABLE t MODIFY note VARCHAR(210)', 'ALTER TABLE t MODIFY amount INT DEFAULT 1'],
  },
  {
    rule: 'changes-type',
    before: [T],
    fires: ['ALTER TABLE t MODIFY note VARCHAR(200) CHARACTER SET latin1'],
    quiet: ["ALTER TABLE t MODIFY state ENUM('a','b','c')"],
  },
  {
    rule: 'grows-past-255-bytes',
    before: [T],
    fires: ["ALTER TABLE t MODIFY name VARCHAR(80) NOT NULL DEFAULT ''"],
    quiet: [
      "ALTER TABLE t MODIFY name VARCHAR(63) NOT NULL DEFAULT ''",
      'ALTER TABLE t MODIFY note VARCHAR(250)',
    ],
  },
  {
    rule: 'reorders-enum',
    before: [T],
    fires: ["ALTER TABLE t MODIFY state ENUM('c','a','b')"],
    quiet: ["ALTER TABLE t MODIFY state ENUM('a','b','c')"],
  },
  {
    rule: 'reorders-enum',
    before: [T],
    fires: ["ALTER TABLE t MODIFY state ENUM('a')"],
    quiet: ["ALTER TABLE t MODIFY state ENUM('a','b') COMMENT 'x'"],
  },
  {
    rule: 'sets-not-null',
    before: [T],
    fires: ['ALTER TABLE t MODIFY amount INT NOT NULL'],
    quiet: ['ALTER TABLE t ADD COLUMN extra INT NOT NULL DEFAULT 1'],
  },
  {
    rule: 'drops-not-null',
    before: [T],
    fires: ["ALTER TABLE t MODIFY name VARCHAR(40) DEFAULT ''"],
    quiet: ["ALTER TABLE t MODIFY name VARCHAR(40) NOT NULL DEFAULT 'x'"],
  },
  {
    rule: 'not-null-without-default',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN extra INT NOT NULL'],
    quiet: [
      'ALTER TABLE t ADD COLUMN a INT NOT NULL DEFAULT 1, ADD COLUMN b INT',
      'ALTER TABLE t ADD COLUMN d INT GENERATED ALWAYS AS (amount) VIRTUAL',
      'CREATE TABLE n (id INT NOT NULL PRIMARY KEY)',
    ],
  },
  {
    rule: 'costly-column',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN extra INT GENERATED ALWAYS AS (amount + 1) STORED'],
    quiet: [
      'ALTER TABLE t ADD COLUMN extra INT GENERATED ALWAYS AS (amount + 1) VIRTUAL',
      "ALTER TABLE t ADD COLUMN at DATETIME DEFAULT CURRENT_TIMESTAMP, ADD COLUMN word VARCHAR(9) DEFAULT 'a(b)'",
    ],
  },
  {
    rule: 'costly-column',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN extra INT DEFAULT (FLOOR(1.5))'],
    quiet: ['ALTER TABLE t ADD COLUMN extra INT DEFAULT 1'],
  },
  {
    rule: 'column-in-the-middle',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN extra INT AFTER id'],
    quiet: ['ALTER TABLE t ADD COLUMN extra INT, ADD COLUMN more INT'],
  },
  {
    rule: 'float-column',
    fires: ['CREATE TABLE n (id INT PRIMARY KEY, price FLOAT)'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY, price DECIMAL(10,2))'],
  },
  {
    rule: 'timestamp-column',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN at TIMESTAMP NULL'],
    quiet: ['ALTER TABLE t ADD COLUMN at DATETIME'],
  },
  {
    rule: 'zero-date',
    fires: [
      "SET sql_mode = ''",
      "CREATE TABLE n (id INT PRIMARY KEY, at DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00')",
    ],
    quiet: ["CREATE TABLE n (id INT PRIMARY KEY, at DATETIME NOT NULL DEFAULT '2000-01-01')"],
  },
  {
    rule: 'unique-on-existing-rows',
    before: [T],
    fires: ['CREATE UNIQUE INDEX one_note ON t (note)'],
    quiet: ['ALTER TABLE t ADD COLUMN extra INT UNIQUE', 'CREATE INDEX by_note ON t (note)'],
  },
  {
    rule: 'changes-primary-key',
    before: [P],
    fires: ['ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (id, code)'],
    quiet: ['ALTER TABLE p RENAME COLUMN id TO key_id', 'ALTER TABLE p ADD INDEX by_other (other)'],
  },
  {
    rule: 'drops-used-index',
    before: [T],
    fires: ['DROP INDEX by_amount ON t'],
    quiet: [
      'ALTER TABLE t DROP INDEX by_amount, ADD INDEX by_both (amount, state)',
      'ALTER TABLE t DROP COLUMN note',
    ],
  },
  {
    rule: 'drops-used-index',
    on: 'mysql',
    before: [T],
    fires: ['ALTER TABLE t DROP INDEX by_amount'],
    quiet: ['ALTER TABLE t ALTER INDEX by_amount INVISIBLE', 'ALTER TABLE t DROP INDEX by_amount'],
  },
  {
    rule: 'drops-used-index',
    on: 'mariadb',
    before: [T],
    fires: ['ALTER TABLE t DROP INDEX by_amount'],
    quiet: ['ALTER TABLE t ALTER INDEX by_amount IGNORED', 'ALTER TABLE t DROP INDEX by_amount'],
  },
  {
    rule: 'wide-index',
    fires: [
      'CREATE TABLE n (id INT PRIMARY KEY, a INT, b INT, c INT, d INT, e INT, f INT, KEY k (a, b, c, d, e, f))',
    ],
    quiet: [
      'CREATE TABLE n (a INT, b INT, c INT, d INT, e INT, f INT, PRIMARY KEY (a, b, c, d, e, f), KEY k (f, e, d))',
    ],
  },
  {
    rule: 'duplicate-index',
    before: [T],
    fires: ['ALTER TABLE t ADD INDEX again (amount)'],
    quiet: ['ALTER TABLE t ADD INDEX by_state (state, amount), ADD UNIQUE INDEX one (amount)'],
  },
  {
    rule: 'fulltext-index',
    fires: ['CREATE TABLE n (id INT PRIMARY KEY, a TEXT, FULLTEXT KEY k (a))'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY, a TEXT, KEY k (a(10)))'],
  },
  {
    rule: 'checked-foreign-key',
    before: [P, T],
    fires: [
      'ALTER TABLE p ADD COLUMN t_id BIGINT UNSIGNED, ADD CONSTRAINT of_t FOREIGN KEY (t_id) REFERENCES t (id)',
    ],
    quiet: [
      'ALTER TABLE p ADD COLUMN t_id BIGINT UNSIGNED',
      'SET foreign_key_checks = 0',
      'ALTER TABLE p ADD CONSTRAINT of_t FOREIGN KEY (t_id) REFERENCES t (id)',
      'SET foreign_key_checks = 1',
    ],
  },
  {
    rule: 'foreign-key-without-unique-parent',
    on: 'mariadb',
    before: [P],
    fires: [
      'CREATE TABLE n (id INT PRIMARY KEY, c INT, CONSTRAINT of_p FOREIGN KEY (c) REFERENCES p (code))',
    ],
    quiet: [
      'CREATE TABLE n (id BIGINT UNSIGNED PRIMARY KEY, CONSTRAINT of_p FOREIGN KEY (id) REFERENCES p (id))',
    ],
  },
  {
    rule: 'foreign-key-without-unique-parent',
    on: 'mysql',
    before: [P],
    fires: [
      'SET foreign_key_checks = 0',
      'CREATE TABLE n (id INT PRIMARY KEY, CONSTRAINT of_o FOREIGN KEY (id) REFERENCES nowhere (id))',
      'SET foreign_key_checks = 1',
    ],
    quiet: [
      'CREATE TABLE n (id BIGINT UNSIGNED PRIMARY KEY, CONSTRAINT of_p FOREIGN KEY (id) REFERENCES p (id))',
    ],
  },
  {
    // Servers differ in which references they ignore; all of them ignore those of MyISAM.
    rule: 'ignored-reference',
    before: [P],
    fires: [
      'CREATE TABLE n (id INT PRIMARY KEY, p_id BIGINT UNSIGNED REFERENCES p (id)) ENGINE=MyISAM',
    ],
    quiet: [
      'CREATE TABLE n (id INT PRIMARY KEY, p_id BIGINT UNSIGNED, FOREIGN KEY (p_id) REFERENCES p (id))',
    ],
  },
  {
    rule: 'adds-check',
    before: [T],
    fires: ['ALTER TABLE t ADD CONSTRAINT positive CHECK (amount > 0)'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY, CONSTRAINT more CHECK (id > 0))'],
  },
  {
    rule: 'unbounded-write',
    before: [T],
    fires: ["UPDATE t SET note = 'x'"],
    quiet: [
      "UPDATE t SET note = 'x' WHERE id < 1000",
      'DELETE FROM t LIMIT 100',
      "INSERT INTO t (name) VALUES ('x')",
    ],
  },
  {
    rule: 'write-beside-ddl',
    before: [T],
    fires: ['ALTER TABLE t ADD COLUMN extra INT', 'UPDATE t SET extra = 1 WHERE id = 1'],
    quiet: ["UPDATE t SET note = 'x' WHERE id = 1", 'CREATE TABLE n (id INT PRIMARY KEY)'],
  },
  {
    rule: 'several-alters',
    before: [T],
    fires: ['ALTER TABLE t ADD INDEX by_name (name)', 'ALTER TABLE t ADD INDEX by_note (note)'],
    quiet: ['ALTER TABLE t ADD INDEX by_name (name)', 'ALTER TABLE t ADD COLUMN extra INT'],
  },
  {
    rule: 'several-statements-in-raw',
    fires: ['SELECT 1; SELECT 2'],
    quiet: ["SELECT ';'", 'SELECT 2;'],
  },
  {
    rule: 'reads-then-drops',
    before: [T],
    fires: ['SELECT * FROM t', 'DROP TABLE t'],
    quiet: ['CREATE TABLE n AS SELECT id FROM t', 'SELECT * FROM n', 'DROP TABLE t'],
  },
  {
    rule: 'leaves-the-tenant',
    fires: ['USE information_schema'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY)'],
  },
  {
    rule: 'leaves-the-tenant',
    fires: ["GRANT SELECT ON *.* TO 'nobody'@'%'"],
    quiet: ["SET time_zone = '+00:00'"],
  },
  {
    rule: 'names-another-database',
    before: [T],
    fires: ['SELECT * FROM performance_schema.global_variables'],
    quiet: [
      'SELECT t.id, EXTRACT(YEAR FROM t.note) FROM t JOIN t AS other ON t.id = other.id',
      'SELECT * FROM information_schema.TABLES',
    ],
  },
  {
    rule: 'locks-by-hand',
    before: [T],
    fires: ['LOCK TABLES t WRITE', 'UNLOCK TABLES'],
    quiet: ['SELECT * FROM t FOR UPDATE'],
  },
  { rule: 'locks-by-hand', fires: ["SELECT GET_LOCK('mine', 0)"], quiet: ['SELECT 1'] },
  {
    rule: 'alter-ignore',
    on: 'mariadb',
    before: [T],
    fires: ['ALTER IGNORE TABLE t ADD COLUMN extra INT'],
    quiet: ['ALTER TABLE t ADD COLUMN extra INT', 'INSERT IGNORE INTO t (id) VALUES (1)'],
  },
  {
    rule: 'definer',
    before: [T],
    fires: ["CREATE DEFINER = 'nobody'@'%' VIEW v AS SELECT id FROM t"],
    quiet: ['CREATE SQL SECURITY INVOKER VIEW v AS SELECT id FROM t'],
  },
  {
    rule: 'hides-existing',
    fires: ['CREATE TABLE IF NOT EXISTS n (id INT PRIMARY KEY)'],
    quiet: ['CREATE TABLE n (id INT PRIMARY KEY)', "SELECT IF(1, 'a', 'b')"],
  },
  {
    rule: 'random-in-sql',
    before: [T],
    fires: ['INSERT INTO t (note) VALUES (UUID())'],
    quiet: ["INSERT INTO t (note) VALUES ('UUID()')", 'SELECT RAND()'],
  },
];
