/** Statements that make a database with something of each kind that a shape has. */
export function groundStatements(isMariaDb: boolean, hasLibraries = false): string[] {
  return [
    `CREATE TABLE parents (
      id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
      code varchar(20) NOT NULL DEFAULT 'it''s, (a) "test"' COMMENT 'with, comma) and \\'quote\\'',
      other varchar(10) COLLATE utf8mb4_bin,
      latin varchar(10) CHARACTER SET latin1,
      kind enum('a','b,c','d)') NOT NULL DEFAULT 'a',
      amount decimal(10,2) DEFAULT 0,
      double_amount decimal(11,2) GENERATED ALWAYS AS (amount * 2) VIRTUAL,
      shown varchar(40) GENERATED ALWAYS AS (concat(code, 'x')) STORED,
      hidden_one int INVISIBLE DEFAULT 3,
      document json,
      made datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
      filled int(5) ZEROFILL,
      flag tinyint(1) NOT NULL DEFAULT 0,
      bits bit(3) DEFAULT b'101',
      computed int DEFAULT (1 + 2),
      UNIQUE KEY code_unique (code),
      KEY by_kind (kind, amount DESC),
      KEY by_prefix (code(5)) COMMENT 'first letters',
      CHECK (amount >= 0),
      CONSTRAINT amount_small CHECK (amount < 1000000)
    ) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the parents'`,
    `CREATE TABLE children (
      id bigint NOT NULL,
      parent_id int unsigned,
      second_id int unsigned,
      note text,
      FULLTEXT KEY words (note),
      FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE,
      CONSTRAINT second_key FOREIGN KEY (second_id) REFERENCES parents (id) ON UPDATE SET NULL,
      PRIMARY KEY (id)
    ) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPRESSED`,
    'CREATE TABLE keyless (a int, b varchar(3000)) DEFAULT CHARSET=utf8mb4',
    `CREATE TABLE parted (id int NOT NULL, made date NOT NULL, PRIMARY KEY (id, made))
      PARTITION BY RANGE (year(made)) (
        PARTITION early VALUES LESS THAN (2020), PARTITION late VALUES LESS THAN MAXVALUE)`,
    'CREATE TABLE `odd ``name, (x)` (`odd ``column)` int, `select` int, KEY `odd, key` (`select`))',
    'CREATE SQL SECURITY INVOKER VIEW z_first_view AS SELECT id, code FROM parents',
    'CREATE VIEW a_late_view AS SELECT id, code FROM z_first_view WHERE id > 1 WITH CHECK OPTION',
    'CREATE FUNCTION doubled(a int) RETURNS int DETERMINISTIC RETURN a * 2',
    'CREATE VIEW with_function AS SELECT doubled(amount) AS twice FROM parents',
    `CREATE PROCEDURE tidy(IN days int, OUT total int) COMMENT 'a; comment' SQL SECURITY INVOKER
      BEGIN
        -- removes what is old
        DELETE FROM children WHERE id < days;
        SELECT count(*) INTO total FROM children;
      END`,
    "CREATE TRIGGER second_of_two BEFORE INSERT ON children FOR EACH ROW SET NEW.note = concat(NEW.note, 'b')",
    "CREATE TRIGGER first_of_two BEFORE INSERT ON children FOR EACH ROW PRECEDES second_of_two SET NEW.note = 'a'",
    'CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM children WHERE id < 0',
    "CREATE EVENT stopped ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' DISABLE DO DELETE FROM children",
    ...(isMariaDb
      ? [
          'CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 10',
          'CREATE TABLE versioned (a int) WITH SYSTEM VERSIONING',
          'CREATE TABLE numbered (id int NOT NULL DEFAULT NEXTVAL(numbers))',
        ]
      : [
          'CREATE INDEX by_expression ON parents ((amount + 1))',
          ...(hasLibraries ? LIBRARIES : []),
        ]),
  ];
}

/** MySQL has them from 9.2 on. */
const LIBRARIES = [
  "CREATE LIBRARY words COMMENT 'it''s' LANGUAGE JAVASCRIPT AS $$export const join = (a, b) => `<a> # <b>`; // it's$$",
  'CREATE LIBRARY numbers LANGUAGE JAVASCRIPT AS $$export const less = (n) => n-- -1;$$',
  'CREATE FUNCTION with_libraries(a int) RETURNS int DETERMINISTIC NO SQL LANGUAGE JAVASCRIPT USING (words, numbers AS n) AS $$return n.less(a)$$',
];
