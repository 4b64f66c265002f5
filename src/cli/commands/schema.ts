import { Argument, Command } from 'commander';
import type { PublicSchema } from '../../core/wire/public-schemas.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';

/** Repeated here because `--help` must not wait until the schemas are loaded. */
const NAMES: readonly PublicSchema[] = ['events', 'notifications', 'summary', 'config', 'request'];

/** `schema <name>`: prints the JSON Schema of a file or output that programs use. */
export function schema({ host, action }: App): Command {
  return new Command('schema')
    .description(
      'Prints a JSON Schema (draft 2020-12) of the lines that a run prints with --json (events), of the notifications about a run (notifications), of summary.json (summary), of fanfold.config.json (config), or of the request of a run on AWS (request).',
    )
    .addArgument(new Argument('<name>', 'schema to print').choices(NAMES))
    .addHelpText(
      'after',
      examples('fanfold schema events', 'fanfold schema config > fanfold.schema.json'),
    )
    .action(
      action(async (name: PublicSchema) => {
        const { publicSchema } = await import('../../core/wire/public-schemas.ts');
        host.stdout.write(`${JSON.stringify(publicSchema(name), null, 2)}\n`);
        return EXIT.ok;
      }),
    );
}
