import { Argument, Command } from 'commander';
import type { PublicSchema } from '../../core/wire/public-schemas.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';

/** Stands here too, so that `--help` need not wait for the schemas. */
const NAMES: readonly PublicSchema[] = ['events', 'summary', 'config', 'request'];

/** `schema <what>`: the JSON Schema of what programs read and write. */
export function schema({ host, action }: App): Command {
  return new Command('schema')
    .summary('print the JSON Schema of what programs read and write')
    .description(
      'Prints a JSON Schema (draft 2020-12): of a line that a run prints with --json (events), of the summary.json of a run (summary), of fanfold.config.json (config), or of the request of a run on AWS (request).',
    )
    .addArgument(new Argument('<what>', 'of what').choices(NAMES))
    .addHelpText(
      'after',
      examples('fanfold schema events', 'fanfold schema config > fanfold.schema.json'),
    )
    .action(
      action(async (what: PublicSchema) => {
        const { publicSchema } = await import('../../core/wire/public-schemas.ts');
        host.stdout.write(`${JSON.stringify(publicSchema(what), null, 2)}\n`);
        return EXIT.ok;
      }),
    );
}
