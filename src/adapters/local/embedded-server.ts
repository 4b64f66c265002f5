import { FanfoldError } from '../../core/errors.ts';
import type { WantedServer } from '../../core/safety/scratch-request.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from './embedded-server/contract.ts';
import { installDebianPackage } from './embedded-server/debian-package.ts';
import { dockerAnswers, startDockerServer } from './embedded-server/docker-server.ts';
import { findBinary } from './embedded-server/find-binary.ts';
import { givenServer } from './embedded-server/given-server.ts';
import { startLocalServer } from './embedded-server/local-server.ts';

const variable = 'FANFOLD_MYSQL_URL';

/**
 * Provides a MySQL or MariaDB server on this machine, by the first of these ways that works: the server in
 * FANFOLD_MYSQL_URL; an installed server program, run as a child process; Docker; Debian's package,
 * installed by apt. A server that was started here ends with `stop()`, or with this process at the latest.
 * Throws `NoDatabaseServer` if no way works.
 */
export async function startEmbeddedServer(
  options: EmbeddedServerOptions = {},
): Promise<EmbeddedServer> {
  const environment = options.environment ?? process.env;
  const url = environment[variable];
  if (url) return givenServer(variable, url);

  const { wanted, installs = true } = options;
  const installed = await findBinary(environment, wanted);
  if (installed !== undefined) return startLocalServer(installed, options);

  // Which server the image has is only known once it runs.
  if (wanted === undefined && (await dockerAnswers(environment))) return startDockerServer(options);
  if (!installs || wanted !== undefined) throw noServerFound(wanted);

  const installation = await installDebianPackage(options);
  const added = installation?.succeeded ? await findBinary(environment) : undefined;
  if (added !== undefined) return startLocalServer(added, options);

  throw noServer(installation?.output);
}

function noServerFound(wanted: WantedServer | undefined): FanfoldError {
  const what = wanted === undefined ? 'MySQL or MariaDB server' : `server of ${wanted.text}`;
  return new FanfoldError('NoDatabaseServer', `No ${what} was found on this machine.`, {
    fault: 'configuration',
    nextStep:
      'Install its program (mysqld or mariadbd) in a folder of PATH, or name a running server with --scratch-url or FANFOLD_SCRATCH_URL.',
  });
}

function noServer(aptOutput: string | undefined): FanfoldError {
  const apt =
    aptOutput === undefined
      ? 'apt is missing, or cannot install without a password'
      : `apt could not install one:\n${aptOutput.split('\n').slice(-5).join('\n')}`;
  return new FanfoldError(
    'NoDatabaseServer',
    'No MySQL or MariaDB server is available: FANFOLD_MYSQL_URL is not set, no mysqld or ' +
      `mariadbd is installed, Docker does not answer, and ${apt}`,
    {
      fault: 'configuration',
      nextStep:
        'Install one (Debian and Ubuntu: apt-get install mariadb-server-core; macOS: brew install ' +
        'mariadb), or start Docker, or set FANFOLD_MYSQL_URL to the URL of an account that may ' +
        'create databases and users, for example mysql://root:password@127.0.0.1:3306.',
    },
  );
}
