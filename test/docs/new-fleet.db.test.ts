import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { repository } from '../../scripts/repository.mjs';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { installPacked, newProject, runInShell } from '../support/packed-project.ts';
import { testServer } from '../support/server.ts';
import { shellBlocks } from '../support/shell-blocks.ts';

vi.setConfig({ testTimeout: 600_000 });

const PAGE = join(repository, 'docs/how-to/new-fleet.md');
const { isEmbedded, host, port, user, password } = testServer();

// One server is enough: the commands are those of every other test, and starting them takes most of the time.
describe.skipIf(!isEmbedded)('docs/how-to/new-fleet.md, followed to the letter', () => {
  test('docs/how-to/new-fleet.md creates a fleet from an empty folder', async () => {
    const mark = randomBytes(3).toString('hex');
    const root = await testServer().rootConnection();
    /** The page's names and addresses, as they are on a server that others use too. */
    const here = (text: string) =>
      text
        .replaceAll('root:secret@127.0.0.1:3306', `${user}:${password}@${host}:${port}`)
        .replaceAll('127.0.0.1:3306', `${host}:${port}`)
        .replaceAll(' --port 3306', '')
        .replaceAll('--host 127.0.0.1', `--host ${host} --port ${port}`)
        .replaceAll('/central', `/central_${mark}`)
        .replaceAll(/\bcentral(?= CHARACTER|\.\*)/g, `central_${mark}`)
        .replaceAll("'fanfold'", `'fanfold_${mark}'`)
        .replaceAll('mysql://fanfold:', `mysql://fanfold_${mark}:`)
        .replaceAll('acme-corp', `acme-${mark}`)
        .replaceAll('beta_db', `beta_${mark}_db`)
        .replaceAll('--user beta', `--user beta_${mark}`);
    const ours = { central: `central_${mark}`, acme: `acme_${mark}_db`, beta: `beta_${mark}_db` };
    onTestFinished(async () => {
      for (const name of Object.values(ours)) await root.query(`DROP DATABASE IF EXISTS ${name}`);
      for (const name of ['fanfold', 'acme', 'beta']) {
        await root.query(`DROP USER IF EXISTS '${name}_${mark}'@'%'`);
      }
    });
    // The page assumes a tenant whose database exists.
    await root.query(`CREATE DATABASE ${ours.beta}`);
    await root.query(`CREATE USER 'beta_${mark}'@'%' IDENTIFIED BY 'the password of beta'`);
    await root.query(`GRANT ALL ON ${ours.beta}.* TO 'beta_${mark}'@'%'`);

    const project = await fixtureFolder();
    await newProject(project);
    const env: Record<string, string> = {};
    for (const { language, commands } of shellBlocks(PAGE, '## Steps')) {
      for (const command of commands.map(here)) {
        if (language === 'sql') await root.query(command);
        else if (command === 'npm install fanfold') await installPacked(project);
        else if (command.startsWith('export ')) await exportInto(env, command, project);
        else {
          const { output, exitCode } = await runInShell(command, project, env);
          expect(exitCode, `${command}\n${output}`).toBe(0);
        }
      }
    }

    for (const name of [ours.acme, ours.beta]) {
      const [rows] = await root.query<RowDataPacket[]>(`SHOW COLUMNS FROM ${name}.users`);
      expect(rows.map(({ Field }) => Field)).toContain('priority');
    }
  });
});

/** Keeps what an `export` sets for the commands after it, as the shell that somebody types into does. */
async function exportInto(env: Record<string, string>, command: string, cwd: string) {
  const [, name = ''] = /^export (\w+)=/.exec(command) ?? [];
  const { output } = await runInShell(`${command}\nprintf %s "$${name}"`, cwd, env);
  env[name] = output;
}
