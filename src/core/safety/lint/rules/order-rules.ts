import type { Rule } from '../rule.ts';

/** Rules about the place of a migration among others. */
export const ORDER_RULES: readonly Rule[] = [
  {
    name: 'older-than-committed',
    judges: 'source',
    severity: 'warning',
    finds: 'a new migration whose name sorts before one that is committed already',
    why: 'Tenants that have the later one run it after that one, and new tenants before it, so that their schemas may differ.',
    safeWay: 'Give it the current time in its name.',
    *check({ olderThan }) {
      if (olderThan === undefined) return;
      yield { message: `It is new, and its name sorts before ${olderThan}, which is committed.` };
    },
  },
];
