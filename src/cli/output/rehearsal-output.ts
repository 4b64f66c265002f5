import { resultOfRehearsal } from '../../core/safety/rehearsal/evidence.ts';
import { type Rehearsal, resultOf } from '../../core/safety/rehearsal/rehearsal.ts';
import { jsonLine } from './json-line.ts';
import type { Look } from './look.ts';
import { rehearsalEndLines, rehearsalStartLines, rehearsedLines } from './rehearsal-lines.ts';
import { statementJson } from './statement-json.ts';
import type { Verbatim } from './verbatim.ts';

/** The output about a rehearsal: text, or an event of `--json` for each migration and one for the end. */
export function rehearsalOutput(
  rehearsal: Rehearsal,
  json: boolean,
  look: Look,
): (string | Verbatim)[] {
  const { migrations, server, start, failure, notes, shapes } = rehearsal;
  if (!json) {
    return [
      ...rehearsalStartLines(rehearsal, look),
      ...migrations.flatMap((rehearsed) => rehearsedLines(rehearsed, look)),
      ...rehearsalEndLines(rehearsal, look),
    ];
  }
  const { product, version } = server;
  return [
    ...migrations.map(({ id, statements, findings, resumable: _, ...rest }) =>
      jsonLine({
        type: 'migration-rehearsed',
        migration: id,
        start,
        result: resultOf(findings),
        ...rest,
        findings,
        statements: statements.map(statementJson),
      }),
    ),
    jsonLine({
      type: 'rehearsal-finished',
      server: { product, version },
      start,
      migrations: migrations.length,
      result: resultOfRehearsal(rehearsal),
      shapes,
      notes,
      ...(failure !== undefined && { failure }),
    }),
  ];
}
