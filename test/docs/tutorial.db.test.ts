import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { repository } from '../../scripts/repository.mjs';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { installPacked, runInShell } from '../support/packed-project.ts';
import { testServer } from '../support/server.ts';

vi.setConfig({ testTimeout: 600_000 });

const page = readFileSync(join(repository, 'docs/tutorials/existing-knex-project.md'), 'utf8');
/** The fenced blocks of the page, in order; output has no language. */
const BLOCKS = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', body = '']) => ({ language, body }),
);

const { isEmbedded, host, port, user, password } = testServer();

// One server is enough: other tests run these commands on every server.
describe.skipIf(!isEmbedded)(
  'the tutorial of an existing Knex project, followed to the letter',
  () => {
    test('the tutorial of an existing Knex project migrates 27 tenants, lets one fail and repairs it', async () => {
      const prefix = `ff_${randomBytes(3).toString('hex')}_`;
      /** The page's names and addresses, as they are on a server that other tests use too. */
      const here = (text: string) =>
        text
          .replaceAll('root:secret@127.0.0.1:3306', `${user}:${password}@${host}:${port}`)
          .replaceAll('guide_central', `${prefix}central`)
          .replaceAll('cedar_clinics_db', `${prefix}cedar_clinics_db`);
      const root = await testServer().rootConnection();
      const backend = await fixtureFolder();
      await cp(join(repository, 'examples/from-the-guide/backend'), backend, { recursive: true });
      const env: Record<string, string> = { SEED_PREFIX: prefix };
      onTestFinished(async () => {
        await runInShell('npm run unseed', backend, env);
        await root.query(`DROP DATABASE IF EXISTS ${prefix}central`);
      });

      const outputs: string[] = [];
      for (const { language, body } of BLOCKS.filter(({ language }) => language !== '')) {
        if (language === 'js') {
          const [newest = ''] = globSync(join(backend, 'migrations/tenant/*_add_due_to_tasks.js'));
          await writeFile(newest, body);
          continue;
        }
        for (const command of here(body).trim().split('\n')) {
          const [, name = '', value = ''] = /^export (\w+)=(.*)$/.exec(command) ?? [];
          if (language === 'sql') await root.query(command);
          // Installed at once from the packed tarball, together with what the product depends on.
          else if (command === 'npm install') await installPacked(backend, ['mysql2', 'knex']);
          else if (command === 'npm install fanfold') continue;
          else if (name !== '') env[name] = value;
          else {
            const { output, exitCode } = await runInShell(command, backend, env);
            expect(exitCode, `${command}\n${output}`).toBe(0);
            outputs.push(output);
          }
        }
      }

      const all = outputs.join('\n');
      expect(all).toContain('✅ Successful: 27\n❌ Failed: 0');
      expect(all).toContain('✅ Successful: 26\n❌ Failed: 1');
      expect(all).toContain("1 tenant: Duplicate column name 'due'");
      expect(outputs.at(-1)).toContain('✅ Up to date: 27');
      // Every line of output that the page shows is one that the program has printed.
      const known = all
        .replaceAll(/\d{14}_add_due/g, '20260201090000_add_due')
        .replaceAll(prefix, '');
      const shown = BLOCKS.filter(({ language, body }) => language === '' && !/^docker/.test(body))
        .flatMap(({ body }) => body.split('\n'))
        .filter((line) => line.trim() !== '' && !line.includes('…'));
      expect(shown.length).toBeGreaterThan(20);
      expect(shown.filter((line) => !known.includes(line.trim()))).toEqual([]);
    });
  },
);
