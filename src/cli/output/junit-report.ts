import { createCB } from 'xmlbuilder2';
import type { AppliedMigration, Outcome } from '../../core/outcome.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import { printable } from './printable.ts';

/** A run, as the header of its JUnit report describes it. */
export interface JunitRun {
  readonly runId: string;
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly summary: Summary;
}

/**
 * A run as a JUnit report, which CI systems read: one suite with a test case per tenant. It is generated in
 * pieces because a large fleet would not fit into memory. A failed tenant is a `failure`, an unknown one an
 * `error`.
 */
export async function* junitReport(
  { runId, command, startedAt, durationMs, summary }: JunitRun,
  outcomes: AsyncIterable<Outcome>,
): AsyncGenerator<string, void, undefined> {
  let pieces = '';
  const xml = createCB({
    prettyPrint: true,
    data: (piece: string) => {
      pieces += piece;
    },
    error: (error: Error) => {
      throw error;
    },
  });
  const take = () => {
    const taken = pieces;
    pieces = '';
    return taken;
  };
  const { counts, total } = summary;
  const numbers = {
    tests: String(total),
    failures: String(counts.failed),
    errors: String(counts.unknown),
    skipped: String(counts.skipped),
    time: seconds(durationMs),
  };
  xml.dec({ encoding: 'UTF-8' });
  xml.ele('testsuites', { name: 'fanfold', ...numbers });
  const timestamp = startedAt.replace(/\.\d+Z$/, 'Z');
  xml.ele('testsuite', { name: command, ...numbers, timestamp });
  xml.ele('properties').ele('property', { name: 'run', value: runId }).up().up();
  for await (const outcome of outcomes) {
    addCase(xml, command, outcome);
    yield take();
  }
  xml.up().up().end();
  yield `${take()}\n`;
}

type Xml = ReturnType<typeof createCB>;

function addCase(xml: Xml, command: string, outcome: Outcome): void {
  const { tenant, durationMs } = outcome;
  const name = legal(tenant.slug);
  xml.ele('testcase', { name, classname: `fanfold.${command}`, time: seconds(durationMs) });
  switch (outcome.status) {
    case 'failed': {
      const { code, message } = outcome.failure;
      xml.ele('failure', { type: code, message: legal(message) });
      xml.txt(failureText(outcome)).up();
      break;
    }
    case 'unknown':
      xml.ele('error', { type: 'Unknown', message: legal(outcome.reason) }).up();
      break;
    case 'skipped':
      xml.ele('skipped', { message: legal(outcome.reason) }).up();
      break;
    default: {
      const done = doneText(outcome);
      if (done !== '') xml.ele('system-out').txt(done).up();
    }
  }
  xml.up();
}

function failureText({
  failure,
  applied,
  leftOut,
}: Extract<Outcome, { status: 'failed' }>): string {
  const { message, nextStep, migration, statement, errno } = failure;
  const lines = [
    message,
    ...(migration === undefined ? [] : [`In ${migration}`]),
    ...(statement === undefined ? [] : [`Statement ${statement.number}: ${statement.text}`]),
    ...(errno === undefined ? [] : [`Error number ${errno}`]),
    ...(applied.length === 0
      ? []
      : [`Applied before it, and kept: ${namesOf(applied, leftOut?.applied)}`]),
    `Next: ${nextStep}`,
  ];
  return lines.map(legal).join('\n');
}

function doneText(outcome: Outcome): string {
  switch (outcome.status) {
    case 'migrated':
      return `Ran ${namesOf(outcome.applied, outcome.leftOut?.applied)}`;
    case 'reverted':
      return `Rolled back ${namesOf(outcome.reverted, outcome.leftOut?.reverted)}`;
    case 'planned': {
      const { reverting, pending, leftOut } = outcome;
      const more = reverting === undefined ? leftOut?.pending : leftOut?.reverting;
      const names = (reverting ?? pending).map(legal).join(', ') + andMore(more);
      if (names === '') return '';
      return `Would ${reverting === undefined ? 'run' : 'roll back'} ${names}`;
    }
    default:
      return '';
  }
}

function namesOf(migrations: readonly AppliedMigration[], leftOut?: number): string {
  return migrations.map(({ name }) => legal(name)).join(', ') + andMore(leftOut);
}

/** Migrations that an execution had no room to list. */
function andMore(leftOut: number | undefined): string {
  return leftOut === undefined ? '' : ` and ${leftOut} more`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/**
 * Replaces characters that XML does not allow even when escaped: controls, and two that are not characters.
 * Messages of a server may contain any of them. Ampersands are escaped here because the builder leaves one
 * alone if it looks like part of an entity.
 */
export function legal(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;');
}
