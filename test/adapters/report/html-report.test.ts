import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../src/adapters/report/html.ts';
import { renderHtmlReport } from '../../../src/adapters/report/html-report.ts';
import { addNote, addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import type { Summary } from '../../../src/core/reduce/summary.ts';
import type { FinishedRun } from '../../../src/core/run/finished-run.ts';
import { COMMANDS_ON_STACK } from '../../../src/core/wording/on-stack.ts';
import { failedOutcome, failureNamed, migratedOutcome, requestOf } from '../../support/fleet.ts';
import { failedRun, plannedRun, sampleOf } from './support/sample-run.ts';

const finished: FinishedRun = {
  record: {
    id: '20261123-055712-3f9a',
    request: requestOf(),
    bundleHash: '9f86d081884c7d659a2feaa0c55ad015',
    startedAt: '2026-11-23T05:57:12.345Z',
  },
  state: {
    status: 'succeeded',
    waves: [{ size: 40, canary: false }],
    wavesEntered: 1,
    finishedAt: '2026-11-23T06:01:40.001Z',
  },
};

function failing(state: Partial<FinishedRun['state']> = {}): FinishedRun {
  return { ...finished, state: { ...finished.state, status: 'failed', ...state } };
}

function summaryOf(outcomes: readonly Parameters<typeof addOutcome>[1][], total?: number): Summary {
  return outcomes.reduce(addOutcome, emptySummary(total ?? outcomes.length));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The visible text of a page, without markup and style sheet. */
function textOf(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the report', () => {
  it('the report of a successful run shows the verdict, the times and the migrations', () => {
    const page = renderHtmlReport(summaryOf([migratedOutcome(1), migratedOutcome(2)]), finished);
    const text = textOf(page);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const part of [
      '20261123-055712-3f9a Succeeded',
      '2 of 2 tenants up to date.',
      '2 migrations applied',
      'Duration 4 min 28 s',
      'Started 2026-11-23 05:57:12 UTC',
      '9f86d081884c7d659a2feaa0c55ad015',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('migrate:retry');
    expect(text).not.toContain('What failed');
  });

  it('the report of a failed run groups failures by cause, most frequent first', () => {
    const failure = {
      ...failureNamed('TableExists'),
      fingerprint: 'z',
      message: "Table 'tasks' already exists",
      nextStep: 'Look why the table is there.',
      errno: 1050,
      migration: '20250127120000_add_priority_to_tasks',
      statement: { number: 3, text: 'create table `tasks` (`id` int)' },
    };
    const rare = { ...failureNamed('ConnectionRefused', true), fingerprint: 'a' };
    const outcomes = [
      failedOutcome(1, { failure: rare }),
      ...Array.from({ length: 12 }, (_, index) => failedOutcome(10 + index, { failure })),
    ];
    const text = textOf(renderHtmlReport(summaryOf(outcomes), failing()));
    for (const part of [
      '0 of 13 tenants up to date, 13 failed for 2 reasons.',
      '12 × TableExists errno 1050',
      'In 20250127120000_add_priority_to_tasks , statement 3:',
      'Next: Look why the table is there.',
      'Tenant 10 tenant-010 db0.example.com:3306 tenant-010_db',
      'These are the first 10 of 12 tenants, by slug.',
      'fanfold runs show 20261123-055712-3f9a --cause 1 --tenants',
      '1 × ConnectionRefused transient',
      'fanfold migrate:retry 20261123-055712-3f9a',
    ]) {
      expect(text).toContain(part);
    }
    expect(text.indexOf('TableExists')).toBeLessThan(text.indexOf('ConnectionRefused'));
  });

  it('the report shows why a run was stopped, its notes and its request', () => {
    const run = failing({
      stopped: { reason: 'breaker', message: '2 tenants have failed and 1 is tolerated.' },
      waves: [
        { size: 1, canary: true },
        { size: 1_999, canary: false },
      ],
    });
    const request = requestOf({
      retryOf: 'run-0',
      maxPerHost: 2,
      hosts: ['db1.example.com'],
      toleratedFailureCount: 1,
      to: '20250127120000_add_priority_to_tasks',
    });
    const summary = addNote(summaryOf([failedOutcome(1)], 2_000), 'MigrationModified', 41);
    const text = textOf(renderHtmlReport(summary, { ...run, record: { ...run.record, request } }));
    for (const part of [
      'Stopped early. 2 tenants have failed and 1 is tolerated.',
      'MigrationModified 41',
      '1 of 2 started: 1 (canary), 1,999',
      'Retry of run-0',
      'Concurrency 4 tenants, 2 per host',
      'Hosts db1.example.com',
      'Tolerated failures 1',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('the report of a plan states that nothing was changed', () => {
    const record = { ...finished.record, request: requestOf({ command: 'plan' }) };
    const planned = { ...migratedOutcome(1), status: 'planned' as const, pending: ['a.js'] };
    const text = textOf(renderHtmlReport(summaryOf([planned]), { ...finished, record }));
    expect(text).toContain('Migration plan');
    expect(text).toContain('1 of 1 tenant would be migrated.');
    expect(text).toContain('Nothing was changed');
  });

  it('the report of an empty run states that there was nothing to do', () => {
    const text = textOf(renderHtmlReport(emptySummary(0), finished));
    expect(text).toContain('There was no active tenant, so there was nothing to do.');
  });

  it('the report loads nothing, and runs only its own script', () => {
    const { summary, run } = failedRun();
    const page = renderHtmlReport(summary, run);
    const [, hash] =
      /default-src 'none'; style-src 'unsafe-inline'; script-src '(\S+)';/.exec(page) ?? [];
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text);
    expect(scripts.map((text) => `sha256-${sha256(text)}`)).toEqual([hash]);
    const links = page.replaceAll(/<a class="page" href="https:[^"]+"/g, '');
    expect(links).not.toMatch(/<link|<img|https?:|url\(|@import|javascript:| on[a-z]+=/i);
  });

  it('the report of a plan counts tenants that would change and tenants that are up to date separately', () => {
    const { summary, run } = plannedRun();
    const text = textOf(renderHtmlReport(summary, run));
    const all = summary.plan?.tenants ?? 0;
    expect(text).toContain(
      `${all} of 500 tenants would be migrated, ${498 - all} are up to date, 2 could not be planned.`,
    );
    expect(text).toContain(`Would be migrated ${all} Already up to date ${498 - all} Failed 2`);
    expect(text).toContain(
      `${all - 5} tenants would run 3 migrations 20261102091500_create_invoice_batches`,
    );
    expect(text).not.toContain('Outcomes over time');
    // A plan has nothing to retry, so no command can refer to its tenants.
    expect(text).not.toContain('--of');
  });

  it('the report names the command that repairs all tenants of a cause, if there is one', () => {
    const { summary, run } = failedRun();
    const text = textOf(renderHtmlReport(summary, run));
    const { id } = run.record;
    expect(text).toContain(
      `Set a new one: fanfold tenant:password --of ${id} --cause 1 --generate`,
    );
    expect(text).toContain(
      `All 9 at once: fanfold tenant:move --of ${id} --cause 2 --host &lt;host&gt;`,
    );
    expect(text).toContain(`Retry: fanfold migrate:retry --of ${id} --cause 3`);
    expect(text).not.toMatch(/All 1 at once/);
  });

  it('the report lists every failed tenant with its host and the migrations applied before', () => {
    const { summary, run } = failedRun();
    const page = renderHtmlReport(summary, run);
    const text = textOf(page);
    for (const { tenants } of run.details?.failed ?? []) {
      for (const { tenant } of tenants) expect(text).toContain(`${tenant.slug} ${tenant.host}`);
    }
    expect(page.match(/<tbody data-find>/g)).toHaveLength(40);
    expect(text).toContain('20261102091500_create_invoice_batches.ts 1 try');
    expect(text).not.toContain('These are the first');
    expect(page.length).toBeLessThan(120_000);
  });

  it('the report shows the statements of a half-applied migration once for all tenants in the same state', () => {
    const { summary, run } = failedRun();
    const text = textOf(renderHtmlReport(summary, run));
    expect(text).toContain('2 applied, 1 not applied, 1 not known: the same in 4 tenants');
    expect(text.match(/not known stopped here/g)).toHaveLength(1);
    expect(text).toContain('the file now sends: alter table `invoices` add `batch_id` bigint');
  });

  it('the report of 12,000 failures stays small enough for a browser', () => {
    const outcomes = Array.from({ length: 12_000 }, (_, number) =>
      failedOutcome(number, {
        failure: { ...failureNamed(`Cause${number % 4}`), fingerprint: `${number % 4}` },
      }),
    );
    const state = { ...failing().state, waves: [{ size: 12_000, canary: false }] };
    const { summary, run } = sampleOf(outcomes, { ...finished, state });
    const page = renderHtmlReport(summary, run);
    expect(page.match(/<tbody data-find>/g)).toHaveLength(2_000);
    expect(page.match(/These are the first 500 of 3,000 tenants/g)).toHaveLength(4);
    expect(page.length).toBeLessThan(2_000_000);
  });
});

/** A report with the text in every place that shows external data. */
function pageWith(text: string): string {
  const failure = {
    ...failureNamed(text),
    message: text,
    nextStep: text,
    migration: text,
    statement: { number: 1, text },
    statements: [{ number: 1, text, standing: 'not known' as const, now: text }],
  };
  const tenant = { id: text, slug: text, name: text, database: text, host: text };
  const request = requestOf({ hosts: [text], to: text, retryOf: text });
  const applied = [{ name: `${text}.js`, durationMs: 5 }];
  const facts = { finishedAt: finished.record.startedAt, durationMs: 5 };
  const { summary, run } = sampleOf(
    [
      failedOutcome(1, { tenant, failure, applied, ...facts }),
      failedOutcome(2, { tenant, failure: { ...failure, message: `${text}!` }, ...facts }),
      migratedOutcome(3, { tenant, applied, ...facts }),
      { ...migratedOutcome(4, { tenant, applied }), status: 'planned', pending: [text] },
    ],
    {
      record: { ...finished.record, id: text, request, bundleHash: text },
      state: failing({ stopped: { reason: 'error', message: text } }).state,
    },
  );
  return renderHtmlReport(addNote(summary, text, 1), run);
}

function tagsOf(page: string): string[] {
  return page.match(/<[^>]*>/g) ?? [];
}

describe('external data in the report', () => {
  it.each([
    '</style><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '&lt;already escaped&gt;',
    '\u202Elive\u0000\u001B[31m',
    '<!-- ]]> -->',
    'مرحبا <b>שלום</b> 👩‍👩‍👧‍👦',
    '\uD800 half of a sign',
    '$& $1 %s {{x}} \\',
    `<i>${'long '.repeat(90)}`,
  ])('external data in the report is plain text everywhere: %j', (text) => {
    const page = pageWith(text);
    expect(tagsOf(page)).toEqual(tagsOf(pageWith('x')));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
    expect(page).not.toMatch(/[\u0000\u001B\u202E]/);
  });

  it('external data in the report never adds a tag or an attribute', () => {
    const plain = tagsOf(pageWith('x'));
    // Texts between backticks have separate tests.
    const text = fc
      .string({
        unit: fc.constantFrom(...'<>&"\'=/ -!\n', 'script', 'é', '😀', '\u202E', '\u0000'),
      })
      .filter((each) => each.trim() !== '');
    fc.assert(
      fc.property(text, (each) => {
        expect(tagsOf(pageWith(each))).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  it('external data in the report passes through a template unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        const [, title = '', body = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/s.exec(markup) ?? [];
        expect([unescaped(title), unescaped(body)]).toEqual([text, text]);
      }),
    );
  });
});

function unescaped(markup: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name] ?? '');
}

it('the report shows who approved, rejected or did not decide about a wave, when and why', () => {
  const at = '2026-11-30T10:00:00.000Z';
  const rollout = {
    decisions: [
      { wave: 2, verdict: 'rejected', by: '<ada>@build-1', why: 'p95 is "up" & errors', at },
      { wave: 2, verdict: 'approved', by: 'grace', at },
      { wave: 3, verdict: 'expired', at },
    ],
  } as const;
  const page = renderHtmlReport(summaryOf([migratedOutcome(1)]), { ...finished, rollout });
  expect(page).toContain('&lt;ada&gt;@build-1');
  const text = textOf(page).replace(/\s+/g, ' ');
  expect(text).toContain('Approvals Wave 2: rejected by');
  expect(text).toContain('2026-11-30 10:00:00 UTC p95 is &quot;up&quot; &amp; errors');
  expect(text).toContain('approved by grace , 2026-11-30 10:00:00 UTC');
  expect(text).toContain('Wave 3: nobody decided in time, 2026-11-30 10:00:00 UTC');
  expect(renderHtmlReport(summaryOf([]), finished)).not.toContain('Approvals');
});

it('the report shows notes about the whole run as text', () => {
  const message = 'Beside this run there was <b>another</b> one.';
  const page = renderHtmlReport(
    { ...summaryOf([migratedOutcome(1)]), runNotes: [{ code: 'AnotherRunRunning', message }] },
    finished,
  );
  expect(page).toContain('<code>AnotherRunRunning</code>');
  expect(page).toContain('&lt;b&gt;another&lt;/b&gt;');
  expect(page).not.toContain('<th scope="col">Note</th>');
});

it('each command in the report of a run on AWS names the stack, if it takes one', () => {
  const execution = { arn: 'arn:execution', startedAt: finished.record.startedAt };
  for (const sample of [failedRun(), plannedRun()]) {
    const { summary, run: ended } = sample;
    const page = renderHtmlReport(summary, {
      ...ended,
      record: { ...ended.record, execution },
      stack: 'Prod/eu',
    });
    const commands = [...page.matchAll(/<code>fanfold ([^<]+)<\/code>/g)].map(
      ([, words = '']) => words,
    );
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) {
      const [name = '', part = ''] = words.split(' ');
      const takes = COMMANDS_ON_STACK.has(name) || COMMANDS_ON_STACK.has(`${name} ${part}`);
      expect([words, words.includes(' --aws Prod/eu')]).toEqual([words, takes]);
    }
  }
});

it('the report shows how to redrive a finished execution, but not for a running one', () => {
  const { record } = failing();
  const execution = { arn: 'arn:execution', startedAt: record.startedAt };
  const run = { ...failing(), record: { ...record, bundleHash: undefined, execution } };
  const summary = summaryOf([failedOutcome(1)]);
  const text = textOf(renderHtmlReport(summary, run));
  expect(text).toContain(`press Redrive on the execution ${record.id} , or`);
  expect(text).toContain(`fanfold migrate:retry ${record.id} --aws &lt;stack&gt;`);
  expect(text).not.toContain('Bundle');
  const running = { ...run, state: { ...run.state, status: 'running' as const } };
  expect(textOf(renderHtmlReport(summary, running))).not.toContain('To retry tenants');
});
