import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { excerptOf, linesOf, PICTURE } from '../../scripts/draw-demo.ts';
import { AWS_DEMO, startDemo } from '../demo/support/demo-process.ts';

const { localFolder } = inject('aws');

// It starts a local AWS of its own, and has nothing to do with an endpoint that was given.
describe.runIf(localFolder)('npm run demo:aws', () => {
  it('npm run demo:aws ends as the README shows it, and leaves nothing', async () => {
    const demo = await startDemo(AWS_DEMO);
    const { stdout, stderr, exitCode } = await demo.ended;
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    const picture = linesOf(await readFile(PICTURE, 'utf8'));
    expect(excerptOf(stdout).map(withoutNumbers)).toEqual(picture.map(withoutNumbers));
    const narrated = stdout.split('\n').filter((line) => line.startsWith('── '));
    expect(narrated.at(-1)).toMatch(/^── (\d+)\/\1 Clean up /);
    await expect.poll(demo.traces, { timeout: 5_000 }).toEqual([]);
  });

  it('npm run demo:aws leaves nothing if it is interrupted while the account is bootstrapped', async () => {
    const demo = await startDemo(AWS_DEMO);
    await demo.prints('$ npx cdk bootstrap');
    expect(await demo.traces()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^file fanfold-demo-/), 'process']),
    );
    demo.interrupt();
    expect(await demo.ended).toMatchObject({
      exitCode: 130,
      stdout: expect.stringMatching(/\nThe demo was interrupted\. Nothing is left behind\.\n$/),
      stderr: '',
    });
    await expect.poll(demo.traces, { timeout: 5_000 }).toEqual([]);
  });
});

/** Runs differ in ids, times, sizes and counts of resources. */
function withoutNumbers(line: string): string {
  return line.replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'RUN').replaceAll(/\d+(\.\d+)?/g, '0');
}
