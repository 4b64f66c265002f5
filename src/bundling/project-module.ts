import type { Project } from '../compose/project/load-project.ts';
import type { HostReaders } from '../core/shapes/host-readers.ts';
import { type BundledEvidence, EVIDENCE_FILE } from './evidence.ts';
import type { BundledSeeds } from './seeds.ts';
import { SNAPSHOT_FILE } from './snapshot.ts';

/** Files of a project that are shipped beside the code. */
export interface ShippedFiles {
  readonly seeds: BundledSeeds | undefined;
  readonly evidence: BundledEvidence | undefined;
  readonly hasSnapshot: boolean;
}

/**
 * The text of the module that carries a project's configuration into a function: plain values as JSON,
 * the settings of Knex as the code of the file that contains them.
 */
export function projectModule(
  project: Project,
  { seeds, evidence, hasSnapshot }: ShippedFiles,
): string {
  const { section } = project;
  const plain = {
    tenants: section.central?.tenants,
    shapeReaders: evidence && readersByIam(section.shapes?.hosts),
    replicas: section.replicas,
    disableTransactions:
      section.migrations?.disableTransactions ?? project.knexfile?.migrations.disableTransactions,
  };
  const members = Object.entries(plain)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}:${JSON.stringify(value)}`);
  const all = [
    ...members,
    ...knexMember(project),
    ...seedsMember(seeds),
    ...rehearsalMember(evidence),
    ...(hasSnapshot ? [`snapshot:import.meta.dirname+'/${SNAPSHOT_FILE}'`] : []),
  ];
  return `export const project={${all.join(',')}};\n`;
}

function knexMember({ knexfile, file, environment, hasEnvironments }: Project): string[] {
  if (knexfile === undefined) return [];
  const isReference = knexfile.file !== file;
  const kind = isReference ? 'knexfile' : 'configuration';
  const chosen = isReference ? knexfile.environment : hasEnvironments ? environment : undefined;
  const load = `()=>import(${JSON.stringify(knexfile.file)})`;
  return [
    `knex:{kind:'${kind}',environment:${JSON.stringify(chosen) ?? 'undefined'},load:${load}}`,
  ];
}

/** Readers that log in by IAM. The password of any other one is in the environment of a machine of yours. */
function readersByIam(hosts: HostReaders = {}): HostReaders {
  return Object.fromEntries(Object.entries(hosts).filter(([, { auth }]) => auth === 'iam'));
}

function rehearsalMember(evidence: BundledEvidence | undefined): string[] {
  if (evidence === undefined) return [];
  const file = JSON.stringify(evidence.file);
  return [`rehearsal:{path:import.meta.dirname+'/${EVIDENCE_FILE}',file:${file}}`];
}

function seedsMember(seeds: BundledSeeds | undefined): string[] {
  if (seeds === undefined) return [];
  const files = [...seeds.files].map(
    ([place, path]) => `${JSON.stringify(place)}:()=>import(${JSON.stringify(path)})`,
  );
  const directories = JSON.stringify(seeds.directories);
  return [`seeds:{root:import.meta.dirname,directories:${directories},files:{${files.join(',')}}}`];
}
