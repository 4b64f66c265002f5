import { describe, expect, it } from 'vitest';
import {
  FirstLook,
  FirstLooks,
} from '../../../../src/adapters/mysql/migration/engine/first-looks.ts';

const TASKS = { type: 'TABLE', name: 'tasks' } as const;
const READ = { table: 'tasks', definition: 'CREATE TABLE `tasks` …' };

describe('the table that the first statement of a run changes', () => {
  it('a table that was changed first is read with the next locks', () => {
    const looks = new FirstLooks();
    expect(new FirstLook(looks, undefined).take(TASKS)).toBeUndefined();
    expect(looks.next).toBe('tasks');
  });

  it('a definition that was read is used once', () => {
    const look = new FirstLook(new FirstLooks(), READ);
    expect(look.take(TASKS)).toBe(READ.definition);
    expect(look.take(TASKS)).toBeUndefined();
  });

  it.each([
    ['another table', { type: 'TABLE', name: 'users' }, 'users'],
    ['a table of a database that is named', { ...TASKS, schema: 'other' }, undefined],
    ['a view of that name', { type: 'VIEW', name: 'tasks' }, undefined],
  ] as const)('%s is read again', (_, object, next) => {
    const looks = new FirstLooks();
    expect(new FirstLook(looks, READ).take(object)).toBeUndefined();
    expect(looks.next).toBe(next);
  });

  it.each([
    ['is forgotten if the first migration did not need it', false, undefined],
    ['stays if the first migration needed it', true, 'tasks'],
  ])('a table %s', (_, isTaken, next) => {
    const looks = new FirstLooks();
    looks.learn(TASKS);
    const look = new FirstLook(looks, READ);
    if (isTaken) look.take(TASKS);
    look.end();
    expect(looks.next).toBe(next);
  });
});
