import type { Failure } from '../../../../src/core/failure.ts';
import { fingerprint } from '../../../../src/core/failure.ts';
import type { StatementStanding } from '../../../../src/core/half-applied.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../../src/core/reduce/add-outcome.ts';
import { foldDetails } from '../../../../src/core/reduce/details/fold-details.ts';
import type { Summary } from '../../../../src/core/reduce/summary.ts';
import type { FinishedRun } from '../../../../src/core/run/finished-run.ts';
import type { TenantRef } from '../../../../src/core/tenant.ts';
import { idOf, requestOf } from '../../../support/fleet.ts';

/** The arguments of a report. */
export interface SampleRun {
  readonly summary: Summary;
  readonly run: FinishedRun;
}

const MIGRATIONS = [
  '20261102091500_create_invoice_batches',
  '20261109140200_add_priority_to_tasks',
  '20261117083000_index_orders_by_customer',
];
const STARTED_AT = Date.parse('2026-11-23T05:57:12.345Z');

const STATEMENTS: StatementStanding[] = [
  {
    number: 1,
    text: 'create table `invoice_batches` (`id` int unsigned not null)',
    standing: 'applied',
    isThere: true,
  },
  { number: 2, text: 'insert into `settings` (`key`, `value`) values (?, ?)', standing: 'applied' },
  {
    number: 3,
    text: 'alter table `invoices` add `batch_id` int unsigned null',
    standing: 'not known',
    stoppedHere: true,
    now: 'alter table `invoices` add `batch_id` bigint unsigned null',
  },
  {
    number: 4,
    text: 'alter table `invoices` add index `invoices_batch_id_index`(`batch_id`)',
    standing: 'not applied',
  },
];

type Cause = Omit<Failure, 'fingerprint'>;

/** Six typical causes of failure; some of their messages contain the tenant's slug. */
const CAUSES: readonly {
  readonly tenants: number;
  readonly of: (slug: string, host: string) => Cause;
}[] = [
  {
    tenants: 17,
    of: (slug, host) => ({
      code: 'AccessDenied',
      message: `Access denied for user '${slug}'@'10.0.4.12' at ${host} (using password: YES).`,
      nextStep:
        'The password in the central database is not the one of the server. Set a new one: `fanfold tenant:password <tenant>`',
      retryable: false,
      errno: 1045,
      sqlState: '28000',
    }),
  },
  {
    tenants: 9,
    of: (_, host) => ({
      code: 'ConnectionTimedOut',
      message: `${host} did not answer within 10 s.`,
      nextStep:
        'Check that the server runs and that the network lets this machine reach it, then retry.',
      retryable: true,
    }),
  },
  {
    tenants: 7,
    of: () => ({
      code: 'DuplicateData',
      message: "Duplicate entry '?' for key 'orders.orders_number_unique'",
      nextStep:
        'Find the duplicates and correct them, then retry: the statement runs again from the start.',
      retryable: false,
      migration: MIGRATIONS[2],
      statement: {
        number: 1,
        text: 'alter table `orders` add unique `orders_number_unique`(`number`)',
      },
      errno: 1062,
      sqlState: '23000',
    }),
  },
  {
    tenants: 4,
    of: () => ({
      code: 'HalfApplied',
      message: `${MIGRATIONS[0]} was interrupted, and its file has changed since: it cannot be resumed by itself.`,
      nextStep:
        'See the standing of each statement and the possible ways out, with the commands to type: `fanfold migrate:resolve <tenant>`',
      retryable: false,
      migration: MIGRATIONS[0],
      statements: STATEMENTS,
    }),
  },
  {
    tenants: 2,
    of: (slug) => ({
      code: 'PrivilegeMissing',
      message: `INDEX command denied to user '${slug}'@'10.0.4.12' for table 'orders'`,
      nextStep:
        "Grant the user that migrates what it lacks, as an administrator of that server: GRANT INDEX ON `tenant\\_acme\\_05`.* TO 'acme-05'@'10.0.4.%';",
      retryable: false,
      migration: MIGRATIONS[2],
      statement: {
        number: 1,
        text: 'alter table `orders` add index `orders_customer_id_index`(`customer_id`)',
      },
      errno: 1142,
      sqlState: '42000',
    }),
  },
  {
    tenants: 1,
    of: () => ({
      code: 'MigrationThrew',
      message: "TypeError: Cannot read properties of undefined (reading 'locale')",
      nextStep: 'Correct the migration and retry: the statements that ran are not run again.',
      retryable: false,
      migration: MIGRATIONS[1],
    }),
  },
];

const WORDS = [
  'acme',
  'umbrella',
  'globex',
  'initech',
  'hooli',
  'stark',
  'wayne',
  'tyrell',
  'cyberdyne',
  'soylent',
  'vandelay',
  'wonka',
];

function tenantNumber(index: number): TenantRef {
  const word = WORDS[index % WORDS.length] ?? '';
  const slug = `${word}-${String(Math.floor(index / WORDS.length)).padStart(2, '0')}`;
  return {
    id: idOf(index),
    slug,
    name: `${word[0]?.toUpperCase()}${word.slice(1)} ${Math.floor(index / WORDS.length)}`,
    database: `tenant_${slug.replace('-', '_')}`,
    host: `db${(index * 7) % 12}.eu.example.internal:3306`,
  };
}

