import { usingConnection } from './connection.ts';
import type { Fanfold } from './fanfold.ts';
import type { DemoTenant, Fleet } from './fleet.ts';
import type { Narrator } from './narrator.ts';
import { requireEqual } from './not-as-described.ts';

/** Stores the password of a tenant as the right key encrypts it. */
export async function repairPassword(
  { login, slug }: DemoTenant,
  { central }: Fleet,
  fanfold: Fanfold,
  narrator: Narrator,
): Promise<void> {
  const { exitCode, output } = await fanfold.pipe(login.password, 'secrets:encrypt');
  requireEqual('Exit code of secrets:encrypt', exitCode, 0);
  narrator.say(output.trimEnd());
  narrator.command(`mysql> UPDATE tenants SET dbPassword = '…' WHERE slug = '${slug}';`);
  await usingConnection(central, (connection) =>
    connection.query('UPDATE tenants SET dbPassword = ? WHERE slug = ?', [output.trim(), slug]),
  );
}
