import { type Command, InvalidArgumentError, Option } from 'commander';
import { TENANT_COLUMN_NAMES, type TenantColumn } from '../../core/central/tenants-mapping.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import type { EnvironmentOptions } from './config-options.ts';
import { addConnectionOptions, type ConnectionSetupOptions } from './connection-options.ts';
import { parseList } from './parse-list.ts';

/** Answers to what `fanfold init` would ask; what was not answered is absent. */
export interface InitOptions extends ConnectionSetupOptions, EnvironmentOptions {
  readonly table?: string;
  readonly column?: Readonly<Partial<Record<TenantColumn, string>>>;
  readonly active?: readonly string[];
  readonly migrations?: string;
  /** `false` for none. */
  readonly knexfile?: string | false;
  readonly centralUrl?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Adds the options of `fanfold init`. */
export function addInitOptions(command: Command): Command {
  command
    .optionsGroup('Answers:')
    .option('--table <name>', 'table or view whose rows are the tenants')
    .addOption(
      new Option(
        '--column <ours=theirs>',
        'name of a column, such as dbHost=server; may be repeated',
      ).argParser(parseColumn),
    )
    .addOption(
      new Option('--active <words>', 'status of tenants that are migrated, with commas').argParser(
        parseList,
      ),
    )
    .option('--migrations <dir>', 'folder of the tenant migrations')
    .option('--knexfile <file>', 'settings of Knex that the migrations need')
    .option('--no-knexfile', 'leave a knexfile that is there out of it')
    .option('--yes', 'take what is proposed without asking')
    .option('--force', 'replace a configuration file that says something else')
    .option(
      '--central-url <url>',
      'instead of CENTRAL_DATABASE_URL; other users of the machine can see it',
    );
  return addConnectionOptions(command);
}

function parseColumn(
  text: string,
  earlier: InitOptions['column'] = {},
): NonNullable<InitOptions['column']> {
  const [ours = '', theirs = '', ...more] = text.split('=');
  const name = TENANT_COLUMN_NAMES.find((known) => known === ours);
  if (name === undefined) {
    const near = nearestWord(ours, TENANT_COLUMN_NAMES);
    throw new InvalidArgumentError(
      `"${ours}" is none of ${TENANT_COLUMN_NAMES.join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    );
  }
  if (theirs === '' || more.length > 0) {
    throw new InvalidArgumentError(`Expected ${name}=<name of the table's column>.`);
  }
  return { ...earlier, [name]: theirs };
}
