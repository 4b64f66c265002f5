import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { Job } from 'kubernetes-models/batch/v1';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../../scripts/repository.mjs';
import { fixtureFolder } from '../support/fixture-folder.ts';

const run = promisify(execFile);
const JOB = 'deploy/kubernetes/tenant-migrations.yaml';
const read = (path: string) => readFile(join(repository, path), 'utf8');

describe('the Dockerfile', () => {
  it('the Dockerfile is accepted by a linter that finds a typo', async () => {
    const text = await read('Dockerfile');
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('ENTRYPOINT', 'ENTRYPIONT'))).not.toEqual([]);
  });
});

/** Rules about the order of keys and services, which this repository orders for its readers. */
const UNORDERED = {
  'service-keys-order': 0,
  'services-alphabetical-order': 0,
  'top-level-properties-order': 0,
} as const;

/** The part of a lint result that is used here. ES modules cannot import the linter's own types. */
interface LintResult {
  readonly messages: readonly { readonly message: string }[];
}

function lintCompose(file: string): string[] {
  const linter = new DCLinter({ rules: UNORDERED, quiet: false, debug: false, exclude: [] });
  const results: LintResult[] = linter.lintFiles([file], false);
  expect(results).toHaveLength(1);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

describe('docker-compose.yml', () => {
  it('docker-compose.yml is accepted by the schema of Compose, which finds a typo', async () => {
    expect(lintCompose(join(repository, 'docker-compose.yml'))).toEqual([]);
    const text = (await read('docker-compose.yml')).replace('depends_on', 'dependson');
    const folder = await fixtureFolder({ 'docker-compose.yml': text });
    expect(lintCompose(join(folder, 'docker-compose.yml'))).not.toEqual([]);
  });

  it('docker-compose.yml starts the application after the tenants are migrated, and those after the central database', async () => {
    const { services } = parse(await read('docker-compose.yml'), { merge: true });
    const done = { condition: 'service_completed_successfully' };
    expect(services.central.depends_on).toEqual({ mysql: { condition: 'service_healthy' } });
    expect(services.migrate.depends_on).toEqual({ central: done });
    expect(services.app.depends_on).toEqual({ migrate: done });
    for (const { read_only, cap_drop, volumes } of [services.central, services.migrate]) {
      expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] });
      expect(volumes).toEqual(['runs:/app/.fanfold']);
    }
  });
});

describe('the Job of Kubernetes', () => {
  it('the Job of Kubernetes is accepted by the models of Kubernetes, which find a missing name', async () => {
    const job = parse(await read(JOB));
    new Job(job).validate();
    delete job.spec.template.spec.containers[0].name;
    expect(() => new Job(job).validate()).toThrow(/required property name/);
  });

  it('the Job of Kubernetes has only keys that Kubernetes knows', async () => {
    const job = parse(await read(JOB));
    expect(await unknownKeys(job)).toBe('');
    job.spec.backofLimit = job.spec.backoffLimit;
    expect(await unknownKeys(job)).toMatch(/'"?backofLimit"?' does not exist/);
  });

  it('the Job of Kubernetes takes every secret from a Secret, and does not run as root', async () => {
    const text = await read(JOB);
    const pod = parse(text).spec.template.spec;
    const [container] = pod.containers;
    for (const { value, valueFrom } of container.env) {
      expect(value).toBeUndefined();
      expect(valueFrom.secretKeyRef).toEqual({
        name: 'db-secrets',
        key: expect.stringMatching(/\w/),
      });
    }
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    // The volume is mounted at the only folder that the image's user may write to.
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(
      ['/app/.fanfold'],
    );
  });
});

/** The compiler's complaints about the keys of a Job that is written as TypeScript; empty if there are none. */
async function unknownKeys(job: unknown): Promise<string> {
  // The file is inside node_modules, so that the compiler finds the types of the models.
  const cache = join(repository, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fanfold-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'job.ts');
  const type = "import type { IJob } from 'kubernetes-models/batch/v1';";
  await writeFile(file, `${type}\nexport const job: IJob = ${JSON.stringify(job)};\n`);
  const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --target esnext --module nodenext';
  const checked = run(process.execPath, [compiler, ...options.split(' '), file]);
  return checked.then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}
