import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkLayers } from '../../scripts/check-layers.ts';

it('checkLayers names every rule that an import breaks, and accepts the allowed ones', async () => {
  const { modules, complaints } = await checkLayers(
    await checkout({
      'src/core/tenant.ts': '',
      'src/core/wire/request.ts': "import '../tenant.ts'; import 'node:crypto';",
      'src/core/list/select.ts': "import '../reduce/left-of-run.ts'; import '../migrate/one.ts';",
      'src/core/reduce/left-of-run.ts': '',
      'src/core/migrate/one.ts': '',
      'src/core/run/reached.ts': "import '../states/open.ts';",
      'src/core/in-process/fleet.ts': "import '../list/select.ts'; import '../states/open.ts';",
      'src/core/states/open.ts': "import '../migrate/one.ts'; import '../reduce/left-of-run.ts';",
      'src/core/reads-files.ts': "import 'node:fs';",
      'src/core/knows-adapter.ts': "import type {} from '../adapters/mysql/query.ts';",
      'src/core/one.ts': "import './other.ts';",
      'src/core/other.ts': "import './one.ts';",
      'src/core/lost.ts': "import './nowhere.ts';",
      'src/adapters/mysql/query.ts': "import '../../core/tenant.ts';",
      'src/adapters/local/store.ts': "import '../mysql/query.ts';",
      'src/adapters/report/html.ts': "import '../../cli/main.ts';",
      'src/cli/wiring/wire-runs.ts':
        "import '../../adapters/mysql/query.ts'; import '../../core/tenant.ts';",
      'src/cli/main.ts': "import './wiring/wire-runs.ts'; import '../adapters/mysql/query.ts';",
      'src/api/index.ts': "import '../adapters/mysql/query.ts';",
      'src/compose/tenants.ts': "import '../adapters/mysql/query.ts';",
      'src/api/run-tenant.ts': "import '../adapters/mysql/query.ts';",
      'lambdas/wiring/wire-lister.ts': "import '../../src/adapters/mysql/query.ts';",
      'lambdas/list.ts': "import './wiring/wire-lister.ts'; import '../lib/app.ts';",
      'lib/app.ts': "import '../src/core/tenant.ts'; import '../src/core/wire/request.ts';",
    }),
  );

  expect(modules).toBeGreaterThan(10);
  expect([...complaints].sort()).toEqual([
    'adapters-are-wired-in-roots: src/api/run-tenant.ts -> src/adapters/mysql/query.ts',
    'adapters-are-wired-in-roots: src/cli/main.ts -> src/adapters/mysql/query.ts',
    'adapters-are-wired-in-roots: src/core/knows-adapter.ts -> src/adapters/mysql/query.ts',

    'adapters-do-not-meet: src/adapters/local/store.ts -> src/adapters/mysql/query.ts',
    'core-is-pure: src/core/knows-adapter.ts -> src/adapters/mysql/query.ts',
    'core-is-pure: src/core/lost.ts -> ./nowhere.ts',
    'core-is-pure: src/core/reads-files.ts -> fs',
    'data-goes-one-way: src/core/list/select.ts -> src/core/migrate/one.ts',
    'in-process-and-states-do-not-meet: src/core/in-process/fleet.ts -> src/core/states/open.ts',
    'lib-is-infrastructure: lib/app.ts -> src/core/tenant.ts',
    'no-cycles: src/core/one.ts -> src/core/other.ts -> src/core/one.ts',
    'nothing-imports-lib: lambdas/list.ts -> lib/app.ts',
    'nothing-imports-src-cli: src/adapters/report/html.ts -> src/cli/main.ts',
    'resolvable: src/core/lost.ts -> ./nowhere.ts',
    'run-is-shared: src/core/run/reached.ts -> src/core/states/open.ts',
  ]);
});

it('an empty reading is not taken for a clean one', async () => {
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
