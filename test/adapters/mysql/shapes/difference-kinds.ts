/** A kind of difference: a table or object of its own, so that kinds can be combined. */
export interface DifferenceKind {
  readonly name: string;
  readonly on?: 'mysql' | 'mariadb';
  /** Statements beyond the usual table that every database gets; `T` stands for the kind's own name. */
  readonly before?: readonly string[];
  /** Whether the usual table is left out. */
  readonly isBare?: boolean;
  /** The statements that make the difference. */
  readonly change: readonly string[];
  /** `kind table name` of each difference to be found. */
  readonly found: readonly string[];
}

/** The usual table of a kind. */
export function usualTable(table: string): string {
  return `CREATE TABLE ${table} (
    id int unsigned NOT NULL AUTO_INCREMENT,
    a varchar(20) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'x',
    b int DEFAULT NULL,
    c int unsigned DEFAULT NULL,
    d datetime DEFAULT NULL,
    e enum('a','b') DEFAULT 'a',
    s int NOT NULL DEFAULT 0,
    g int GENERATED ALWAYS AS (b + 1) VIRTUAL,
    PRIMARY KEY (id), KEY by_a (a), KEY by_b (b)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`;
}

const KEY_TO = 'ALTER TABLE T ADD CONSTRAINT T_key FOREIGN KEY (c) REFERENCES parents (id)';
const CHECK = 'ALTER TABLE T ADD CONSTRAINT T_check CHECK (b > 0)';
const A = 'varchar(20) COLLATE utf8mb4_unicode_ci';

function onTable(name: string, change: string | readonly string[], ...found: string[]) {
  return { name, change: typeof change === 'string' ? [`ALTER TABLE T ${change}`] : change, found };
}

function onObject(name: string, create: string, change: string | readonly string[], found: string) {
  const texts = typeof change === 'string' ? [change] : change;
  return { name, isBare: true, before: [create], change: texts, found: [found] };
}

const VIEW = 'CREATE VIEW T AS SELECT id, code FROM parents WHERE id > 1';
const TRIGGER = "CREATE TRIGGER T_trigger BEFORE INSERT ON T FOR EACH ROW SET NEW.a = 'y'";
const PROCEDURE =
  "CREATE PROCEDURE T(IN p int) COMMENT 'one' BEGIN DELETE FROM parents WHERE id = p; END";
const EVENT = 'CREATE EVENT T ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM parents WHERE id = 0';

