import { describe, expect, it } from 'vitest';
import { type DemoProcess, startDemo } from './support/demo-process.ts';

/** Two demos at once beside other tests, on a server that writes every commit to a slow disk. */
const TIMEOUT = 300_000;

describe('npm run demo', { timeout: TIMEOUT }, () => {
  it('the demo succeeds, while another one beside it is interrupted; both leave nothing', async () => {
    const demo = await startDemo();
    const other = await startDemo();
    await other.prints('Migrating tenant:');
    other.interrupt();
    const interrupted = await other.ended;
    await leavesNothing(other);
    await demo.prints('── 5/10');
    // The search finds them before.
    expect(await demo.traces()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^database demo_\w{6}_acme_corp_db$/),
        expect.stringMatching(/^user demo_\w{6}_acme_corp$/),
        expect.stringMatching(/^file fanfold-demo-/),
        'process',
      ]),
    );
    const { stdout, stderr, exitCode } = await demo.ended;

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('2 failed, 2 causes:');
    expect(stdout).toMatch(
      /1 tenant: The encrypted password does not open.*\n.*PasswordWrongKey\n.*: kestrel-energy/,
    );
    expect(stdout).toMatch(
      /1 tenant: Table 'tasks' already exists\n.*\n.*TableExists.*\n.*: pinewood-hotels/,
    );
    expect(stdout).toMatch(
      /\[copies the table, .*\] alter table `users` modify `display_name` text/,
    );
    expect(stdout).toMatch(/Error WouldCopy \(errno 184[56]/);
    expect(stdout).toMatch(/\n✅ 24 tenants up to date.*\n.*\n$/);
    await leavesNothing(demo);

    expect(interrupted).toMatchObject({
      exitCode: 130,
      stdout: expect.stringMatching(/\nThe demo was interrupted\. Nothing is left behind\.\n$/),
    });
    expect(interrupted.stdout).not.toContain('── 5/10');
  });

  it('the demo leaves nothing if it is interrupted while it creates databases', async () => {
    const demo = await startDemo();
    await demo.prints('dropped at the end.');
    demo.interrupt();

    expect(await demo.ended).toMatchObject({
      exitCode: 130,
      stdout: expect.stringMatching(/\nThe demo was interrupted\. Nothing is left behind\.\n$/),
      stderr: '',
    });
    await leavesNothing(demo);
  });
});

/** A server takes a moment to notice that a connection was closed. */
async function leavesNothing(demo: DemoProcess): Promise<void> {
  await expect.poll(demo.traces, { timeout: 5_000 }).toEqual([]);
}
