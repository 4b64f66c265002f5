import type { ConnectionLogin } from '../src/core/ports.ts';
import { usingConnection } from './connection.ts';
import type { Narrator } from './narrator.ts';

/** Name of the table after it was moved away. */
export const MOVED_TABLE = 'tasks_by_hand';

/** The text that somebody wrote into it. */
export const HAND_MADE_ROWS = [
  { id: 1, todo: 'Order towels' },
  { id: 2, todo: 'Paint room 12' },
];

/** Makes a table that has the name of one that a migration creates. */
export async function makeTableByHand(login: ConnectionLogin): Promise<void> {
  await usingConnection(login, async (connection) => {
    await connection.query('CREATE TABLE tasks (id INT PRIMARY KEY, todo VARCHAR(200))');
    const values = HAND_MADE_ROWS.map(({ id, todo }) => [id, todo]);
    await connection.query('INSERT INTO tasks (id, todo) VALUES ?', [values]);
  });
}

/** Moves the table out of the way without losing its rows. */
export async function moveTableAway(login: ConnectionLogin, narrator: Narrator): Promise<void> {
  const statement = `RENAME TABLE tasks TO ${MOVED_TABLE}`;
  narrator.command(`mysql> ${statement};`);
  await usingConnection(login, (connection) => connection.query(statement));
}
