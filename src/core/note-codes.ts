import type { ErrorCode } from './error-codes.ts';

/** Codes of notes: facts worth knowing about a tenant or a run that went well. */
export const NOTE_CODES = [
  'ahead',
  'MigrationModified',
  'EarlierTry',
  'Resumed',
  'AnotherRunRunning',
  'ConcurrencyQuotaLow',
  'StaleLockCleared',
  'GaveWay',
  'QueueNotLimited',
  'ChangedOnline',
  'KeptRestored',
  'KeptNotRestored',
  'ReachedNotRecorded',
  'DigestsQuiet',
  'Trusted',
  'BackfillsPending',
  'BackfillRows',
  'BackfillsClosed',
  'RunControlUnread',
  'FromSnapshot',
  'FromPool',
  'PoolEmpty',
  'SnapshotNotUsed',
  'RestNotKept',
] as const;

/** The code of a note; an error that did not fail a run is noted under its own code. */
export type NoteCode = (typeof NOTE_CODES)[number] | ErrorCode;

/** Codes of findings of `migrate:doctor` that do not make runs fail; those that do have the code of an error. */
export const FINDING_CODES = [
  'ReplicaUnread',
  'ReplicaStopped',
  'ReplicaLate',
  'ServerUntested',
  'KnexLockStale',
  'SqlModeNotStrict',
  'SqlModeAnsiQuotes',
  'FewConnections',
  'ApplicationMayMigrate',
  'NotEncrypted',
  'OnlineChangeInterrupted',
  'OnlineChangeLeft',
  'OnlineChangeOther',
  'BackfillInterrupted',
  'BackfillPaused',
  'BackfillStuck',
  'BackfillLeft',
  'BackfillsSlowed',
] as const;

/** Codes of findings of `migrate:doctor` about the pool of databases for new tenants. */
export const POOL_FINDING_CODES = [
  'PoolShort',
  'PoolBehind',
  'PoolBroken',
  'PoolUnready',
  'PoolSettingsChanged',
  'PoolUnused',
  'PoolOrphan',
] as const;

export type PoolFindingCode = (typeof POOL_FINDING_CODES)[number];

/** The code of a finding of `migrate:doctor`. */
export type FindingCode = (typeof FINDING_CODES)[number] | NoteCode;
