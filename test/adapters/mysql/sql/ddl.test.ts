import { describe, expect, it } from 'vitest';
import { effectOf } from '../../../../src/adapters/mysql/journal/ddl-effect.ts';
import { parseDdl } from '../../../../src/adapters/mysql/sql/ddl.ts';

const TABLE = `CREATE TABLE \`orders\` (
  \`id\` int unsigned NOT NULL AUTO_INCREMENT,
  \`Total\` decimal(10,2) NOT NULL DEFAULT '0.00' COMMENT 'a, b',
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`orders_total_unique\` (\`Total\`),
  KEY \`odd\`\`name\` (\`id\`),
  CONSTRAINT \`orders_fk\` FOREIGN KEY (\`id\`) REFERENCES \`customers\` (\`id\`),
  CONSTRAINT \`positive\` CHECK ((\`Total\` > 0))
) ENGINE=InnoDB AUTO_INCREMENT=5`;

describe('parsing a DDL statement', () => {
  it.each([
    [
      'create table `a`.`orders` (id int)',
      'create',
      [{ type: 'TABLE', schema: 'a', name: 'orders' }],
    ],
    ['CREATE UNIQUE INDEX i ON orders (id)', 'alter', [{ type: 'TABLE', name: 'orders' }]],
    ['DROP TABLE a, b', 'drop', [{ name: 'a' }, { name: 'b' }]],
    ['RENAME TABLE a TO b', 'rename', [{ name: 'a' }, { name: 'b' }]],
    ['ALTER TABLE a RENAME TO b', 'rename', [{ name: 'a' }, { name: 'b' }]],
    [
      'CREATE DEFINER=`x`@`%` SQL SECURITY DEFINER VIEW v AS SELECT 1',
      'create',
      [{ type: 'VIEW', name: 'v' }],
    ],
    ['DROP TRIGGER t', 'drop', [{ type: 'TRIGGER', name: 't' }]],
    ['CREATE TABLE IF NOT EXISTS a (id int)', 'repeatable', []],
    ['DROP TABLE IF EXISTS a', 'repeatable', []],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', 'repeatable', []],
    ['ANALYZE TABLE a', 'repeatable', []],
    ['ALTER DATABASE CHARACTER SET utf8mb4', 'repeatable', []],
    ['ALTER ALGORITHM=MERGE VIEW v AS SELECT 1', 'repeatable', []],
    ['CREATE DATABASE IF NOT EXISTS d', 'repeatable', []],
    ['DROP USER IF EXISTS u', 'repeatable', []],
    ['CREATE TABLE /*!50100 IF NOT EXISTS */ a (id int)', 'repeatable', []],
    ['ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4', 'alter', [{ name: 'a' }]],
    ['CREATE TABLE a (id int) /*!99999 COMMENT "x" */', 'create', [{ name: 'a' }]],
  ])('parseDdl finds effect and objects of %s', (sql, effect, objects) => {
    expect(parseDdl(sql)).toMatchObject({ effect, objects });
  });

  it.each([
    'RENAME TABLE a TO tmp, b TO a, tmp TO b',
    'ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b',
    'TRUNCATE TABLE a',
    'ALTER TABLE a DISCARD TABLESPACE',
    'CREATE TABLE /*!99999 IF NOT EXISTS */ a (id int)',
    'CREATE TABLE IF NOT EXISTS a AS SELECT 1',
    'CREATE DATABASE d',
    'DROP DATABASE d',
    'ALTER EVENT e RENAME TO f',
    'ALTER TABLE a CONVERT PARTITION p TO TABLE b',
    'CREATE EVENT e ON SCHEDULE AT NOW() DO SET @a = 1',
    'CREATE EVENT IF NOT EXISTS e ON SCHEDULE AT NOW() DO SET @a = 1',
    'CREATE OR REPLACE TABLE a (id int)',
    'CREATE OR REPLACE SEQUENCE s',
    'REVOKE SELECT ON a FROM b',
    "ALTER USER u IDENTIFIED BY 'a' REPLACE 'b'",
    "ALTER USER u IDENTIFIED BY 'a' RETAIN CURRENT PASSWORD",
    'CREATE USER IF NOT EXISTS u IDENTIFIED BY RANDOM PASSWORD',
    'ALTER TABLE a ADD COLUMN IF NOT EXISTS b int, DROP COLUMN IF EXISTS b',
    'ALTER TABLE a ADD COLUMN IF NOT EXISTS b int, ADD c int',
  ])('the effect of %s is not determined', (sql) => {
    expect(parseDdl(sql)).toBeUndefined();
  });
});

describe('the effect of a DDL statement', () => {
  it.each([
    ['create table orders (id int, total decimal(10, 2), primary key (id))', 'there'],
    ['create table orders (id int)', 'in part'],
    ['alter table orders add total int after id', 'there'],
    ['alter table orders add total int, add key `odd``name` (id)', 'there'],
    ['alter table orders add column total int, drop id', 'in part'],
    ['alter table orders add name varchar(10)', 'not there'],
    ['alter table orders drop column name', 'there'],
    ['alter table orders drop primary key, add primary key (id, total)', 'there'],
    ['alter table orders drop key orders_total_unique, add key Orders_Total_Unique (id)', 'there'],
    ['alter table orders drop key orders_total_unique, add key other (id)', 'not there'],
    [
      'alter table orders add constraint orders_fk foreign key (id) references customers (id)',
      'there',
    ],
    ['alter table orders drop foreign key orders_fk', 'not there'],
    ['alter table orders add constraint positive check (total > 0)', 'there'],
    ['alter table orders change sum total decimal(10,2)', 'there'],
    ['alter table orders rename column total to sum', 'not there'],
    ['alter table orders modify total decimal(12,2), engine=InnoDB', 'there'],
    ['alter table orders add unique (total)', 'cannot be told'],
    ['alter table orders add foreign key (id) references customers (id)', 'cannot be told'],
    ['alter table orders add primary key (id), algorithm=copy', 'there'],
    ['drop index orders_total_unique on orders', 'not there'],
    ['drop table orders', 'not there'],
  ])('the effect of %s on the table is found by a look at the table: %s', (sql, standing) => {
    const ddl = parseDdl(sql);
    expect(ddl).toBeDefined();
    expect(ddl && effectOf(ddl, [TABLE])).toBe(standing);
  });

  it('the effect of a rename is determined by both names', () => {
    const ddl = parseDdl('rename table a to b');
    expect(ddl && effectOf(ddl, [TABLE, undefined])).toBe('not there');
    expect(ddl && effectOf(ddl, [undefined, TABLE])).toBe('there');
    expect(ddl && effectOf(ddl, [TABLE, TABLE])).toBe('in part');
  });
});
