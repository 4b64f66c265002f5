import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerLogin } from '../server-login.ts';
import { databaseUrl } from './database-url.ts';
import type { Peers } from './peer-packages.ts';
import type { MissingProgram, Program } from './program.ts';
import { migrationsFolder } from './write-migrations.ts';

/** dbmate, goose and golang-migrate: programs that run files of SQL. */
export function sqlPrograms(
  login: ServerLogin,
  folder: string,
  { npm, go }: Peers,
): (Program | MissingProgram)[] {
  const { host, port, user, password } = login;
  const address = (database: string) => `${user}:${password}@tcp(${host}:${port})/${database}`;
  const dbmate = { name: 'dbmate', title: 'dbmate' };
  const goose = { name: 'goose', title: 'goose' };
  const migrate = { name: 'golang-migrate', title: 'golang-migrate' };
  return [
    'missing' in npm
      ? { ...dbmate, ...npm }
      : {
          ...dbmate,
          migrate: (database, state) => ({
            file: dbmateFile(npm.folder),
            args: [
              ...['--url', databaseUrl(login, database), '--no-dump-schema'],
              ...['--migrations-dir', migrationsFolder(folder, 'dbmate', state), 'migrate'],
            ],
          }),
        },
    'missing' in go.goose
      ? { ...goose, missing: go.goose.missing }
      : withFile(goose, go.goose.file, (database, state) => [
          ...['-dir', migrationsFolder(folder, 'goose', state)],
          ...['mysql', address(database), 'up'],
        ]),
    'missing' in go.migrate
      ? { ...migrate, missing: go.migrate.missing }
      : withFile(migrate, go.migrate.file, (database, state) => [
          ...['-path', migrationsFolder(folder, 'golang-migrate', state)],
          ...['-database', `mysql://${address(database)}?multiStatements=true`, 'up'],
        ]),
  ];
}

function withFile(
  named: Pick<Program, 'name' | 'title'>,
  file: string,
  argsOf: (...given: Parameters<Program['migrate']>) => string[],
): Program {
  return { ...named, migrate: (...given) => ({ file, args: argsOf(...given) }) };
}

/** The program itself: the package's own command is a script of Node that starts it. */
function dbmateFile(folder: string): string {
  const [file] = globSync('node_modules/@dbmate/*/bin/dbmate*', { cwd: folder });
  return join(folder, file ?? 'dbmate');
}
