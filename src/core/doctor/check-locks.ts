import { killText } from '../wording/account-sql.ts';
import { type Check, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Checks whether a lock keeps others from migrating this database. */
export function checkLocks(facts: DatabaseFacts): Check[] {
  return [checkFence(facts), checkKnexLock(facts)];
}

function checkFence({ fenceHolder, fenceHolderId }: DatabaseFacts): Check {
  if (fenceHolder === null) return ok('fence', 'free');
  return {
    name: 'fence',
    status: 'wrong',
    code: 'TenantBusy',
    message: `A migrator holds this database's fence: ${fenceHolder}.`,
    nextStep: `Wait for it to end. If its client is gone, the server frees the fence when the statement ends; end it only if you know what it runs${fenceHolderId === undefined ? '' : `: ${killText(fenceHolderId)}`}`,
  };
}

function checkKnexLock({ knexLock, fenceHolder }: DatabaseFacts): Check {
  const name = 'knex-lock';
  const { state, unlock } = knexLock;
  if (state === 'free') return ok(name, 'free');
  if (state === 'running' && fenceHolder !== null) return ok(name, 'held along with the fence');
  if (state === 'running') {
    return {
      name,
      status: 'wrong',
      code: 'KnexLockSet',
      message:
        "Knex's migration lock is set by a run of Fanfold without the fence: its session is still there, or hidden from this login.",
      nextStep: `Wait for that session to end. If no migration is running, free the lock: ${unlock};`,
    };
  }
  if (state === 'knex') {
    return {
      name,
      status: 'wrong',
      code: 'KnexLockSet',
      message: "Knex's migration lock is set: plain Knex is migrating, or was killed while it did.",
      nextStep: `If no Knex migration is running, free the lock: \`fanfold migrate:doctor <tenant> --fix\`, or ${unlock};`,
    };
  }
  return {
    name,
    status: 'note',
    code: 'KnexLockStale',
    message:
      state === 'ours'
        ? "Knex's migration lock is set by a run of Fanfold that was killed."
        : "Knex's migration lock is set although no other session uses the database.",
    nextStep: 'Nothing: the next run clears it by itself and says so.',
  };
}
