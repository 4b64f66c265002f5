import type { Connection } from 'mysql2';
import type { StatementStanding } from '../../../core/half-applied.ts';
import { readStatements } from './statement-journal.ts';

/** How the statements of a half-way migration stand: those of its `up`, then those of its `down`. */
export async function readStandings(
  connection: Connection,
  journal: string,
  id: string,
): Promise<StatementStanding[]> {
  const up = await readStatements(connection, journal, id, 'up');
  const down = await readStatements(connection, journal, id, 'down');
  return [...up.values(), ...down.values()].map(({ number, text, done }) => ({
    number,
    text,
    standing: done ? 'applied' : 'not known',
  }));
}
