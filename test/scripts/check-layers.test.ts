import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkLayers } from '../../scripts/check-layers.ts';

it('names every rule that an import breaks, and lets the allowed ones pass', async () => {
  const { modules, complaints } = await checkLayers(
    await checkout({
      'src/core/tenant.ts': '',
      'src/core/wire/request.ts': "import '../tenant.ts'; import 'node:crypto';",
      'src/core/list/select.ts': "import '../reduce/left-of-run.ts'; import '../migrate/one.ts';",
      'src/core/reduce/left-of-run.ts': '',
      'src/core/migrate/one.ts': '',
      'src/core/run/whole.ts': "import '../list/select.ts'; import '../steps/open.ts';",
      'src/core/steps/open.ts': "import '../migrate/one.ts'; import '../reduce/left-of-run.ts';",
      'src/core/reads-files.ts': "import 'node:fs';",
      'src/core/knows-adapter.ts': "import type {} from '../adapters/mysql/query.ts';",
      'src/core/one.ts': "import './other.ts';",
      'src/core/other.ts': "import './one.ts';",
      'src/core/lost.ts': "import './nowhere.ts';",
      'src/adapters/mysql/query.ts': "import '../../core/tenant.ts';",
      'src/adapters/local/store.ts': "import '../mysql/query.ts';",
      'src/adapters/report/html.ts': "import '../../cli/main.ts';",
      'src/cli/wiring.ts': "import '../adapters/mysql/query.ts'; import '../core/tenant.ts';",
      'src/cli/main.ts': "import './wiring.ts'; import '../adapters/mysql/query.ts';",
      'src/index.ts': "import './adapters/mysql/query.ts';",
      'src/run-tenant-migrations.ts': "import './adapters/mysql/query.ts';",
      'src/run-other.ts': "import './adapters/mysql/query.ts';",
      'lambdas/wiring.ts': "import '../src/adapters/mysql/query.ts';",
      'lambdas/list.ts': "import './wiring.ts'; import '../lib/app.ts';",
      'lib/app.ts': "import '../src/core/tenant.ts'; import '../src/core/wire/request.ts';",
    }),
  );

  expect(modules).toBeGreaterThan(10);
  expect([...complaints].sort()).toEqual([
    'adapters-are-wired-in-roots: src/cli/main.ts -> src/adapters/mysql/query.ts',
    'adapters-are-wired-in-roots: src/core/knows-adapter.ts -> src/adapters/mysql/query.ts',
    'adapters-are-wired-in-roots: src/run-other.ts -> src/adapters/mysql/query.ts',
    'adapters-do-not-meet: src/adapters/local/store.ts -> src/adapters/mysql/query.ts',
    'core-is-pure: src/core/knows-adapter.ts -> src/adapters/mysql/query.ts',
    'core-is-pure: src/core/lost.ts -> ./nowhere.ts',
    'core-is-pure: src/core/reads-files.ts -> fs',
    'data-goes-one-way: src/core/list/select.ts -> src/core/migrate/one.ts',
    'lib-is-infrastructure: lib/app.ts -> src/core/tenant.ts',
    'no-cycles: src/core/one.ts -> src/core/other.ts -> src/core/one.ts',
    'nothing-imports-lib: lambdas/list.ts -> lib/app.ts',
    'nothing-imports-src-cli: src/adapters/report/html.ts -> src/cli/main.ts',
    'resolvable: src/core/lost.ts -> ./nowhere.ts',
    'run-knows-no-steps: src/core/run/whole.ts -> src/core/steps/open.ts',
  ]);
});

it('does not take an empty reading for a clean one', async () => {
  const { modules, complaints } = await checkLayers(
    await checkout({ 'src/notes.md': '', 'test/other.ts': '' }),
  );
  expect({ modules, complaints }).toEqual({
    modules: 0,
    complaints: ['dependency-cruiser read no module.'],
  });
});

async function checkout(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-layers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries({ ...files, 'tsconfig.json': '{}' })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