/** Sixty kinds of differences. */
export const DIFFERENCE_KINDS: readonly DifferenceKind[] = [
  onTable('column added', 'ADD extra int', 'column T extra'),
  onTable('column added first', 'ADD extra int FIRST', 'column T extra'),
  onTable('column dropped', 'DROP s', 'column T s'),
  onTable(
    'type wider',
    "MODIFY a varchar(21) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'x'",
    'column T a',
  ),
  onTable('type changed', 'MODIFY s bigint NOT NULL DEFAULT 0', 'column T s'),
  onTable('nullable', `MODIFY a ${A} DEFAULT 'x'`, 'column T a'),
  onTable('default changed', `MODIFY a ${A} NOT NULL DEFAULT 'y'`, 'column T a'),
  onTable('default dropped', 'ALTER a DROP DEFAULT', 'column T a'),
  // The next four are not in MySQL's information_schema, and `SHOW CREATE TABLE` has them.
  // MariaDB takes it for a default of NULL.
  { ...onTable('no default instead of NULL', 'ALTER b DROP DEFAULT', 'column T b'), on: 'mysql' },
  {
    ...onTable('format of a column', 'MODIFY c int unsigned COLUMN_FORMAT FIXED', 'column T c'),
    on: 'mysql',
  },
  {
    ...onTable('tablespace', 'TABLESPACE innodb_file_per_table', 'option T TABLESPACE'),
    on: 'mysql',
  },
  { ...onTable('size of extents', 'AUTOEXTEND_SIZE=4M', 'option T AUTOEXTEND_SIZE'), on: 'mysql' },
  onTable('default becomes an expression', 'MODIFY s int NOT NULL DEFAULT (1 + 1)', 'column T s'),
  onTable(
    'collation of a column',
    "MODIFY a varchar(20) COLLATE utf8mb4_bin NOT NULL DEFAULT 'x'",
    'column T a',
  ),
  onTable(
    'character set of a column',
    "MODIFY a varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'x'",
    'column T a',
  ),
  onTable('unsigned', 'MODIFY s int unsigned NOT NULL DEFAULT 0', 'column T s'),
  onTable('no generated ids', 'MODIFY id int unsigned NOT NULL', 'column T id'),
  onTable(
    'comment of a column',
    "MODIFY s int NOT NULL DEFAULT 0 COMMENT 'it''s (a), b'",
    'column T s',
  ),
  onTable('column moved', 'MODIFY s int NOT NULL DEFAULT 0 AFTER id', 'column order T '),
  onTable(
    'expression of a column',
    'MODIFY g int GENERATED ALWAYS AS (b + 2) VIRTUAL',
    'column T g',
  ),
  onTable(
    'virtual becomes stored',
    ['ALTER TABLE T DROP g', 'ALTER TABLE T ADD g int GENERATED ALWAYS AS (b + 1) STORED'],
    'column T g',
  ),
  onTable('invisible column', 'MODIFY s int NOT NULL DEFAULT 0 INVISIBLE', 'column T s'),
  onTable('value of an enum', "MODIFY e enum('a','b','c') DEFAULT 'a'", 'column T e'),
  onTable('fractions of seconds', 'MODIFY d datetime(3) DEFAULT NULL', 'column T d'),
  onTable('on update', 'MODIFY d datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP', 'column T d'),
  onTable(
    'flag becomes a number',
    ['ALTER TABLE T MODIFY s tinyint NOT NULL DEFAULT 0'],
    'column T s',
  ),
  onTable('index added', 'ADD KEY by_s (s)', 'index T by_s'),
  onTable('index dropped', 'DROP KEY by_b', 'index T by_b'),
  onTable('index renamed', 'RENAME KEY by_b TO by_bee', 'index T by_b', 'index T by_bee'),
  onTable('columns of an index', 'DROP KEY by_b, ADD KEY by_b (b, s)', 'index T by_b'),
  onTable('index becomes unique', 'DROP KEY by_b, ADD UNIQUE KEY by_b (b)', 'index T by_b'),
  onTable('prefix of an index', 'DROP KEY by_a, ADD KEY by_a (a(5))', 'index T by_a'),
  onTable('descending index', 'DROP KEY by_b, ADD KEY by_b (b DESC)', 'index T by_b'),
  { ...onTable('index out of use', 'ALTER INDEX by_b INVISIBLE', 'index T by_b'), on: 'mysql' },
  { ...onTable('index out of use', 'ALTER INDEX by_b IGNORED', 'index T by_b'), on: 'mariadb' },
  {
    ...onTable('index on an expression', 'ADD KEY by_more ((b + 1))', 'index T by_more'),
    on: 'mysql',
  },
  onTable('comment of an index', "DROP KEY by_b, ADD KEY by_b (b) COMMENT 'of b'", 'index T by_b'),
  onTable('primary key', 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, s)', 'index T PRIMARY'),
  onTable('full-text index', 'ADD FULLTEXT KEY words (a)', 'index T words'),
  onTable('foreign key added', [KEY_TO], 'foreign key T T_key', 'index T T_key'),
  {
    ...onTable('foreign key dropped', 'DROP FOREIGN KEY T_key', 'foreign key T T_key'),
    before: [KEY_TO],
  },
  {
    ...onTable(
      'rule of a foreign key',
      ['ALTER TABLE T DROP FOREIGN KEY T_key', `${KEY_TO} ON DELETE CASCADE`],
      'foreign key T T_key',
    ),
    before: [KEY_TO],
  },
  {
    ...onTable(
      'parent of a foreign key',
      ['ALTER TABLE T DROP FOREIGN KEY T_key', KEY_TO.replace('parents', 'others')],
      'foreign key T T_key',
    ),
    before: [KEY_TO],
  },
  onTable('check added', [CHECK], 'check T T_check'),
  { ...onTable('check dropped', 'DROP CONSTRAINT T_check', 'check T T_check'), before: [CHECK] },
  {
    ...onTable(
      'expression of a check',
      ['ALTER TABLE T DROP CONSTRAINT T_check', CHECK.replace('> 0', '> 1')],
      'check T T_check',
    ),
    before: [CHECK],
  },
  {
    ...onTable('check without effect', 'ALTER CHECK T_check NOT ENFORCED', 'check T T_check'),
    before: [CHECK],
    on: 'mysql',
  },
  onTable('comment of a table', "COMMENT='of the table'", 'option T COMMENT'),
  onTable('row format', 'ROW_FORMAT=COMPACT', 'option T ROW_FORMAT'),
  onTable('collation of a table', 'COLLATE utf8mb4_bin', 'option T COLLATE'),
  onTable('statistics', 'STATS_PERSISTENT=0', 'option T STATS_PERSISTENT'),
  { ...onTable('engine', 'ENGINE=MyISAM', 'option T ENGINE'), on: 'mysql' },
  onTable('partitions', 'PARTITION BY HASH (id) PARTITIONS 2', 'partitions T '),
  {
    ...onTable('number of partitions', 'ADD PARTITION PARTITIONS 1', 'partitions T '),
    before: ['ALTER TABLE T PARTITION BY HASH (id) PARTITIONS 2'],
  },
  onTable('table dropped', ['DROP TABLE T'], 'table  T'),
  onTable('table added', ['CREATE TABLE T_more (id int)'], 'table  T_more'),
  onObject(
    'view changed',
    VIEW,
    'ALTER VIEW T AS SELECT id, code FROM parents WHERE id > 2',
    'view  T',
  ),
  onObject('view dropped', VIEW, 'DROP VIEW T', 'view  T'),
  onObject(
    'view of the caller',
    VIEW,
    VIEW.replace('CREATE', 'ALTER SQL SECURITY INVOKER'),
    'view  T',
  ),
  onObject(
    'view with check',
    VIEW,
    `${VIEW.replace('CREATE', 'ALTER')} WITH CHECK OPTION`,
    'view  T',
  ),
  onObject('algorithm of a view', VIEW, VIEW.replace('CREATE', 'ALTER ALGORITHM=MERGE'), 'view  T'),
  onTable('trigger added', [TRIGGER], 'trigger T T_trigger'),
  {
    ...onTable(
      'body of a trigger',
      ['DROP TRIGGER T_trigger', TRIGGER.replace("'y'", "'z'")],
      'trigger T T_trigger',
    ),
    before: [TRIGGER],
  },
  {
    ...onTable(
      'time of a trigger',
      ['DROP TRIGGER T_trigger', TRIGGER.replace('INSERT', 'UPDATE')],
      'trigger T T_trigger',
    ),
    before: [TRIGGER],
  },
  onObject(
    'body of a procedure',
    PROCEDURE,
    ['DROP PROCEDURE T', PROCEDURE.replace('id = p', 'id > p')],
    'procedure  T',
  ),
  onObject(
    'parameter of a procedure',
    PROCEDURE,
    ['DROP PROCEDURE T', PROCEDURE.replace('IN p', 'INOUT p')],
    'procedure  T',
  ),
  onObject(
    'procedure of the caller',
    PROCEDURE,
    'ALTER PROCEDURE T SQL SECURITY INVOKER',
    'procedure  T',
  ),
  onObject('comment of a procedure', PROCEDURE, "ALTER PROCEDURE T COMMENT 'two'", 'procedure  T'),
  onObject(
    'result of a function',
    'CREATE FUNCTION T(p int) RETURNS int DETERMINISTIC RETURN p',
    ['DROP FUNCTION T', 'CREATE FUNCTION T(p int) RETURNS bigint DETERMINISTIC RETURN p'],
    'function  T',
  ),
  onObject('schedule of an event', EVENT, 'ALTER EVENT T ON SCHEDULE EVERY 2 DAY', 'event  T'),
  onObject(
    'body of an event',
    EVENT,
    'ALTER EVENT T DO DELETE FROM parents WHERE id = 1',
    'event  T',
  ),
  onObject('event switched on', EVENT, 'ALTER EVENT T ON COMPLETION PRESERVE', 'event  T'),
  {
    ...onObject(
      'body of a library',
      'CREATE LIBRARY T LANGUAGE JAVASCRIPT AS $$export const step = (n) => n-- -1; // `one`$$',
      [
        'DROP LIBRARY T',
        'CREATE LIBRARY T LANGUAGE JAVASCRIPT AS $$export const step = (n) => n-- -2; // `one`$$',
      ],
      'library  T',
    ),
    on: 'mysql',
  },
  {
    ...onObject(
      'step of a sequence',
      'CREATE SEQUENCE T INCREMENT BY 1',
      'ALTER SEQUENCE T INCREMENT BY 2',
      'sequence  T',
    ),
    on: 'mariadb',
  },
  {
    ...onTable('system versioning', 'ADD SYSTEM VERSIONING', 'option T WITH SYSTEM VERSIONING'),
    on: 'mariadb',
  },
];

