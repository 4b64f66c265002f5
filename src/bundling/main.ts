// node src/bundling/main.ts <request as JSON>
//
// Bundles the handlers and a folder of migrations into the functions that Lambda runs. It is a separate
// process because esbuild runs plugins asynchronously, and constructs of the CDK are synchronous.
import { writeSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { readCertificatesFile } from '../compose/choose-tls.ts';
import { loadBundle } from '../compose/load-bundle.ts';
import { loadProject, type Project } from '../compose/project/load-project.ts';
import { ownPackage } from '../compose/project/own-package.ts';
import { knexOf } from '../compose/project/project-knex.ts';
import type { Migration } from '../core/bundle/bundle.ts';
import { FanfoldError } from '../core/errors.ts';
import { mergeGuards } from '../core/safety/guard/guard-settings.ts';
import { CERTIFICATES_FILE } from '../core/wire/environment.ts';
import { LAMBDA_NAMES, type LambdaName } from '../core/wire/lambda-names.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { checkEvaluation } from './check-evaluation.ts';
import { type BundledEvidence, EVIDENCE_FILE, readEvidence } from './evidence.ts';
import { knexOfProject } from './knex-of-project.ts';
import { placeOfMigrations } from './migration-places.ts';
import { type MigrationsNeed, migrationsModule } from './migrations-module.ts';
import { MIGRATIONS_NEED } from './migrations-need.ts';
import { passwordsIn } from './passwords-in.ts';
import { projectModule } from './project-module.ts';
import { type BundledSeeds, findSeeds } from './seeds.ts';
import { readSnapshot, SNAPSHOT_FILE } from './snapshot.ts';
import { withoutSecrets } from './without-secrets.ts';
import { writeAsset } from './write-asset.ts';

interface BundlingRequest {
  /** Folder in and above which the project's configuration file is looked for. */
  readonly project: string;
  /** Environment of the configuration. */
  readonly environment?: string | undefined;
  /** Default: that of the configuration. */
  readonly migrationsFolder?: string | undefined;
  readonly allowDuplicateTimestamps?: boolean | undefined;
  /** File of the evidence without which no tenant is migrated. Default: that of the configuration. */
  readonly requireRehearsal?: string | undefined;
  /** PEM file for the functions that reach databases. */
  readonly certificatesFile?: string | undefined;
  /** Folder into which the functions' folders are written. */
  readonly outputFolder: string;
}

/** The repository, or the installed package's dist folder, which has the same folders. */
const root = join(import.meta.dirname, '../..');
/** `.ts` in the repository, `.js` in the package. */
const extension = extname(import.meta.filename);

async function main(request: BundlingRequest): Promise<unknown> {
  const project = await loadProject({
    directory: request.project,
    environment: request.environment,
    nodeEnv: process.env.NODE_ENV,
  });
  const { section, knexfile } = project;
  const folder = resolve(request.migrationsFolder ?? project.migrationsFolder.path);
  const bundle = await loadBundle(folder, {
    allowDuplicateTimestamps:
      request.allowDuplicateTimestamps ?? section.migrations?.allowDuplicateTimestamps,
    loadExtensions: knexfile?.migrations.loadExtensions,
  });
  const fileOf = ({ id, extension }: Pick<Migration, 'id' | 'extension'>) =>
    join(folder, id + extension);
  const seeds = await findSeeds({
    migrationsFolder: folder,
    migrations: bundle.migrations.map(fileOf),
    projectFolder: project.folder,
    configured: knexfile?.settings.seeds?.directory,
  });
  if (knexfile !== undefined) {
    const kind = knexfile.file === project.file ? 'configuration' : 'knexfile';
    checkEvaluation(knexfile.file, kind, knexfile.environment, root);
  }
  const required = request.requireRehearsal ?? section.safety?.requireRehearsal;
  const evidence = await readEvidence(
    required && resolve(project.folder, required),
    project.folder,
    bundle,
  );
  const snapshot = await readSnapshot(project);
  const functions = await bundleFunctions({
    root,
    migrationsFolder: folder,
    migrationsPlace: placeOfMigrations(folder, project.folder),
    entries: entries(),
    plugins: await pluginsFor(project, folder),
    modules: {
      [moduleOf('code')]: migrationsModule(bundle, 'code', fileOf),
      [moduleOf('checksums')]: migrationsModule(bundle, 'checksums', fileOf),
      [PROJECT_MODULE]: projectModule(project, {
        seeds,
        evidence,
        hasSnapshot: snapshot !== undefined,
      }),
    },
  });
  const limits = mergeGuards(undefined, section.safety);
  const certificates = await certificatesOf(request);
  const assets = await Promise.all(
    LAMBDA_NAMES.map(async (name) => {
      const need = MIGRATIONS_NEED[name];
      const files = new Map([
        ...functions[name],
        ...(need === 'nothing' ? [] : certificates),
        ...(need === 'code' ? namesOf(seeds) : []),
        ...(need === 'code' ? filesOf(evidence) : []),
        ...(name === 'provision-tenant' && snapshot !== undefined
          ? ([[SNAPSHOT_FILE, snapshot]] as const)
          : []),
      ]);
      const asset = await writeAsset(request.outputFolder, name, files);
      return [name, asset] as const;
    }),
  );
  return {
    assets: Object.fromEntries(assets),
    version: ownPackage().version,
    bundleHash: bundle.hash,
    migrations: bundle.migrations.length,
    config: {
      requiresRehearsal: evidence !== undefined,
      replicaLogin: section.replicas && (section.replicas.auth ?? 'password'),
      shapeHostsByPassword: Object.entries(section.shapes?.hosts ?? {})
        .filter(([, { auth }]) => auth !== 'iam')
        .map(([host]) => host),
      pool: section.provisioning?.pool,
      tableName: section.migrations?.tableName ?? knexfile?.migrations.tableName,
      requestDefaults: {
        ...(knexfile?.migrations.allowMissing === true && { allowMissing: true }),
        ...section.request,
        ...(limits !== undefined && { safety: limits }),
      },
    },
  };
}

/** The project's Knex instead of ours, and its settings without secrets. */
async function pluginsFor(project: Project, folder: string): Promise<Plugin[]> {
  const { found } = knexOf(project, folder);
  const { knexfile } = project;
  return [
    ...(found?.owner === 'project' ? [knexOfProject(found.folder, root)] : []),
    ...(knexfile === undefined
      ? []
      : [withoutSecrets(knexfile.file, passwordsIn(knexfile.exported))]),
  ];
}

/** Knex lists the folder of the seeds; their code is in the bundle, so the files may be empty. */
function namesOf(seeds: BundledSeeds | undefined): [string, Uint8Array][] {
  return [...(seeds?.files.keys() ?? [])].map((name) => [name, new Uint8Array()]);
}

function filesOf(evidence: BundledEvidence | undefined): [string, Uint8Array][] {
  return evidence === undefined ? [] : [[EVIDENCE_FILE, new TextEncoder().encode(evidence.text)]];
}

/** A separate file, which Node reads when it starts; functions with migrations reach databases. */
async function certificatesOf({ certificatesFile }: BundlingRequest) {
  if (certificatesFile === undefined) return [];
  const nextStep = 'Name a file of PEM certificates in "certificatesFile".';
  const text = await readCertificatesFile({ path: certificatesFile, nextStep });
  return [[CERTIFICATES_FILE, new TextEncoder().encode(text)] as const];
}

/** The name under which a function imports the configuration of the project. */
const PROJECT_MODULE = 'fanfold:project';

/** The name under which a function imports its part of the migrations. */
function moduleOf(need: MigrationsNeed): string {
  return `fanfold:migrations/${need}`;
}

function entries(): Record<LambdaName, string> {
  const texts = LAMBDA_NAMES.map((name) => {
    const need = MIGRATIONS_NEED[name];
    const file = JSON.stringify(join(root, 'lambdas', name + extension));
    const text =
      need === 'nothing'
        ? `export*from${file};`
        : `import{createHandler}from${file};import{migrations}from'${moduleOf(need)}';import{project}from'${PROJECT_MODULE}';export const handler=createHandler(migrations,project);`;
    return [name, text] as const;
  });
  return Object.fromEntries(texts) as Record<LambdaName, string>;
}

/** Migrations may print while they are loaded: standard output is theirs. */
const RESULT_FILE = 3;

try {
  const result = await main(JSON.parse(process.argv[2] ?? '') as BundlingRequest);
  writeSync(RESULT_FILE, JSON.stringify(result));
} catch (error) {
  if (!(error instanceof FanfoldError)) throw error;
  const { code, message, nextStep } = error;
  writeSync(RESULT_FILE, JSON.stringify({ error: { code, message, nextStep } }));
}
