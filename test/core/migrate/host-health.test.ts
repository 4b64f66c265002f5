import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/core/failure.ts';
import { createHostHealth } from '../../../src/core/migrate/host-health.ts';
import { failedAttempt, unchangedAttempt } from '../../support/fleet.ts';

const timedOut = failedAttempt('ConnectionTimedOut', true);
const refused = failedAttempt('ConnectionRefused', true);

function watched() {
  const told: Failure[] = [];
  return { told, health: createHostHealth((down) => told.push(down)) };
}

describe('a host', () => {
  it('a host is down when two attempts in a row timed out, which is reported once', () => {
    const { health, told } = watched();
    health.ended('db1:3306', timedOut, false);
    expect(health.of('db1:3306').standing).toBe('silent');
    health.ended('db1:3306', timedOut, false);
    health.ended('db1:3306', timedOut, true);
    expect(health.of('db1:3306')).toMatchObject({
      standing: 'down',
      down: {
        code: 'HostDown',
        retryable: true,
        message: expect.stringMatching(/^ConnectionTime/),
      },
    });
    expect(told).toHaveLength(1);
    expect(health.wentDown).toBe(true);
  });

  it('a host stays in if it answers in between', () => {
    const { health, told } = watched();
    for (let time = 0; time < 5; time += 1) {
      health.ended('db1:3306', timedOut, false);
      health.ended('db1:3306', unchangedAttempt, true);
    }
    expect(health.of('db1:3306').standing).toBe('answers');
    expect(told).toEqual([]);
  });

  it('a host that refuses at once is down only after two tenants have had all their attempts', () => {
    const { health } = watched();
    for (let time = 0; time < 6; time += 1) health.ended('db1:3306', refused, false);
    expect(health.of('db1:3306').standing).toBe('untried');
    health.ended('db1:3306', refused, true);
    health.ended('db1:3306', refused, true);
    expect(health.of('db1:3306').standing).toBe('down');
  });

  it.each([
    ['AccessDenied', false],
    ['TenantBusy', true],
    ['TooManyConnections', true],
    ['PasswordWrongKey', false],
    ['HostNotFound', false],
  ])('a host is not blamed for %s', (code, retryable) => {
    const { health } = watched();
    for (let time = 0; time < 5; time += 1) {
      health.ended('db1:3306', failedAttempt(code, retryable), true);
    }
    expect(health.of('db1:3306').down).toBeUndefined();
  });

  it('a host that is tried again is down after one failed attempt, which is not reported again', () => {
    const { health, told } = watched();
    health.ended('db1:3306', timedOut, false);
    health.ended('db1:3306', timedOut, false);
    health.lookAgain();
    expect([health.of('db1:3306').standing, health.wentDown]).toEqual(['probed', false]);
    health.ended('db1:3306', timedOut, false);
    expect([health.of('db1:3306').standing, health.wentDown]).toEqual(['down', false]);
    expect(told).toHaveLength(1);
  });
});

it('host health distinguishes two hosts as two causes', () => {
  const { health } = watched();
  for (const host of ['db1:3306', 'db2:3306']) {
    health.ended(host, timedOut, false);
    health.ended(host, timedOut, false);
  }
  const causes = ['db1:3306', 'db2:3306'].map((host) => health.of(host).down?.fingerprint);
  expect(new Set(causes).size).toBe(2);
});

it('host health remembers a bounded number of hosts', () => {
  const { health } = watched();
  const first = health.of('db0:3306');
  for (let number = 1; number <= 20_000; number += 1) health.of(`db${number}:3306`);
  expect(health.of('db0:3306')).not.toBe(first);
});
