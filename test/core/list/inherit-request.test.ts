import { expect, it } from 'vitest';
import { inheritRequest } from '../../../src/core/list/inherit-request.ts';
import { requestOf } from '../../support/fleet.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const earlier = requestOf({
  tenants: ['acme-corp', 'beta'],
  waves: [{ tenants: ['acme-corp'] }],
  maxConcurrency: 20,
  ifRunning: 'skip',
  hosts: ['db1.example.com'],
  toleratedFailurePercentage: 5,
  to: '20250127120000_add_priority_to_tasks',
});

it('inheritRequest copies the earlier request, except for its tenants and how it was started', () => {
  const { tenants: _, ifRunning: __, ...rest } = earlier;
  expect(inheritRequest(earlier, 'run-1')).toEqual({ ...rest, retryOf: 'run-1' });
});

it('inheritRequest prefers new values, and keeps the others', () => {
  const request = inheritRequest(earlier, 'run-1', { maxConcurrency: 2, hosts: undefined });
  expect(request).toMatchObject({ maxConcurrency: 2, hosts: ['db1.example.com'] });
});

it('inheritRequest refuses values that contradict the earlier request', () => {
  const rollback = requestOf({ command: 'rollback', run: 'run-0' });
  const refused = () => inheritRequest(rollback, 'run-1', { command: 'migrate' });
  expect(thrownBy(refused)).toMatchObject({
    code: 'RequestInvalid',
    message: '"run" goes with "command": "rollback" only.',
  });
});

it('inheritRequest replaces one limit by the other', () => {
  expect(inheritRequest(earlier, 'run-1', { toleratedFailureCount: 3 })).toMatchObject({
    toleratedFailureCount: 3,
    toleratedFailurePercentage: undefined,
  });
});

it('inheritRequest names the run that is retried now, not the one that it retried', () => {
  const retried = inheritRequest({ ...earlier, retryOf: 'run-0' }, 'run-1');
  expect(retried.retryOf).toBe('run-1');
});

it('inheritRequest counts steps from the first run of the chain', () => {
  const steps = requestOf({ command: 'rollback', steps: 2 });
  const first = inheritRequest(steps, 'run-1');
  expect(first).toMatchObject({ steps: 2, stepsOf: 'run-1', retryOf: 'run-1' });
  expect(inheritRequest(first, 'run-2')).toMatchObject({ stepsOf: 'run-1', retryOf: 'run-2' });
  expect(inheritRequest(earlier, 'run-1')).not.toHaveProperty('stepsOf');
});
