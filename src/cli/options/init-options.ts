import { type Command, InvalidArgumentError, Option } from 'commander';
import { TENANT_COLUMN_NAMES, type TenantColumn } from '../../core/central/tenants-mapping.ts';
import { nearestWord } from '../../core/text/nearest-word.ts';
import type { EnvironmentOptions } from './config-options.ts';
import { addConnectionOptions, type ConnectionSetupOptions } from './connection-options.ts';
import { parseList } from './parse-list.ts';

/** Answers to the questions of `fanfold init`; a question without an answer is asked. */
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
    .option('--table <name>', 'table or view that holds the tenants')
    .addOption(
      new Option(
        '--column <ours=theirs>',
        'column of the table, such as dbHost=server; repeatable',
      ).argParser(parseColumn),
    )
    .addOption(
      new Option(
        '--active <words>',
        'status values of tenants to migrate, separated by commas',
      ).argParser(parseList),
    )
    .option('--migrations <dir>', 'folder of the tenant migrations')
    .option('--knexfile <file>', 'knexfile with settings that the migrations need')
    .option('--no-knexfile', 'ignore the knexfile of the project')
    .option('--yes', 'accept all proposals without asking')
    .option('--force', 'replace an existing configuration file')
    .option(
      '--central-url <url>',
      'use this instead of CENTRAL_DATABASE_URL (other users of the machine can see it)',
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
      `"${ours}" is not one of ${TENANT_COLUMN_NAMES.join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    );
  }
  if (theirs === '' || more.length > 0) {
    throw new InvalidArgumentError(`Expected ${name}=<name of the table's column>.`);
  }
  return { ...earlier, [name]: theirs };
}
