import { describe, expect, it, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

async function run(...argv: readonly string[]) {
  const host = fakeHost();
  const { wiring, attempts } = await fakeFleet([{ slug: 'acme' }, { slug: 'beta' }]);
  const exitCode = await runCli([...argv], host, () => wiring);
  return { out: host.out, err: host.err.replace(/\s+/g, ' '), exitCode, attempts };
}

describe('options about what happens between two waves', () => {
  test.each([
    ['--window', '0 0 31 2 * for 8h', 'leave no time to begin within 400 days'],
    ['--window', 'whenever', '"windows" is ["whenever"]; it must be a list of at most 50 spans'],
    ['--freeze', '2026-02-30..2026-03-01', '"freezes" is ["2026-02-30..2026-03-01"]; it must be'],
    ['--time-zone', 'Europe/Atlantis', '"timeZone" is "Europe/Atlantis"; it must be an IANA time'],
    ['--time-zone', '+02:00', '"timeZone" is "+02:00"; it must be an IANA time zone'],
    ['--alarms', 'api-5xx', 'only a run on AWS asks CloudWatch'],
    ['--bake', 'a while', 'It must be a number of minutes, or such as 90s, 30m, 2h or 1d'],
    ['--bake', '8d', 'at most a week'],
    ['--approval', 'maybe', 'Allowed choices are none, canary, waves'],
    ['--approval-hours', '0', 'It must be a number of hours above 0'],
  ])('the option %s %s is refused before any tenant is touched', async (flag, value, expected) => {
    const { err, exitCode, attempts } = await run('migrate:all-tenants', flag, value);
    expect(err).toContain(expected);
    expect(exitCode).toBe(2);
    expect(attempts).toEqual([]);
  });

  it('a bake is accepted in other units than minutes', async () => {
    const { out, exitCode } = await run(
      ...['migrate:all-tenants', '--canary', 'acme', '--bake', '0.6s'],
    );
    expect(out).toMatch(/⏸️ {2}Wave 2 waits for the bake of 0.6 s. It ends at .* UTC.\n🌊 Wave 2/s);
    expect(exitCode).toBe(0);
  });
});

describe('a decision', () => {
  test.each([
    [['approve', '--why', 'fine'], 'No run waits for an approval.'],
    [['approve'], "required option '--why <text>' not specified"],
    [['reject', '--why', '  '], 'The reason of --why has 0 characters; it must have 1 to 1000.'],
    [['approve', 'no-such-run', '--why', 'fine'], 'There is no run "no-such-run"'],
    [['approve', '../..', '--why', 'fine'], '"../.." is not the id of a run.'],
  ])('the command %j is refused', async (argv, expected) => {
    const { err, exitCode } = await run(...argv);
    expect(err).toContain(expected);
    expect(exitCode).toBe(2);
  });
});
