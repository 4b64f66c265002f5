import { beyondLimits, type LimitExceeded } from '../core/safety/guard/beyond-limits.ts';
import { effectiveGuard } from '../core/safety/guard/effective-guard.ts';
import type { GuardSettings } from '../core/safety/guard/guard-settings.ts';
import type { Recording } from '../core/safety/recording.ts';
import { jsonLine } from './output/json-line.ts';
import type { Screen } from './output/screen.ts';
import { sqlLines } from './output/sql-lines.ts';
import { statementJson } from './output/statement-json.ts';

/** Shows the SQL of the migrations that a plan has found pending. */
export function showSql(
  recording: Recording,
  pending: ReadonlySet<string>,
  {
    json,
    screen,
    safety,
  }: {
    readonly json: boolean;
    readonly screen: Screen;
    /** The limits of a run with these options. */
    readonly safety?: GuardSettings | undefined;
  },
): void {
  const beyond = beyondOf(recording, pending, safety);
  if (json) screen.print(jsonLines(recording, pending, beyond));
  else screen.print(sqlLines(recording, pending, screen.out, beyond));
}

/** The statements of pending migrations that would be refused, by migration and number. */
function beyondOf(
  { migrations, server }: Recording,
  pending: ReadonlySet<string>,
  run: GuardSettings | undefined,
): ReadonlyMap<string, ReadonlyMap<number, LimitExceeded>> {
  const created = new Set<string>();
  return new Map(
    migrations
      .filter(({ id }) => pending.has(id))
      .map((migration) => {
        const guard = effectiveGuard(run, migration.safety);
        return [migration.id, beyondLimits(migration, guard, server, created)] as const;
      }),
  );
}

function jsonLines(
  { server, migrations, failure }: Recording,
  pending: ReadonlySet<string>,
  beyond: ReturnType<typeof beyondOf>,
) {
  const { product, version } = server;
  return [
    ...migrations
      .filter(({ id }) => pending.has(id))
      .map(({ id, statements, safety }) =>
        jsonLine({
          type: 'migration-sql',
          migration: id,
          server: { product, version },
          ...(safety !== undefined && { safety }),
          statements: statements.map((statement) => ({
            ...statementJson(statement),
            ...(beyond.get(id)?.has(statement.number) && {
              beyond: beyond.get(id)?.get(statement.number),
            }),
          })),
        }),
      ),
    ...(failure === undefined ? [] : [jsonLine({ type: 'scratch-failed', failure })]),
  ];
}
