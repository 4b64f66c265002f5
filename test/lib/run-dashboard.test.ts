import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it, vi } from 'vitest';
import { publishLostNotification, publishRunMetrics } from '../../lambdas/run-metrics.ts';
import { RUN_METRICS } from '../../src/core/wire/run-metrics.ts';
import type { ShortSummary } from '../../src/core/wire/step-data.ts';
import { construct, flat, resourcesOf, templateOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

/** Metrics that AWS documents, by namespace. */
const OF_AWS: Readonly<Record<string, readonly string[]>> = {
  'AWS/States': [
    'ExecutionsStarted',
    'ExecutionsSucceeded',
    'ExecutionsFailed',
    'ExecutionsAborted',
    'ExecutionsTimedOut',
    'ExecutionThrottled',
  ],
  'AWS/Lambda': ['ConcurrentExecutions', 'Errors', 'Throttles'],
};

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

/** Widgets of the dashboard; references to other resources are in angle brackets. */
function widgetsOf(template: Template): readonly Widget[] {
  const [dashboard] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  return JSON.parse(flat(dashboard?.Properties.DashboardBody)).widgets;
}

/** `namespace name dimension=value …` of every metric that the functions emit for a machine. */
function emitted(machine: string): Set<string> {
  const lines: string[] = [];
  // Powertools has a console of its own.
  const log = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(...String(line).trim().split('\n'));
    return true;
  });
  const arn = `arn:aws:states:eu-west-1:123456789012:execution:${machine}:run-1`;
  const counts = { migrated: 1, unchanged: 1, failed: 1, unknown: 1 };
  const summary = { total: 4, applied: 1, counts } as ShortSummary;
  const wave = { size: 1, reported: 1, settled: 1, failed: 0, retryable: 0 };
  const execution = { arn, name: 'run-1', startedAt: '', redriveCount: 0 };
  publishRunMetrics(execution, summary, Array(12).fill(wave));
  publishLostNotification(arn);
  log.mockRestore();
  return new Set(
    lines.flatMap((line) => {
      const parsed = JSON.parse(line);
      const [{ Namespace, Dimensions, Metrics }] = parsed._aws.CloudWatchMetrics;
      const dimensions = (Dimensions[0] as string[])
        .map((name) => `${name}=${parsed[name]}`)
        .sort();
      return (Metrics as { Name: string }[]).map(({ Name }) =>
        [Namespace, Name, ...dimensions].join(' '),
      );
    }),
  );
}

it('every metric of the dashboard is one that the functions or AWS emit', () => {
  const ours = emitted('Fanfold-tenant-migrations');
  const shown: string[] = [];
  for (const { properties } of widgetsOf(templateOf())) {
    for (const [namespace, name, ...rest] of properties.metrics ?? []) {
      if (typeof namespace !== 'string') continue;
      const isOurs = namespace === 'Fanfold';
      const words = rest.filter((word) => typeof word === 'string');
      const dimensions = Array.from({ length: words.length / 2 }, (_, index) =>
        [words[index * 2], words[index * 2 + 1]].join('='),
      ).sort();
      shown.push(`${namespace} ${name}`);
      if (isOurs) expect(ours).toContain([namespace, name, ...dimensions].join(' '));
      else expect(OF_AWS[namespace]).toContain(name);
    }
  }
  for (const name of RUN_METRICS) expect(shown).toContain(`Fanfold ${name}`);
  expect(shown.length).toBeGreaterThan(30);
});

it('the figures of a wave have at most ten values of their dimension', () => {
  const waves = [...emitted('acme')].filter((metric) => metric.includes(' wave='));
  expect(new Set(waves.map((metric) => metric.split('wave=')[1])).size).toBe(10);
});

it('the dashboard shows every alarm of the stack', () => {
  const template = templateOf();
  const [status] = widgetsOf(template).filter(({ type }) => type === 'alarm');
  expect(status?.properties.alarms).toHaveLength(
    resourcesOf(template, 'AWS::CloudWatch::Alarm').length,
  );
});

it('a dashboard can be left out', () => {
  const { stack } = construct({ dashboard: false });
  Template.fromStack(Stack.of(stack)).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});