/** 500 tenants in two waves, 40 of which failed for six causes. */
export function failedRun(): SampleRun {
  // One host is down; the other causes are spread across the fleet.
  const timesOut = CAUSES[1]?.of;
  const causes = CAUSES.flatMap(({ tenants, of }) => Array.from({ length: tenants }, () => of));
  const others = causes.filter((of) => of !== timesOut);
  const random = randomNumbers(12);
  let timedOut = 0;
  const outcomes: Outcome[] = [];
  let at = STARTED_AT;
  for (let index = 0; index < 500; index += 1) {
    const tenant = tenantNumber(index);
    const wave = index < 20 ? 1 : 2;
    at += index === 20 ? 4_000 : 300 + 500 * random() + (index > 300 && index < 330 ? 900 : 0);
    const isUnchanged = random() < 0.1;
    const durationMs = Math.round(
      (isUnchanged ? 25 : 380) * Math.exp(1.4 * (random() + random() + random() - 1.5)),
    );
    const facts = {
      tenant,
      wave,
      position: wave === 1 ? index : index - 20,
      tries: 1,
      durationMs,
      finishedAt: new Date(at).toISOString(),
      notes: index % 61 === 7 ? [{ code: 'MigrationModified', message: 'It has changed.' }] : [],
    };
    const done = MIGRATIONS.map((id) => ({
      name: `${id}.ts`,
      durationMs: Math.round(durationMs / 3.2),
    }));
    const isDown = index > 40 && tenant.host === 'db7.eu.example.internal:3306' && timedOut < 9;
    if (isDown) timedOut += 1;
    const other = !isDown && index >= 20 && index % 13 === 5 ? others.pop() : undefined;
    const cause = isDown ? timesOut : other;
    const failing = cause?.(tenant.slug, tenant.host ?? '');
    if (failing !== undefined) {
      const waited = failing.retryable ? 41_000 : 0;
      const applied = done.slice(0, Math.max(0, MIGRATIONS.indexOf(failing.migration ?? '')));
      outcomes.push({
        ...facts,
        status: 'failed',
        applied,
        tries: failing.retryable ? 4 : 1,
        durationMs: failing.retryable ? 40_120 : durationMs,
        finishedAt: new Date(at + waited).toISOString(),
        failure: { ...failing, fingerprint: fingerprint(failing) },
      });
    } else if (isUnchanged) outcomes.push({ ...facts, status: 'unchanged' });
    else outcomes.push({ ...facts, status: 'migrated', applied: done });
  }
  return sampleOf(outcomes, {
    record: {
      id: '20261123-055712-3f9a',
      request: requestOf({ waves: [{ percentage: 4, canary: true }], maxConcurrency: 8 }),
      bundleHash: '9f86d081884c7d659a2feaa0c55ad015',
      startedAt: new Date(STARTED_AT).toISOString(),
    },
    state: {
      status: 'failed',
      waves: [
        { size: 20, canary: true },
        { size: 480, canary: false },
      ],
      wavesEntered: 2,
      finishedAt: new Date(at + 300).toISOString(),
    },
  });
}

/** A plan of 500 tenants: most lack the same three migrations, some lack fewer, and two cannot be read. */
export function plannedRun(): SampleRun {
  const outcomes = Array.from({ length: 500 }, (_, index): Outcome => {
    const facts = {
      tenant: tenantNumber(index),
      wave: 1,
      position: index,
      tries: 1,
      durationMs: 12 + (index % 40),
      finishedAt: new Date(STARTED_AT + index * 8).toISOString(),
      notes: [],
    };
    if (index === 77 || index === 301) {
      const failure = CAUSES[0]?.of(facts.tenant.slug, facts.tenant.host ?? '') as Cause;
      return {
        ...facts,
        status: 'failed',
        applied: [],
        failure: { ...failure, fingerprint: fingerprint(failure) },
      };
    }
    const from = index % 100 === 3 ? 1 : index % 35 === 9 ? 3 : 0;
    return { ...facts, status: 'planned', pending: MIGRATIONS.slice(from) };
  });
  return sampleOf(outcomes, {
    record: {
      id: '20261123-055000-77aa',
      request: requestOf({ command: 'plan' }),
      bundleHash: '9f86d081884c7d659a2feaa0c55ad015',
      startedAt: new Date(STARTED_AT).toISOString(),
    },
    state: {
      status: 'failed',
      waves: [{ size: 500, canary: false }],
      wavesEntered: 1,
      finishedAt: new Date(STARTED_AT + 4_200).toISOString(),
    },
  });
}

/** The run with the summary and the details of its outcomes. */
export function sampleOf(
  outcomes: readonly Outcome[],
  run: Omit<FinishedRun, 'details'>,
): SampleRun {
  const details = foldDetails();
  for (const outcome of outcomes) details.add(outcome);
  const total = run.state.waves.reduce((sum, { size }) => sum + size, 0);
  return {
    summary: outcomes.reduce(addOutcome, emptySummary(total)),
    run: { ...run, details: details.result() },
  };
}

/** A pseudorandom generator with a fixed seed (mulberry32), so that pictures can be compared. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
