import type { Setting, SettingOrigin } from '../../core/config/setting.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

/** The settings and files that `config` shows. */
export interface ShownConfig {
  /** Path of the configuration file; all paths here are for display. */
  readonly file: string | undefined;
  readonly environment: string | undefined;
  readonly fanfold: { readonly version: string; readonly folder: string };
  readonly knex:
    | { readonly version: string; readonly folder: string; readonly owner: 'project' | 'fanfold' }
    | undefined;
  readonly knexfile:
    | { readonly file: string; readonly environment: string | undefined }
    | undefined;
  readonly settings: readonly Setting[];
  readonly setAside: readonly { readonly name: string; readonly why: string }[];
  /** A knexfile of the project that is ignored. */
  readonly idleKnexfile: string | undefined;
}

/** The settings as a table of key, value and origin; ignored settings follow. */
export function configLines(config: ShownConfig, look: Look): string[] {
  const { palette } = look;
  const { settings, setAside, idleKnexfile } = config;
  const rows = [
    ...facts(config),
    ...settings.map(({ key, value, origin }): Row => [key, shown(value), wordsOf(origin)]),
  ].map((row) => row.map(printable) as Row);
  const [first, second] = [widest(rows, 0), widest(rows, 1)];
  const lines = rows.map(([key, value, origin]) =>
    `${key.padEnd(first)}  ${value.padEnd(second)}  ${palette.faint(origin)}`.trimEnd(),
  );
  if (setAside.length > 0) {
    lines.push('', palette.strong('Ignored settings of the knexfile:'));
    const width = Math.max(...setAside.map(({ name }) => name.length));
    lines.push(...setAside.map(({ name, why }) => printable(`  ${name.padEnd(width)}  ${why}`)));
  }
  if (idleKnexfile !== undefined) {
    lines.push(
      '',
      printable(
        `${idleKnexfile} is ignored. If it is for the tenants, add to the configuration file: knex: { file: './${idleKnexfile}' }`,
      ),
    );
  }
  return lines;
}

type Row = [key: string, value: string, origin: string];

/** Longer values do not widen the column. */
const WIDEST = 40;

function widest(rows: readonly Row[], column: 0 | 1): number {
  return Math.max(0, ...rows.map((row) => row[column].length).filter((length) => length <= WIDEST));
}

function facts({ file, environment, fanfold, knex, knexfile }: ShownConfig): Row[] {
  const owner = knex?.owner === 'project' ? 'from the project' : 'from Fanfold';
  return [
    ['configuration file', file ?? 'none', ''],
    ['environment', environment ?? 'none', environment === undefined ? '' : '--env or FANFOLD_ENV'],
    [
      'knexfile',
      knexfile === undefined
        ? 'none'
        : `${knexfile.file}${knexfile.environment === undefined ? '' : ` (${knexfile.environment})`}`,
      '',
    ],
    ['Fanfold', fanfold.version, fanfold.folder],
    ['Knex', knex?.version ?? 'none', knex === undefined ? '' : `${owner}: ${knex.folder}`],
  ];
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function wordsOf(origin: SettingOrigin): string {
  if (origin.kind === 'default') return 'default';
  return origin.kind === 'file' ? origin.name : `${origin.kind} ${origin.name}`;
}
