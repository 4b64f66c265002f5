import { expect, it } from 'vitest';
import type { RunChangeFacts } from '../../../src/core/notify/run-change.ts';
import { runNotification } from '../../../src/core/notify/run-notification.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { shortSummary } from '../../../src/core/run/short-summary.ts';
import { RUN_CHANGES } from '../../../src/core/wire/notification-names.ts';
import { notificationSchema } from '../../../src/core/wire/notification-schema.ts';
import { bytesOf } from '../../../src/core/wording/cut-to-bytes.ts';
import { failedOutcome, failureNamed } from '../../support/fleet.ts';

const run = { runId: 'run-1', command: 'migrate' } as const;
const summary = shortSummary(
  addOutcome(emptySummary(1), failedOutcome(0, { failure: failureNamed('TableExists') })),
  { runId: 'run-1', location: 's3://acme-runs/runs/run-1/' },
);
const inWave = { wave: 1, waves: 3 };
const until = '2026-11-23T06:27:12.000Z';

const EVERY_CHANGE: Readonly<Record<RunChangeFacts['change'], RunChangeFacts>> = {
  started: { change: 'started', total: 2_400, waves: 3, retryOf: 'run-0' },
  'wave-done': { change: 'wave-done', ...inWave, canary: true, summary },
  baking: { change: 'baking', ...inWave, until },
  'waiting-for-window': { change: 'waiting-for-window', ...inWave, until, reason: 'It is Sunday' },
  'waiting-for-approval': {
    change: 'waiting-for-approval',
    ...inWave,
    nextStep: 'Approve it with: `fanfold approve run-1`',
  },
  held: { change: 'held', ...inWave, reason: 'The alarm "errors" is in ALARM.' },
  resumed: { change: 'resumed', by: 'dana' },
  rejected: { change: 'rejected', reason: 'Too slow', by: 'dana', summary },
  stopped: { change: 'stopped', summary, reason: 'The run was stopped.' },
  failed: { change: 'failed', summary, nextStep: 'Retry with: `fanfold migrate:retry run-1`' },
  done: { change: 'done', summary },
};

it('every change has words for a chat channel, and keeps the schema', () => {
  const texts = RUN_CHANGES.map((change) => {
    const told = runNotification(run, EVERY_CHANGE[change], { wave: 1 }, Date.parse(until));
    expect(notificationSchema.strict().parse(JSON.parse(JSON.stringify(told)))).toEqual(told);
    return told.text;
  });
  expect(texts.join('\n\n')).toMatchInlineSnapshot(`
    "🚀 Run run-1 has started: 2,400 tenants in 3 waves. It retries run-0.

    🌊 Run run-1 has finished the canary, wave 1 of 3.
    0 of 1 tenant up to date, 1 failed for 1 reason.
    • 1 tenant (tenant-000): TableExists: TableExists happened. Mend it.

    ⏳ Run run-1 is baking after wave 1 of 3, until 2026-11-23 06:27 UTC.

    ⏳ Run run-1 waits for a window after wave 1 of 3, until 2026-11-23 06:27 UTC.
    It is Sunday.

    ✋ Run run-1 waits for approval after wave 1 of 3.
    Approve it with: \`fanfold approve run-1\`

    ⚠️ Run run-1 is held after wave 1 of 3.
    The alarm "errors" is in ALARM.

    ▶️ Run run-1 continues (by dana).

    ⛔ Run run-1 was rejected (by dana).
    Too slow.
    0 of 1 tenant up to date, 1 failed for 1 reason.
    Report: s3://acme-runs/runs/run-1/report.html

    ⛔ Run run-1 was stopped.
    0 of 1 tenant up to date, 1 failed for 1 reason.
    • 1 tenant (tenant-000): TableExists: TableExists happened. Mend it.
    Report: s3://acme-runs/runs/run-1/report.html

    ❌ Run run-1 has failed.
    0 of 1 tenant up to date, 1 failed for 1 reason.
    • 1 tenant (tenant-000): TableExists: TableExists happened. Mend it.
    Retry with: \`fanfold migrate:retry run-1\`
    Report: s3://acme-runs/runs/run-1/report.html

    ✅ Run run-1 is done.
    0 of 1 tenant up to date, 1 failed for 1 reason.
    Report: s3://acme-runs/runs/run-1/report.html"
  `);
});

it('a notification keeps its id if a state is retried, and gets another one after a redrive, in another round or for another change', () => {
  const idOf = (change: RunChangeFacts, moment: object, at = 0) =>
    runNotification(run, change, moment, at).id;
  const { held, failed } = EVERY_CHANGE;
  const moment = { redriveCount: 1, wave: 2, round: 3, occurrence: 4 };
  expect(idOf(held, moment, 1)).toBe(idOf(held, moment, 2));
  const others = [
    idOf(failed, moment),
    idOf(held, { ...moment, redriveCount: 2 }),
    idOf(held, { ...moment, wave: 3 }),
    idOf(held, { ...moment, round: 4 }),
    idOf(held, { ...moment, occurrence: 5 }),
    idOf(held, { wave: 2, round: 3 }),
  ];
  expect(new Set([idOf(held, moment), ...others]).size).toBe(7);
});

it('a notification stays short whatever failed', () => {
  let many = emptySummary(40);
  for (let number = 0; number < 40; number += 1) {
    const failure = { ...failureNamed(`Cause${number}`), message: 'ä'.repeat(5_000) };
    many = addOutcome(many, failedOutcome(number, { failure }));
  }
  const facts = shortSummary(many, { runId: 'run-1', location: 'memory:run-1' });
  const told = runNotification(run, { change: 'failed', summary: facts }, {}, 0);
  expect(bytesOf(told.text)).toBeLessThanOrEqual(3_000);
  // EventBridge takes 256 KiB for an entry.
  expect(bytesOf(JSON.stringify(told))).toBeLessThan(20 * 1024);
});
