import { expect, test, vi } from 'vitest';
import { IN_FULL } from '../../../../chaos/support/form.ts';
import { whyNot } from '../../../../support/online-programs.ts';
import { compareWithPlain, type OnlineKind } from '../compare-with-plain.ts';

vi.setConfig({ testTimeout: 600_000 });

/** A table with every kind of column that Spirit may copy, with values at the ends of their types. */
const GROUND = `
  CREATE TABLE tasks (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    flag TINYINT(1), points INT, big BIGINT UNSIGNED, price DECIMAL(12,4), ratio DOUBLE, share FLOAT,
    name VARCHAR(60), code CHAR(4), body TEXT,
    kind ENUM('a','b','c'), tags SET('x','y','z'),
    born DATE, at_time TIME(3), seen DATETIME(6), stamped TIMESTAMP(3) NULL, made YEAR,
    KEY by_points (points)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
  INSERT INTO tasks (flag, points, big, price, ratio, share, name, code, body, kind, tags, born, at_time, seen, stamped, made) VALUES
    (0, -2147483648, 0, -99999999.9999, 1e-300, 0.1, '', '', '', 'a', '', '0001-01-01', '-838:59:59', '1000-01-01 00:00:00', '1970-01-02 00:00:01', 1901),
    (1, 2147483647, 18446744073709551615, 99999999.9999, 1.7976931348623157e308, 3e38, 'Größe 🚀', 'ab', REPEAT('ü', 5000), 'c', 'x,y,z', '9999-12-31', '838:59:59', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.000', 2155),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 1, 3, 0.1, 0.1, 0.3, 'O''Brien \\\\ "x"', 'abcd', 'line\\nline', 'b', 'y', '2026-02-28', '12:00:00.123', '2026-03-29 02:30:00.5', '2026-10-25 02:30:00', 2026);
  INSERT INTO tasks (points, name) SELECT a.points % 1000, CONCAT(a.name, '-', b.id) FROM tasks a, tasks b, tasks c;
`;

const KINDS: readonly OnlineKind[] = [
  { sql: 'ALTER TABLE tasks MODIFY points BIGINT' },
  { sql: 'ALTER TABLE tasks MODIFY id BIGINT NOT NULL AUTO_INCREMENT' },
  { sql: 'ALTER TABLE tasks MODIFY name VARCHAR(300), MODIFY flag SMALLINT' },
  { sql: 'ALTER TABLE tasks MODIFY code VARCHAR(8)' },
  { sql: 'ALTER TABLE tasks MODIFY body MEDIUMTEXT COLLATE utf8mb4_bin' },
  { sql: 'ALTER TABLE tasks MODIFY price DECIMAL(16,6)' },
  { sql: "ALTER TABLE tasks MODIFY born DATETIME, MODIFY tags SET('x','y','z','w')" },
  { sql: 'ALTER TABLE tasks MODIFY points BIGINT FIRST, DROP COLUMN ratio, DROP INDEX by_points' },
  {
    sql: 'ALTER TABLE tasks MODIFY points BIGINT, ADD COLUMN extra INT NOT NULL DEFAULT 7 AFTER id',
  },
  { sql: 'ALTER TABLE tasks MODIFY points BIGINT, ADD COLUMN doubled INT AS (id * 2) STORED' },
  { sql: 'ALTER TABLE tasks MODIFY points BIGINT, ADD FULLTEXT KEY words (body)' },
  {
    sql: 'ALTER TABLE tasks MODIFY points BIGINT COMMENT "it\'s; -- here", ADD CONSTRAINT ok CHECK (id > 0)',
  },
  { sql: 'ALTER TABLE tasks MODIFY points BIGINT, ADD CONSTRAINT bad CHECK (points > 0)' },
  { sql: 'ALTER TABLE tasks CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  { sql: 'ALTER TABLE tasks CHANGE points points BIGINT, ROW_FORMAT=COMPRESSED' },
  { sql: 'ALTER TABLE tasks MODIFY points SMALLINT', refused: /might not take every value/ },
  { sql: 'ALTER TABLE tasks MODIFY at_time TIME(6)', refused: /might not take every value/ },
  { sql: 'ALTER TABLE tasks MODIFY seen DATE', refused: /might not take every value/ },
  { sql: "ALTER TABLE tasks MODIFY kind ENUM('c','b','a')", refused: /might not take every/ },
  { sql: 'ALTER TABLE tasks MODIFY share DOUBLE', refused: /might not take every value/ },
  { sql: 'ALTER TABLE tasks CHANGE points score BIGINT', refused: /renames points/ },
  { sql: 'ALTER TABLE tasks MODIFY stamped DATETIME', refused: /TIMESTAMP/ },
];
const TRIED = KINDS.filter(({ refused }, index) => IN_FULL || refused || index % 3 === 0);

test(`what Spirit makes of a table is what the plain statement makes${whyNot('Spirit')}`, async ({
  skip,
}) => {
  if (whyNot('Spirit') !== '') skip();
  const { wrong, changed } = await compareWithPlain('Spirit', GROUND, TRIED);
  expect(wrong).toEqual([]);
  expect(changed).toBeGreaterThanOrEqual(IN_FULL ? 10 : 3);
});
