import { FanfoldError } from '../../core/errors.ts';
import { readSecret } from '../ask/read-secret.ts';
import type { InitOptions } from '../options/init-options.ts';
import type { Host } from '../process/host.ts';

const NAME = 'CENTRAL_DATABASE_URL';

/** The URL of the central database from a flag, the environment, or a prompt on the terminal. */
export async function centralUrl(host: Host, options: InitOptions): Promise<string> {
  const given = options.centralUrl ?? host.env[NAME];
  if (given !== undefined && given.trim() !== '') return given;
  if (host.stdin.isTTY !== true || options.yes === true) throw urlMissing(host);
  const typed = await readSecret(host, `${NAME}, mysql://user:password@host:3306/database`);
  if (typed.trim() === '') throw urlMissing(host);
  return typed;
}

/** Names other variables with the URL of a MySQL database, such as Prisma's, but not their values. */
function urlMissing({ env }: Host): FanfoldError {
  const others = Object.keys(env).filter((name) => /^(?:mysql|mariadb):\/\//.test(env[name] ?? ''));
  const hint =
    others.length === 0
      ? ''
      : ` ${others.join(' and ')} ${others.length === 1 ? 'is' : 'are'} set; copy the value if that is the central database.`;
  return new FanfoldError('CentralDatabaseUrlMissing', `${NAME} is not set.`, {
    fault: 'configuration',
    nextStep: `Set it in the environment or in .env: ${NAME}=mysql://user:password@host:3306/database${hint}`,
  });
}
