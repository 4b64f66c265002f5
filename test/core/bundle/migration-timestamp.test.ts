import { describe, expect, it } from 'vitest';
import {
  migrationTimestamp,
  nextMigrationTimestamp,
} from '../../../src/core/bundle/migration-timestamp.ts';

describe('migrationTimestamp', () => {
  it.each([
    ['20250127120000_add_priority_to_tasks', '20250127120000'],
    ['20250127120000', '20250127120000'],
    ['20250127120000-dashed', '20250127120000'],
    ['001_init', undefined],
    ['1699999999999_epoch', undefined],
    ['202501271200001_fifteen', undefined],
    ['create_20250127120000', undefined],
  ])('migrationTimestamp reads the timestamp of %s, if it has one', (id, expected) => {
    expect(migrationTimestamp(id)).toBe(expected);
  });
});

describe('nextMigrationTimestamp', () => {
  const now = new Date('2026-11-23T05:06:07.890Z');

  it.each([
    ['is now, in UTC', [], '20261123050607'],
    ['is now, after older ones', ['20250127120000', '20261123050606'], '20261123050607'],
    ['is one second later than one of this second', ['20261123050607'], '20261123050608'],
    ['follows a clock that is ahead', ['20991231235959', '20250101000000'], '21000101000000'],
    ['carries over the end of February', ['20280228235959'], '20280229000000'],
    ['counts on from what is no date', ['20269900000000'], '20269900000001'],
    ['counts on from a day that no month has', ['20270231000000'], '20270231000001'],
  ])('the next timestamp of a migration %s', (_, existing, expected) => {
    expect(nextMigrationTimestamp(existing, now)).toBe(expected);
  });
});
