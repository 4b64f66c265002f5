import { expect, it } from 'vitest';
import {
  delimiterInSql,
  hasDelimiterCommand,
} from '../../../../src/adapters/mysql/sql/delimiter-command.ts';

it.each([
  'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\nDELIMITER ;',
  'SELECT 1;\r\n  delimiter $$\r\nSELECT 2$$',
  '-- a comment\nDelimiter ;;',
  'SELECT 1;\nDELIMITER EOF',
  'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END;\n\tDELIMITER ;\n',
])('findDelimiterCommand finds the DELIMITER line in %s', (sql) => {
  expect(hasDelimiterCommand(sql)).toBe(true);
});

it.each([
  "SELECT 'a\nDELIMITER //\n'",
  '/*\nDELIMITER //\n*/ SELECT 1',
  '-- DELIMITER //\nSELECT 1',
  'SELECT delimiter FROM t',
  'CREATE TABLE t (\n  delimiter VARCHAR(5),\n  `DELIMITER` INT\n)',
  'UPDATE t SET\ndelimiter = 1',
  'SELECT\ndelimiter\nFROM t',
  'SELECT\ndelimiter alias\nFROM t',
  'SELECT a FROM t ORDER BY\n  delimiter ;\n',
])('findDelimiterCommand finds no DELIMITER line in %s', (sql) => {
  expect(hasDelimiterCommand(sql)).toBe(false);
});

it('the error about DELIMITER names the alternative', () => {
  expect(delimiterInSql()).toMatchObject({
    code: 'DelimiterInSql',
    fault: 'migration',
    retryable: false,
    nextStep: expect.stringContaining('a separate statement'),
  });
});
