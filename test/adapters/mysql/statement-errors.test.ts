import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../../src/adapters/mysql/connection/statement-errors.ts';

describe('a full disk', () => {
  it.each([
    [3, `Error writing file './ddl_recovery.log' (Errcode: 28 "No space left on device")`],
    [3, "Error writing file './acme/db.opt' (OS errno 28 - No space left on device)"],
    [1005, 'Can\'t create table `acme`.`users` (errno: 28 "No space left on device")'],
    [1030, "Got error 28 - 'No space left on device' from storage engine"],
    [1030, 'Got error 122 "Disk quota exceeded" from storage engine InnoDB'],
    [1021, 'Disk full (/tmp/#sql); waiting for someone to free some space... (errno: 28)'],
    [1114, "The table 'users' is full"],
    [3675, "Create table/tablespace 'users' failed, as disk is full"],
  ])('is known by what the server says: %i %s', (errno, sqlMessage) => {
    expect(meaningOf({ errno, sqlMessage })).toMatchObject({ code: 'ServerFull' });
  });

  it.each([
    [
      1005,
      'Can\'t create table `acme`.`users` (errno: 150 "Foreign key constraint is incorrectly formed")',
      'ForeignKeyInvalid',
    ],
    [1146, "Table 'acme.error 28' doesn't exist", 'TableMissing'],
    [1030, 'Got error 168 "Unknown (generic) error from engine"', undefined],
  ])('is not taken for another: %i %s', (errno, sqlMessage, code) => {
    expect(meaningOf({ errno, sqlMessage })?.code).toBe(code);
  });
});
