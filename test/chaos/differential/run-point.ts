import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '../../../src/core/bundle/bundle.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import { migrate } from '../../support/migrating.ts';
import { CHAOS_RUN, runAgain } from '../support/run-again.ts';
import { type Login, startRunner } from '../support/runner-process.ts';
import type { Contents } from './contents.ts';
import { differencesFromPlain, type Ground, openRowsOf, readAll } from './ground.ts';
import { type Strike, startStrikeProxy } from './strike-proxy.ts';
import { withoutGaps } from './without-gaps.ts';

/**
 * `right`: equal to plain Knex. `gaps`: equal but for ids which the server counted up in tables of the
 * base. `labelled`: half-applied, and left alone. `wrong`: ended well, and differs. `stuck`: fails
 * again and again without a label.
 */
export const VERDICTS = ['right', 'gaps', 'labelled', 'wrong', 'stuck'] as const;
export type PointVerdict = (typeof VERDICTS)[number];

/** The result of one point. */
export interface PointResult {
  readonly verdict: PointVerdict;
  /** The differences, or the error. */
  readonly why: string;
  readonly strikes: readonly Strike[];
  /** The packet at which the first strike fell. */
  readonly packet: string | undefined;
}

/** An attempt, or a whole point, that takes longer never ends. */
const POINT_MS = 90_000;

/**
 * Stops one attempt after the other as the strikes say, then runs until it ends, and compares.
 *
 * @param processes whether what is killed is a separate process. Without it the attempt stays in this
 *   process and never hears of its connection again, which is as good, and a hundred times as fast.
 */
export async function runPoint(
  ground: Ground,
  strikes: readonly Strike[],
  { processes = false } = {},
): Promise<PointResult> {
  const { of, server } = ground;
  const database = await server.create(of.base);
  const proxies: { close(): void }[] = [];
  let packet: string | undefined;
  const finish = (verdict: PointVerdict, why: string): PointResult => ({
    verdict,
    why,
    strikes,
    packet,
  });
  const work = async (): Promise<PointResult> => {
    if (strikes.length === 0) {
      await migrate(database, of.bundleOf(database.names), {
        fenceWaitSeconds: 5,
        runId: CHAOS_RUN,
      });
    }
    for (const [index, strike] of strikes.entries()) {
      const proxy = await startStrikeProxy(database, strike);
      proxies.push(proxy);
      const login = { ...database, port: proxy.port };
      if (processes && strike.deed === 'kill') await killProcess(of.name, login, proxy.struck);
      else {
        const attempt = migrate(login, of.bundleOf(database.names), {
          fenceWaitSeconds: 5,
          runId: CHAOS_RUN,
        });
        // A process that was killed never ends; one whose connection was cut does.
        await (strike.deed === 'kill' ? Promise.race([attempt, proxy.struck]) : attempt);
      }
      if (index === 0) packet = proxy.sent[strike.packet - 1];
    }
    const files = (of.changedBundleOf ?? of.bundleOf)(database.names);
    const again = await runAgain(database, files);
    const found = await readAll(server, of, database);
    if (again.status === 'failed') return judgeFailure(again, found, files);
    return judge(found, again.status === 'unchanged');
  };
  const judgeFailure = async (
    { failure }: Extract<Attempt, { status: 'failed' }>,
    found: Contents,
    files: Bundle,
  ): Promise<PointResult> => {
    const said = `${failure.code}: ${failure.message}`;
    if (failure.code !== 'HalfApplied') return finish('stuck', said);
    const third = await runAgain(database, files);
    const now = await readAll(server, of, database);
    // A random value may be the same again by chance; then the result has to be right.
    if (third.status !== 'failed') return judge(now, false);
    if (third.failure.code !== 'HalfApplied')
      return finish('wrong', `The label did not stay: ${JSON.stringify(third)}`);
    const touched = differencesFromPlain(found, now);
    if (touched.length > 0) return finish('wrong', `Touched below a label: ${touched.join(' | ')}`);
    return of.ends === 'right'
      ? finish('wrong', `Needs no label: ${said}`)
      : finish('labelled', said);
  };
  const judge = (found: Contents, wasDone: boolean): PointResult => {
    const open = openRowsOf(found);
    if (open > 0) return finish('wrong', `${open} rows are left in the journal`);
    // A file that is changed after it was applied is not applied again.
    const wanted = wasDone ? ground.wantedUnchanged : ground.wanted;
    const different = differencesFromPlain(wanted, found);
    if (different.length === 0) return finish('right', '');
    const { refersTo = [], gapsIn } = of;
    const apart = differencesFromPlain(
      withoutGaps(wanted, ground.base, refersTo, gapsIn),
      withoutGaps(found, ground.base, refersTo, gapsIn),
    );
    return apart.length === 0
      ? finish('gaps', different.join(' | '))
      : finish('wrong', apart.join(' | '));
  };
  const late = new AbortController();
  try {
    return await Promise.race([
      work(),
      sleep(POINT_MS, undefined, { signal: late.signal }).then(() =>
        finish('stuck', 'It never ended.'),
      ),
    ]);
  } finally {
    late.abort();
    for (const proxy of proxies) proxy.close();
    await server.drop(database);
  }
}

/** Lets a process migrate, and kills it with -9 when it is struck. */
async function killProcess(caseName: string, login: Login, struck: Promise<void>): Promise<void> {
  const runner = await startRunner();
  void struck.then(() => runner.child.kill('SIGKILL'));
  await runner.run([login], { once: true, caseName });
}
