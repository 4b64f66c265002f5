import { createHash } from 'node:crypto';
import type { Failure } from '../../failure.ts';
import type { AppliedMigration, FailedOutcome } from '../../outcome.ts';
import { cutToBytes } from '../../wording/cut-to-bytes.ts';
import { MOST_KINDS, MOST_SHAPES } from '../add-failure.ts';
import { causeOfKind, kindOfCause } from '../cause-of-failure.ts';
import { createFirstBySlug, type FirstBySlug } from './first-by-slug.ts';
import type { FailedOfCause, FailedTenant, NamedCount } from './run-details.ts';
import { createSmallestKeys } from './smallest-keys.ts';

/** The number of tenants that are listed for one cause, and for all causes together. */
export const MOST_OF_CAUSE = 1_000;
export const MOST_LISTED = 2_000;
/** Tenants of a cause of which each statement of a half-applied migration is kept. */
const MOST_WITH_STATEMENTS = 20;
const MOST_MIGRATIONS = 20;
const MOST_MESSAGE_BYTES = 500;

/** Lists failed tenants by cause. */
export interface FailedTenants {
  add(outcome: FailedOutcome): void;
  /** By fingerprint, as the summary's groups. */
  result(): FailedOfCause[];
}

/** The causes are those that a summary keeps: of the smallest kinds, and all of a kind as one if they are too many. */
export function createFailedTenants(): FailedTenants {
  const kinds = createSmallestKeys<Map<string, FirstBySlug<Listed>>>(MOST_KINDS);
  return {
    add(outcome) {
      const { failure } = outcome;
      const kind = kinds.at(kindOfCause(failure), () => new Map());
      if (kind === undefined) return;
      const cause = listOf(failure, kind);
      const place = cause.add(listed(outcome));
      if (place < 0 || place >= MOST_WITH_STATEMENTS) {
        dropStatements(cause.items[place]);
      } else {
        // It may have pushed another one out of the first ones.
        dropStatements(cause.items[MOST_WITH_STATEMENTS]);
      }
    },
    result() {
      const entries = kinds
        .entries()
        .flatMap(([, kind]) => [...kind])
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const most = fairShare(entries.map(([, { items }]) => items.length));
      return entries.map(([fingerprint, { items }]) => {
        const said = items[0] && inGeneral(items[0]);
        return {
          fingerprint,
          tenants: items
            .slice(0, most)
            .map(({ message, ...listed }) =>
              said === inGeneral({ ...listed, message }) ? listed : { ...listed, message },
            ),
        };
      });
    },
  };
}

/** The list of the failure's cause among those of its kind. */
function listOf(failure: Failure, kind: Map<string, FirstBySlug<Listed>>): FirstBySlug<Listed> {
  const many = causeOfKind(failure);
  const known = kind.get(failure.fingerprint) ?? kind.get(many);
  if (known !== undefined) return known;
  const list = createFirstBySlug<Listed>(MOST_OF_CAUSE);
  if (kind.size < MOST_SHAPES) {
    kind.set(failure.fingerprint, list);
    return list;
  }
  for (const { items } of kind.values()) for (const item of items) list.add(item);
  for (const item of list.items.slice(MOST_WITH_STATEMENTS)) dropStatements(item);
  kind.clear();
  kind.set(many, list);
  return list;
}

type Listed = { -readonly [Key in keyof FailedTenant]: FailedTenant[Key] };

function listed({
  tenant,
  wave,
  tries,
  durationMs,
  failure,
  leftOut,
  ...done
}: FailedOutcome): Listed {
  const { message, statements } = failure;
  return {
    tenant,
    wave,
    tries,
    durationMs,
    message: cutToBytes(message, MOST_MESSAGE_BYTES),
    applied: namedCount(done.applied, leftOut?.applied),
    ...(done.reverted &&
      done.reverted.length > 0 && { reverted: namedCount(done.reverted, leftOut?.reverted) }),
    ...(statements && statements.length > 0 && { statements, standing: fingerprintOf(statements) }),
  };
}

/** The message without the tenant's own names, which are shown beside it anyway. */
function inGeneral({ tenant, message = '' }: Listed): string {
  const { host = '', slug, database } = tenant;
  // The port is not always named.
  const names = [host, host.replace(/:\d+$/, ''), slug, database].filter((name) => name !== '');
  return names.reduce((words, name) => words.replaceAll(name, '…'), message);
}

function namedCount(done: readonly AppliedMigration[], leftOut = 0): NamedCount {
  return {
    count: done.length + leftOut,
    names: done.slice(-MOST_MIGRATIONS).map(({ name }) => name),
  };
}

function dropStatements(tenant: Listed | undefined): void {
  if (tenant !== undefined) delete tenant.statements;
}

function fingerprintOf(statements: NonNullable<FailedTenant['statements']>): string {
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex').slice(0, 16);
}

/** The most tenants of each cause with which all causes together stay within what is listed. */
function fairShare(counts: readonly number[]): number {
  let left = MOST_LISTED;
  const ascending = [...counts].sort((a, b) => a - b);
  for (const [index, count] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (count > share) return share;
    left -= count;
  }
  return MOST_OF_CAUSE;
}
