// npm run bench:fleet -- [options]
//
// Brings many real databases of one server up to date, by two processes of the command of which one is killed again
// and again, and looks at each database afterwards. It drops everything that it creates, also after Ctrl-C.
// docs/explanation/performance.md has the figures.
import { measureListAndFold } from '../list-and-fold/measure-list-and-fold.ts';
import { usingScratchDatabases } from '../scratch-databases.ts';
import { usingScratchFolder } from '../scratch-folder.ts';
import { describeServer, usingServer } from '../server.ts';
import { usingBenchSignal } from '../using-bench-signal.ts';
import { wrongWords } from './check-fleet.ts';
import { fleetLines, listLine } from './fleet-lines.ts';
import { measureFleet } from './measure-fleet.ts';
import { type FleetOptions, parseFleetOptions, USAGE } from './options.ts';

async function bench(options: FleetOptions, signal: AbortSignal): Promise<void> {
  const tell = (words: string) => console.error(words);
  await usingServer(options.server, (login) =>
    usingScratchDatabases(login, options, () =>
      usingScratchFolder(async (folder) => {
        console.log(`${await describeServer(login)}; Node ${process.versions.node}`);
        const record = await measureFleet(login, options, folder, { signal, tell });
        console.log(fleetLines(options.tenants, record).join('\n'));
        if (record.wrong.length > 0) throw new Error(wrongWords(record.wrong));
        if (options.listed === 0) return;
        tell(`filling a central database with ${options.listed} tenants`);
        const task = { tenants: options.listed, probe: 'trust' } as const;
        console.log(listLine(await measureListAndFold(login, task, folder, signal)));
      }),
    ),
  );
}

await usingBenchSignal(() => parseFleetOptions(process.argv.slice(2)), USAGE, bench);