/** Tables that kinds refer to. */
export const PARENTS = [
  'CREATE TABLE parents (id int unsigned NOT NULL PRIMARY KEY, code varchar(10)) DEFAULT CHARSET=utf8mb4',
  'CREATE TABLE others (id int unsigned NOT NULL PRIMARY KEY, code varchar(10)) DEFAULT CHARSET=utf8mb4',
];

/** The same table in two ways, which are one shape. */
export const SAME: readonly (readonly [one: readonly string[], other: readonly string[]])[] = [
  [
    [
      "CREATE TABLE same_a (id int AUTO_INCREMENT PRIMARY KEY, a varchar(9) NOT NULL DEFAULT 'x', b int, KEY by_a (a), KEY by_b (b)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci",
    ],
    [
      "CREATE TABLE same_a (id int(11) AUTO_INCREMENT PRIMARY KEY, a varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'x', b int DEFAULT NULL, KEY by_b (b) USING BTREE, KEY by_a (a)) ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci",
      'INSERT INTO same_a (b) VALUES (1), (2), (3)',
    ],
  ],
  [
    [
      'CREATE TABLE same_b (id int unsigned PRIMARY KEY, FOREIGN KEY (id) REFERENCES parents (id), CHECK (id > 0)) DEFAULT CHARSET=utf8mb4',
    ],
    [
      'CREATE TABLE same_b (id int unsigned PRIMARY KEY, CONSTRAINT same_b_ibfk_7 FOREIGN KEY (id) REFERENCES parents (id) ON DELETE RESTRICT ON UPDATE NO ACTION, CHECK (id > 0)) DEFAULT CHARSET=utf8mb4',
    ],
  ],
  [
    ['CREATE PROCEDURE same_c() BEGIN SELECT 1 FROM parents; DELETE FROM parents WHERE id=1; END'],
    [
      'CREATE PROCEDURE same_c()\nBEGIN\n  -- one\n  SELECT 1 FROM DB.parents; /* two */\n  DELETE FROM `DB`.parents WHERE id = 1;\nEND',
    ],
  ],
  [
    ['CREATE VIEW same_d AS SELECT id, code FROM parents'],
    [
      'CREATE VIEW same_d AS SELECT p.id, p.code FROM DB.parents AS p',
      'ALTER VIEW same_d AS SELECT id, code FROM DB.parents',
    ],
  ],
];
