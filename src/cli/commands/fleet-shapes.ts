import { Command } from 'commander';
import { shapeFileText } from '../../core/shapes/shape-file.ts';
import { compareGroups, type ShapeGroups } from '../../core/shapes/shape-groups.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { addConnectionOptions } from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOption, addHostsOption } from '../options/run-options.ts';
import { addOutputOptions, addTableNameOption } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { fleetShapesLine, shapesLines } from '../output/shape-lines.ts';
import {
  readShapeGroups,
  type ShapeGroupsOptions,
  type ShapeGroupsWiring,
} from '../tenants/read-shape-groups.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';

type Needs = ShapeGroupsWiring & ProcessWiring & ShapesWiring;

interface Options extends ShapeGroupsOptions {
  readonly check?: boolean;
  readonly export?: string;
}

/** `fleet:shapes [tenant…]`: groups tenants by their definitions. */
export function fleetShapes(app: App<Needs>): Command {
  const command = new Command('fleet:shapes')
    .description(
      'Reads the definitions of every ACTIVE tenant, or of the named ones, groups tenants that have the same, and shows the differences from the most common group side by side. Sessions are read-only. A server that has a login in the configuration (shapes.hosts) is read over one connection; other tenants with their own logins.',
    )
    .argument('[slug|id...]', 'tenants (default: every ACTIVE tenant)');
  addTableNameOption(addHostsOption(addConcurrencyOption(command)));
  addOutputOptions(addConnectionOptions(command));
  return command
    .option('--export <file>', 'write the shapes into a file, for rehearsals without tenants')
    .option('--check', 'exit with 1 if there are several shapes, or tenants that cannot be read')
    .addHelpText(
      'after',
      examples(
        'fanfold fleet:shapes',
        'fanfold fleet:shapes acme-corp beta --verbose',
        'fanfold fleet:shapes --hosts db1.example.com --export shapes.jsonl',
        'fanfold fleet:shapes --json | grep \'"shape"\'',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => showShapes(app, names, options, screen)),
      ),
    );
}

async function showShapes(
  app: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  return usingInterruption(
    { host, screen, wiring, whenLeft: 'Nothing was changed.' },
    async (signal) => {
      const terms = { command: 'fleet:shapes', screen, signal };
      const { groups, total } = await readShapeGroups(wiring, names, options, terms);
      if (total > 0) printShapes(groups, options, screen);
      if (signal.aborted) {
        screen.warn('Interrupted: tenants that were not read are in no shape.');
        return EXIT.interrupted;
      }
      await exportShapes(app, groups, options, screen);
      const isUneven = groups.all().length > 1 || groups.unreadable.counts.failed > 0;
      return options.check === true && isUneven ? EXIT.failed : EXIT.ok;
    },
  );
}

function printShapes(groups: ShapeGroups, { json, verbose }: Options, screen: Screen): void {
  const compared = compareGroups(groups.all());
  if (json !== true) {
    screen.print(shapesLines(compared, groups, screen.out, verbose === true));
    return;
  }
  screen.print([
    ...compared.map(({ shape: { fingerprint, server }, ...group }) =>
      jsonLine({ type: 'shape', fingerprint, server, ...group }),
    ),
    fleetShapesLine(groups),
  ]);
}

async function exportShapes(
  { wiring }: App<Needs>,
  groups: ShapeGroups,
  { export: file }: Options,
  screen: Screen,
): Promise<void> {
  if (file === undefined) return;
  const exported = groups.all();
  await wiring.writeFile(file, shapeFileText(exported), '--export');
  const unread = groups.unreadable.counts.failed + groups.further;
  screen.note([
    `💾 ${countOf(exported.length, 'shape')} written to ${printable(file)}`,
    ...(unread === 0 ? [] : [`Not in the file: ${countOf(unread, 'tenant')}, named above`]),
  ]);
}
