import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkflow, type Workflow } from '../../public/read-workflow.ts';
import { expectThat, type InstalledExample } from './example.ts';

const FILE = '.github/workflows/tenant-migrations.yml';

/** Runs the shell steps of the example's workflow as they are written, job by job, on two tenants. */
export async function checkGithubActions(example: InstalledExample): Promise<void> {
  const { project, run, server, env } = example;
  const workflow = readWorkflow(readFileSync(join(project, FILE), 'utf8'));
  await run('npx fanfold migrate:latest');
  const tenants = [await server.create([]), await server.create([])];
  try {
    for (const [index, { host, port, database, user, password }] of tenants.entries()) {
      await run(
        `printf %s "$PASSWORD" | npx fanfold tenant:add --slug t${index} --name T${index} --host ${host} --port ${port} --database ${database} --user ${user} --password-stdin`,
        { PASSWORD: password },
      );
    }
    const plan = await runJob(example, workflow, 'plan');
    const isPlan = /2 of 2 tenants planned[\s\S]*add_priority_to_tasks/.test(plan.summary);
    expectThat(isPlan, 'the plan on the page of the job', plan.summary);
    expectCases(join(project, 'plan.xml'), 2, 0);
    for (const { database } of tenants) {
      const found = await tablesOf(example, database);
      expectThat(found.length === 0, 'a plan that changes nothing', found);
    }

    const migrated = await runJob(example, workflow, 'migrate');
    expectThat(migrated.failed === undefined, 'a job that succeeds', migrated.failed);
    expectCases(join(project, 'tenants.xml'), 2, 0);
    expectThat(existsSync(join(project, '.fanfold/runs')), 'the run that is uploaded', 'none');
    for (const { database } of tenants) {
      const found = await tablesOf(example, database);
      expectThat(found.includes('tasks'), 'the table of the migration', found);
    }

    writeFileSync(
      join(project, 'migrations/tenant/20250301090000_break.ts'),
      "export const up = (knex: any) => knex.raw('ALTER TABLE nosuch ADD COLUMN a INT');\n",
    );
    const broken = await runJob(example, workflow, 'migrate');
    expectThat(
      broken.failed?.includes('::error title=') === true,
      'an annotation of what failed',
      broken.failed ?? broken,
    );
    expectThat(/TableMissing|nosuch/.test(broken.summary), 'the cause on the page', broken.summary);
    expectCases(join(project, 'tenants.xml'), 2, 1);
    for (const secret of [env.DB_ENCRYPTION_KEY ?? '', ...tenants.map((of) => of.password)]) {
      const shown = `${broken.failed}${broken.summary}${plan.summary}`;
      expectThat(!shown.includes(secret), 'no secret in what is printed', 'one');
    }
  } finally {
    for (const tenant of tenants) await server.drop(tenant);
  }
}

/** Runs the shell steps of a job until one fails. `npm ci` is left out: the packages are installed. */
async function runJob(
  { project, run, env }: InstalledExample,
  workflow: Workflow,
  name: string,
): Promise<{ readonly summary: string; readonly failed: string | undefined }> {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`The workflow has no job "${name}".`);
  const page = join(project, `summary-${name}.md`);
  writeFileSync(page, '');
  const secrets = Object.fromEntries(
    Object.entries(job.env ?? {}).map(([variable, value]) => {
      const [, secret] = /^\$\{\{ secrets\.(\w+) \}\}$/.exec(value) ?? [];
      return [variable, secret === undefined ? value : env[secret]];
    }),
  );
  const commands = job.steps.flatMap(({ run: command }) => command ?? []);
  expectThat(commands[0] === 'npm ci' && commands.length === 2, 'npm ci and one command', commands);
  let failed: string | undefined;
  for (const command of commands.slice(1)) {
    const onGitHub = { GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_STEP_SUMMARY: page };
    await run(command, { ...secrets, ...onGitHub }).catch((error: Error) => {
      failed = error.message;
    });
  }
  return { summary: readFileSync(page, 'utf8'), failed };
}

function expectCases(file: string, cases: number, failures: number): void {
  const xml = readFileSync(file, 'utf8');
  const count = (tag: string) => xml.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
  expectThat(count('testcase') === cases, `${cases} test cases in ${file}`, xml);
  expectThat(count('failure') >= failures, `${failures} failures in ${file}`, xml);
}

async function tablesOf({ server }: InstalledExample, database: string): Promise<string[]> {
  const [rows = []] = await server.ask(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`,
  );
  return rows.map(({ name }) => String(name));
}
