import { describe, expect, it } from 'vitest';
import {
  checkMigrationName,
  MAX_MIGRATION_NAME_LENGTH,
} from '../../../src/core/bundle/migration-name.ts';
import { MIGRATION_VERBS } from '../../../src/core/bundle/migration-verbs.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('checkMigrationName', () => {
  it.each([
    'add_priority_to_tasks',
    'add_your_feature_name',
    'create_users',
    'drop_column_v2_from_tasks',
    `add_${'x'.repeat(MAX_MIGRATION_NAME_LENGTH - 4)}`,
  ])('checkMigrationName accepts %s', (name) => {
    expect(() => checkMigrationName(name)).not.toThrow();
  });

  it('checkMigrationName leaves room for timestamp and extension in a file name of 255 bytes', () => {
    const longest = `20250127120000_${'x'.repeat(MAX_MIGRATION_NAME_LENGTH)}.mjs`;
    expect(Buffer.byteLength(longest)).toBe(255);
  });

  it.each([
    ['ad_priority_to_tasks', 'begins with "ad"', 'add_priority_to_tasks'],
    ['Create Users', 'snake case', 'create_users'],
    ['add priority-to tasks', 'snake case', 'add_priority_to_tasks'],
    ['addPriorityToTasks', 'snake case', 'add_priority_to_tasks'],
    ['add__priority', 'snake case', 'add_priority'],
    ['create_users_', 'snake case', 'create_users'],
    ['create_users.ts', 'snake case', 'create_users'],
    ['20250127120000_create_users.js', 'snake case', 'create_users'],
    ['20250127120000_create_users', 'begins with a digit', 'create_users'],
    ['users_create', 'begins with "users"', 'create_users'],
    ['craete_users', 'begins with "craete"', 'create_users'],
  ])('checkMigrationName refuses %s, and suggests what was meant', (name, reason, suggestion) => {
    const error = thrownBy(() => checkMigrationName(name)) as FanfoldError;
    expect(error).toMatchObject({ code: 'MigrationNameInvalid', fault: 'usage' });
    expect(error.message).toContain(JSON.stringify(name));
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(new RegExp(`Did you mean ${suggestion}\\?$`));
    expect(error.nextStep).toContain(`fanfold migrate:make ${suggestion}`);
  });

  it.each([
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['priority', 'one word only'],
    ['add', 'one word only'],
    ['überprüfe_alles', 'snake case'],
    ['../../etc/passwd', 'snake case'],
    ['add_\nb', 'snake case'],
    ['teleport_users', MIGRATION_VERBS.join(', ')],
    [`add_${'x'.repeat(300)}`, 'has 304 characters, and 236 at most'],
  ])('checkMigrationName refuses %j', (name, reason) => {
    const error = thrownBy(() => checkMigrationName(name)) as FanfoldError;
    expect(error).toMatchObject({ code: 'MigrationNameInvalid', fault: 'usage' });
    expect(error.message).toContain(reason);
    expect(error.nextStep).toMatch(/`fanfold migrate:make [a-z_]+`$/);
    expect(error.message.length).toBeLessThan(1_200);
  });

  it('checkMigrationName contains each of its verbs once, in order', () => {
    expect([...MIGRATION_VERBS]).toEqual([...new Set(MIGRATION_VERBS)].sort());
  });
});
