// npm run test:corpus -- [options]
//
// Runs migrations that other people have published: uninterrupted, adopted from plain Knex after half of them and
// by plain Knex, rolled back, and stopped at random points. Each is compared with plain Knex. Options:
//   --server URL[,URL]   servers to try (default: an embedded MariaDB, and those of FANFOLD_TEST_…_URL)
//   --set TEXT           only sets whose name contains the text
//   --short              a subset of the sets with few points, as a part of CI
//   --points N           random points a set (default 60, in the short form 6)
//   --seed N             their seed
//   --concurrency N      points at a time (default 8)
//   --out FILE           wrong and stuck points as lines of JSON
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ChaosServer } from '../chaos/differential/chaos-server.ts';
import { VERDICTS } from '../chaos/differential/run-point.ts';
import { emptyTally, sayTally } from '../chaos/differential/run-points.ts';
import { usingChaosServers } from '../chaos/differential/using-chaos-servers.ts';
import { say } from '../chaos/support/form.ts';
import { checkSet } from './check-set.ts';
import { CORPUS } from './corpus-sets.ts';
import { type CorpusSubject, nameOf, readSet } from './corpus-subject.ts';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    set: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    points: { type: 'string' },
    seed: { type: 'string', default: '20261129' },
    concurrency: { type: 'string', default: '8' },
    out: { type: 'string' },
  },
});
const pointsEach = Number(options.points ?? (options.short ? 6 : 60));

const chosen = CORPUS.filter(
  (set) => nameOf(set).includes(options.set) && (set.isInShortForm || !options.short),
);
const sets: CorpusSubject[] = [];
for (const set of chosen) {
  try {
    sets.push(await readSet(set));
  } catch (error) {
    say(`${nameOf(set)} | cannot be fetched: ${String(error)}`);
    process.exitCode = 1;
  }
}

/** Migrations that print would do so into the table. */
Object.assign(console, { log() {}, warn() {}, info() {} });

/** Longer texts tell no more, as a rule; `--set` and `--out` show the rest. */
const SHOWN_LENGTH = 300;

async function tryServer(server: ChaosServer): Promise<void> {
  const total = { sets: 0, right: 0, points: emptyTally() };
  for (const set of sets) {
    if (set.servers?.includes(server.kind) === false) continue;
    const started = performance.now();
    const result = await checkSet(server, set, {
      points: pointsEach,
      seed: Number(options.seed),
      concurrency: Number(options.concurrency),
    });
    total.sets++;
    if (result.isRight) total.right++;
    for (const verdict of VERDICTS) total.points[verdict] += result.tally[verdict];
    say(
      [
        server.title,
        set.name,
        `${set.bundle.migrations.length} migrations, ${result.packets} packets`,
        ...Object.entries(result.findings).map(
          ([what, finding]) => `${what}: ${finding.replaceAll('\n', ' ').slice(0, SHOWN_LENGTH)}`,
        ),
        `stopped: ${sayTally(result.tally)}`,
        `${((performance.now() - started) / 1_000).toFixed(0)} s`,
      ].join(' | '),
    );
    for (const fault of result.faults) {
      const line = JSON.stringify({ server: server.title, case: set.name, ...fault });
      if (options.out === undefined) say(`  ${line.slice(0, 2 * SHOWN_LENGTH)}`);
      else appendFileSync(options.out, `${line}\n`);
    }
  }
  say(
    `${server.title} | ${total.sets} sets, ${total.right} as under plain Knex | stopped: ${sayTally(total.points)}`,
  );
  if (total.right < total.sets || total.sets === 0) process.exitCode = 1;
}

await usingChaosServers(options.server, tryServer);
